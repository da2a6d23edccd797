/** How large the logs of a server are, and what was answered while they grew from one size to the next. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

import type { TimelineFigures } from '../load/timeline.ts';

/** The unit of blocks in what `stat` tells. */
const BLOCK_BYTES = 512;

/** Bytes that the log files in a data directory take on the disk: what was made longer ahead of time is not counted. */
export async function logBytesIn(dataDir: string): Promise<number> {
  const directory = path.join(dataDir, 'version-2');
  let sum = 0;
  for (const name of await readdir(directory)) {
    if (!name.startsWith('log.')) continue;
    const { blocks, size } = await stat(path.join(directory, name));
    sum += Math.min(size, blocks * BLOCK_BYTES);
  }
  return sum;
}

/** Throughput while the log grew from the size before to this one. */
export interface LogSizeFigures {
  readonly logBytes: number;
  readonly opsPerSec: number;
  /** Had the servers not warmed up before that size? Then it tells little of the size. */
  readonly warmingUp: boolean;
}

/** 1 MB and each power of ten behind it, and the size at which the run ends. */
export function sizesUpTo(logBytes: number): number[] {
  const sizes: number[] = [];
  for (let size = 1e6; size < logBytes; size *= 10) sizes.push(size);
  return [...sizes, logBytes];
}

/**
 * Throughput between sizes. Each transaction makes the log longer by as much, so how large it was in between follows from
 * how large it was at both ends and from how many were answered. Sizes that were there at the begin are left out, and so
 * are those that were passed within one bin. The warm-up is the first `warmupSeconds`; of what began in it and ended
 * behind it, that which is behind it counts.
 */
export function throughputBySize(
  { binMs, answered }: TimelineFigures,
  bytesBefore: number,
  bytesAfter: number,
  warmupSeconds: number,
  sizes: readonly number[],
): LogSizeFigures[] {
  const all = answered.reduce((sum, count) => sum + count, 0);
  const bytesEach = all === 0 ? 0 : (bytesAfter - bytesBefore) / all;
  const warm = Math.ceil((1000 * warmupSeconds) / binMs);
  const found: LogSizeFigures[] = [];
  let bin = 0;
  let bytes = bytesBefore;
  for (const size of sizes) {
    let first = bin;
    let count = 0;
    while (bin < answered.length && bytes < size) {
      if (bin === warm) {
        first = bin;
        count = 0;
      }
      const here = answered[bin] ?? 0;
      count += here;
      bytes += here * bytesEach;
      bin++;
    }
    if (bin === first) continue;
    const opsPerSec = Math.round((1000 * count) / ((bin - first) * binMs));
    found.push({ logBytes: size, opsPerSec, warmingUp: bin <= warm });
  }
  return found;
}
