/** What parts allocate, measured in a process with the options that this takes. */
import { once } from 'node:events';

import { BenchmarkError } from '../load/benchmark-error.ts';
import { endProcess, startModule } from '../load/child.ts';
import { ALLOCATION_OPTIONS } from './allocation.ts';
import type { AllocationJob, Allocations } from './allocation-process.ts';
import type { Part } from './part.ts';

/** @throws BenchmarkError when the process ends before it has answered */
export async function measureAllocations(parts: readonly Part[], directory: string): Promise<Allocations> {
  const child = startModule(new URL('allocation-process.ts', import.meta.url), ALLOCATION_OPTIONS);
  try {
    const job: AllocationJob = { names: parts.map(({ name }) => name), directory };
    child.send(job);
    const ended = once(child, 'exit').then(() => {
      throw new BenchmarkError('the process that measures what is allocated has ended');
    });
    // Later it ends because it is done.
    ended.catch(() => undefined);
    // Our own process sends nothing else.
    const [allocations] = (await Promise.race([once(child, 'message'), ended])) as [Allocations];
    return allocations;
  } finally {
    await endProcess(child);
  }
}
