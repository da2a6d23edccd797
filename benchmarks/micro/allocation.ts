/**
 * Bytes that a part allocates per operation: how much the heap, and the memory of buffers beside it, has grown over runs
 * between which nothing was collected. V8's profiler of collections says whether there was one; if so fewer runs are tried.
 * It takes a young generation that holds all that is allocated meanwhile, so it is done in a process with such options.
 */
import { GCProfiler } from 'node:v8';

import type { OpenPart } from './part.ts';

/** Megabytes of the young generation, half of which can be filled before a collection. */
const YOUNG_MIB = 256;
export const ALLOCATION_OPTIONS = [
  '--expose-gc',
  `--min-semi-space-size=${YOUNG_MIB}`,
  `--max-semi-space-size=${YOUNG_MIB}`,
];

/** As many operations make what else the process allocates meanwhile, such as compiled code, not count. */
const OPERATIONS_WANTED = 100_000;
const RUNS_MAX = 2000;
/** Until the compiler has done what it will do. */
const WARMUP_MS = 500;
const ATTEMPTS = 5;

/** Bytes per operation: the least of some attempts, since whatever disturbs adds to it. Undefined: it cannot be said. */
export async function allocatedBytes({ operations, run }: OpenPart): Promise<number | undefined> {
  if (globalThis.gc === undefined) throw new Error('the process was not started with ALLOCATION_OPTIONS');
  for (const end = performance.now() + WARMUP_MS; performance.now() < end;) await run();
  let runs = Math.min(RUNS_MAX, Math.ceil(OPERATIONS_WANTED / operations));
  let least: number | undefined;
  for (let attempts = ATTEMPTS; attempts > 0 && runs > 0;) {
    globalThis.gc();
    const profiler = new GCProfiler();
    profiler.start();
    const before = inUse();
    for (let count = 0; count < runs; count++) await run();
    const bytes = inUse() - before;
    if (profiler.stop().statistics.length > 0) {
      runs = Math.floor(runs / 2);
      continue;
    }
    attempts--;
    least = Math.min(least ?? Infinity, bytes / (runs * operations));
  }
  return least === undefined ? undefined : Math.max(0, Math.round(least));
}

function inUse(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
