/** A process that measures what parts allocate: it is sent their names, and answers with bytes per operation. */
import { allocatedBytes } from './allocation.ts';
import { PARTS } from './parts.ts';
import { withPart } from './with-part.ts';

export interface AllocationJob {
  readonly names: readonly string[];
  /** Files are kept below it meanwhile. */
  readonly directory: string;
}

/** By name; null where it cannot be said. */
export type Allocations = Readonly<Record<string, number | null>>;

process.once('message', (message) => {
  // Our own process sends nothing else.
  void measure(message as AllocationJob).then((allocations) => {
    process.send?.(allocations, () => process.exit());
  });
});
process.once('disconnect', () => process.exit());

async function measure({ names, directory }: AllocationJob): Promise<Allocations> {
  const allocations: Record<string, number | null> = {};
  for (const part of PARTS) {
    if (!names.includes(part.name)) continue;
    allocations[part.name] = (await withPart(part, directory, allocatedBytes)) ?? null;
  }
  return allocations;
}
