import { readdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Latencies } from '../../benchmarks/load/latencies.ts';
import type { BenchmarkResult } from '../../benchmarks/macro/benchmark.ts';
import { capture } from './captured-terminal.ts';
import { runZab } from './program.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zab-bench-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** The JSON that a benchmark of that load prints; that it has this shape is what is tested. */
async function bench(...load: string[]): Promise<BenchmarkResult> {
  const captured = capture();
  const args = ['bench', '--json', '--dir', folder, '--seconds', '2', '--warmup', '1', ...load];
  expect(await runZab(args, captured.terminal)).toBe(0);
  return JSON.parse(captured.output()) as BenchmarkResult;
}

describe('zab bench', () => {
  it('measures three servers in a closed loop, and leaves nothing behind', async () => {
    const result = await bench('--connections', '3', '--outstanding', '4');
    expect(result).toMatchObject({ op: 'setData', target: 'zab', errors: 0, unanswered: 0 });
    const { ops, opsPerSec, p50us, p99us, p999us, maxUs, runs } = result;
    expect(ops).toBeGreaterThan(0);
    expect(opsPerSec).toBe(Math.round(ops / 2));
    expect(p50us).toBeGreaterThan(0);
    expect(p99us).toBeGreaterThanOrEqual(p50us);
    expect(p999us).toBeGreaterThanOrEqual(p99us);
    expect(maxUs).toBeGreaterThanOrEqual(p999us);
    expect(runs).toHaveLength(1);
    const [run] = runs;
    expect(run?.perSecond.reduce((sum, count) => sum + count, 0)).toBe(ops);
    expect(run?.perSecond).toHaveLength(2);
    expect(run?.processes.map(({ name }) => name.split(' ')[0]).sort()).toEqual([
      'follower',
      'follower',
      'leader',
      'load',
    ]);
    for (const { rssBytesMax } of run?.processes ?? []) expect(rssBytesMax).toBeGreaterThan(10_000_000);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('keeps to a rate in an open loop', async () => {
    const { errors, unanswered, runs } = await bench('--rate', '100');
    expect({ errors, unanswered }).toEqual({ errors: 0, unanswered: 0 });
    expect(runs[0]?.lateness?.maxUs).toBeGreaterThan(0);
    // Whatever else the machine does, that many are due in the measured time, give or take one at its ends.
    const { count } = Latencies.decode(runs[0]?.histogram ?? '');
    expect(Math.abs(count - 200)).toBeLessThanOrEqual(1);
  });
});
