import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import type { TimelineFigures } from '../load/timeline.ts';
import { logBytesIn, sizesUpTo, throughputBySize } from './log-size.ts';

function timeline(answered: readonly number[]): TimelineFigures {
  const none = answered.map(() => null);
  return { binMs: 100, answered, p50us: none, p99us: none, maxUs: none };
}

describe('the size of a log', () => {
  it('is that of its files, without what was made longer ahead of time', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'zab-log-size-'));
    try {
      const version2 = path.join(directory, 'version-2');
      await mkdir(version2);
      await writeFile(path.join(version2, 'log.1'), Buffer.alloc(100_000, 1));
      await writeFile(path.join(version2, 'log.2'), Buffer.alloc(8192, 1));
      await truncate(path.join(version2, 'log.2'), 64 * 1024 * 1024);
      await writeFile(path.join(version2, 'snapshot.1'), Buffer.alloc(50_000, 1));
      const bytes = await logBytesIn(directory);
      expect(bytes).toBeGreaterThanOrEqual(108_192);
      expect(bytes).toBeLessThan(140_000);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('is looked at by powers of ten, up to the one that is asked for', () => {
    expect(sizesUpTo(2.5e7)).toEqual([1e6, 1e7, 2.5e7]);
    expect(sizesUpTo(1e6)).toEqual([1e6]);
  });

  it('divides a run: throughput from each size to the next', () => {
    // 1,000 bytes each, from 500,000 bytes on.
    const answers = [...Array<number>(5).fill(100), ...Array<number>(45).fill(200), 50, 50];
    const all = answers.reduce((sum, count) => sum + count, 0);
    const found = throughputBySize(timeline(answers), 500_000, 500_000 + 1000 * all, 0, [1e6, 1e7, 1e8]);
    expect(found).toEqual([
      { logBytes: 1e6, opsPerSec: 1000, warmingUp: false },
      { logBytes: 1e7, opsPerSec: 2000, warmingUp: false },
      { logBytes: 1e8, opsPerSec: 500, warmingUp: false },
    ]);
  });

  it('tells what it warmed up in, and counts only what came behind that', () => {
    // 10,000 bytes each, from nothing on; it warms up for 0.3 s.
    const answers = [50, 50, 80, 500, 220, 100, 100];
    const all = answers.reduce((sum, count) => sum + count, 0);
    const found = throughputBySize(timeline(answers), 0, 10_000 * all, 0.3, [1e6, 9e6, 1e7]);
    expect(found).toEqual([
      { logBytes: 1e6, opsPerSec: 500, warmingUp: true },
      { logBytes: 9e6, opsPerSec: 3600, warmingUp: false },
      { logBytes: 1e7, opsPerSec: 1000, warmingUp: false },
    ]);
    const ends = throughputBySize(timeline([50, 50, 100]), 0, 2e6, 0.2, [1e6, 2e6]);
    expect(ends.map(({ warmingUp }) => warmingUp)).toEqual([true, false]);
  });

  it('says nothing of sizes that were there before', () => {
    expect(throughputBySize(timeline([10]), 5e6, 5.1e6, 0, [1e6, 1e7])).toEqual([
      { logBytes: 1e7, opsPerSec: 100, warmingUp: false },
    ]);
    expect(throughputBySize(timeline([]), 5e6, 5e6, 0, [1e7])).toEqual([]);
  });
});
