import { describe, expect, it } from 'vitest';

import { Latencies } from '../load/latencies.ts';
import { compare, summaryOf, type BenchmarkResult } from './benchmark.ts';
import { reportLines } from './report.ts';
import type { RunResult } from './run-load.ts';
import type { TargetName } from './targets.ts';

function runOf(target: TargetName, run: number, opsPerSec: number, ms: number): RunResult {
  const latencies = Latencies.empty();
  for (let count = 0; count < 100; count++) latencies.record(ms);
  return {
    target,
    run,
    ops: opsPerSec * 2,
    opsPerSec,
    ...latencies.figures,
    errors: 0,
    unanswered: 0,
    perSecond: [opsPerSec, opsPerSec],
    lateness: undefined,
    processes: [{ name: 'leader 1', pid: 1, cpuPercent: 98, rssBytesMax: 128 * 1024 * 1024 }],
    loadAverageBefore: 0.5,
    loadAverageAfter: 2,
    histogram: latencies.encoded,
  };
}

const runs = [
  runOf('zab', 1, 4000, 2),
  runOf('zookeeper', 1, 1000, 8),
  runOf('zab', 2, 2000, 4),
  runOf('zookeeper', 2, 1000, 8),
];

function resultOf(results: readonly RunResult[]): BenchmarkResult {
  const own = summaryOf('zab', results);
  const theirs = summaryOf('zookeeper', results);
  return {
    op: 'setData',
    ...own,
    against: theirs,
    ratio: compare(own, theirs),
    runs: results,
    options: {
      servers: 3,
      runs: 2,
      against: 'zookeeper',
      directory: '/data',
      connections: 6,
      outstanding: 200,
      ratePerSecond: undefined,
      payloadBytes: 100,
      warmupSeconds: 3,
      seconds: 2,
    },
    machine: { node: 'v20.19.0', processor: 'a processor', processors: 2, inMemory: false },
  };
}

describe('the report of a benchmark', () => {
  it('sums up the runs of a target: mean throughput, latencies of all requests', () => {
    const { ops, opsPerSec, p50us, p99us } = summaryOf('zab', runs);
    expect({ ops, opsPerSec }).toEqual({ ops: 12_000, opsPerSec: 3000 });
    expect(Math.round(p50us / 100)).toBe(20);
    expect(Math.round(p99us / 100)).toBe(40);
  });

  it('compares ours with theirs', () => {
    const { ratio } = resultOf(runs);
    expect(ratio).toEqual({ opsPerSec: 3, p50: 0.25, p99: 0.5, p99ToMedian: 0.5 });
  });

  it('sets runs and sums one under the other', () => {
    const lines = reportLines(resultOf(runs));
    expect(lines).toContain(
      'zab to zookeeper: 3 × ops/s, 0.25 × p50, 0.5 × p99; p99 of zab is 0.5 × p50 of zookeeper',
    );
    const table = lines.slice(2, 9);
    expect(table.map((line) => line.split(/ {2,}/).slice(0, 5).join('|'))).toEqual([
      'target|run|ops|ops/s|p50 ms',
      'zab|1|8,000|4,000|2.00',
      'zookeeper|1|2,000|1,000|8.00',
      'zab|2|4,000|2,000|4.00',
      'zookeeper|2|2,000|1,000|8.00',
      'zab|all|12,000|3,000|2.00',
      'zookeeper|all|4,000|1,000|8.00',
    ]);
    expect(lines).toContain('zab        1  leader 1: 98 % 128 MiB');
  });

  it('says what was not answered, or answered by an error', () => {
    const [first = runOf('zab', 1, 1, 1), ...others] = runs;
    const lines = reportLines(resultOf([{ ...first, errors: 3, unanswered: 1200 }, ...others]));
    expect(lines.slice(-2)).toEqual([
      'zab, run 1: 3 requests were answered by an error',
      'zab, run 1: 1,200 requests were never answered',
    ]);
  });
});
