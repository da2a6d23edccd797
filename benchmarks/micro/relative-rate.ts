/**
 * How fast a part is beside the reference: both are timed in turn, in short blocks, so that what slows the machine down
 * slows down both. The fastest block of each counts, the one that was disturbed least.
 */
import type { OpenPart, Part } from './part.ts';
import { diskReference, memoryReference } from './reference-work.ts';
import { withPart } from './with-part.ts';

interface Timing {
  /** Of each, how long a block takes, in milliseconds. */
  readonly blockMs: number;
  readonly blocks: number;
  readonly warmupMs: number;
}

const IN_MEMORY: Timing = { blockMs: 3, blocks: 30, warmupMs: 100 };
/** Syncs vary more, and one takes longer than a block in memory. */
const ON_DISK: Timing = { blockMs: 10, blocks: 30, warmupMs: 100 };

/** Operations of the part while the reference does one. */
export async function relativeRate(part: Part, directory: string): Promise<number> {
  const timing = part.onDisk ? ON_DISK : IN_MEMORY;
  const reference = part.onDisk ? diskReference : memoryReference;
  return withPart(reference, directory, (referring) =>
    withPart(part, directory, async (opened) => {
      const blocks = [await Blocks.of(referring, timing), await Blocks.of(opened, timing)] as const;
      for (let count = 0; count < timing.blocks; count++) for (const each of blocks) await each.time();
      return blocks[0].msPerOperation / blocks[1].msPerOperation;
    }),
  );
}

class Blocks {
  readonly #part: OpenPart;
  readonly #runs: number;
  #msMin = Infinity;

  private constructor(part: OpenPart, runs: number) {
    this.#part = part;
    this.#runs = runs;
  }

  /** Warms up, and sees how many runs make a block. */
  static async of(part: OpenPart, { blockMs, warmupMs }: Timing): Promise<Blocks> {
    for (const end = performance.now() + warmupMs; performance.now() < end;) await part.run();
    let runs = 1;
    while ((await timed(part, runs)) < blockMs) runs *= 2;
    return new Blocks(part, runs);
  }

  get msPerOperation(): number {
    return this.#msMin / (this.#runs * this.#part.operations);
  }

  async time(): Promise<void> {
    this.#msMin = Math.min(this.#msMin, await timed(this.#part, this.#runs));
  }
}

/** Milliseconds that so many runs take. */
async function timed({ run }: OpenPart, runs: number): Promise<number> {
  const begin = performance.now();
  for (let count = 0; count < runs; count++) {
    const pending = run();
    // Waiting for what is done already would be measured too.
    if (pending !== undefined) await pending;
  }
  return performance.now() - begin;
}
