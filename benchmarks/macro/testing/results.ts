/** Results that were never measured, to be shown. */
import { Latencies } from '../../load/latencies.ts';
import type { Machine } from '../benchmark-options.ts';
import type { LoadScenarioResult } from '../load-scenario.ts';
import type { RunResult } from '../run-load.ts';
import { compare, summaryOf } from '../summary.ts';
import type { TargetName } from '../targets.ts';

/** A run of two seconds in which everything took as long. */
export function runOf(target: TargetName, run: number, opsPerSec: number, ms: number): RunResult {
  const latencies = Latencies.empty();
  for (let count = 0; count < 100; count++) latencies.record(ms);
  return {
    target,
    run,
    seconds: 2,
    ops: opsPerSec * 2,
    opsPerSec,
    ...latencies.figures,
    errors: 0,
    lost: 0,
    unanswered: 0,
    perSecond: [opsPerSec, opsPerSec],
    timeline: {
      binMs: 1000,
      answered: [opsPerSec, opsPerSec],
      p50us: [1000 * ms, null],
      p99us: [1000 * ms, null],
      maxUs: [1000 * ms, null],
    },
    events: [{ atSeconds: 1.25, what: 'something happens' }],
    lateness: undefined,
    processes: [
      {
        name: 'leader 1',
        pid: 1,
        cpuPercent: 98,
        rssBytesMax: 128 * 1024 * 1024,
        diskBytesPerSec: 12_500_000,
        rssBytes: [100, 120, 128].map((mebibytes) => mebibytes * 1024 * 1024),
        cpuPercents: [97, 99],
        syncs: { syncsPerSec: 1200, syncMs: 0.5, batch: 40 },
      },
    ],
    loadAverageBefore: 0.5,
    loadAverageAfter: 2,
    histogram: latencies.encoded,
  };
}

export const machine: Machine = {
  node: 'v20.19.0',
  system: 'Linux 6.1',
  processor: 'a processor',
  processors: 2,
  memoryBytes: 4e9,
  inMemory: false,
};

/** Ours and theirs in turn. */
export const runs: readonly RunResult[] = [
  runOf('zab', 1, 4000, 2),
  runOf('zookeeper', 1, 1000, 8),
  runOf('zab', 2, 2000, 4),
  runOf('zookeeper', 2, 1000, 8),
];

export function resultOf(results: readonly RunResult[]): LoadScenarioResult {
  const own = summaryOf('zab', results);
  const theirs = summaryOf('zookeeper', results);
  return {
    scenario: 'load',
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
    machine,
  };
}
