/** A whole benchmark: ensembles are started, loaded in turn (A B A B), and compared. */
import { cpus } from 'node:os';

import { isInMemory } from '../load/in-memory.ts';
import { Latencies, type LatencyFigures } from '../load/latencies.ts';
import type { LoadShape } from '../load/load-child.ts';
import { runLoad, type RunResult } from './run-load.ts';
import { BenchmarkEnsemble, type TargetName } from './targets.ts';

export interface BenchmarkOptions extends LoadShape {
  readonly servers: number;
  /** How often each target is loaded. */
  readonly runs: number;
  readonly against: 'zookeeper' | undefined;
  /** Where the data of the servers is kept meanwhile. */
  readonly directory: string;
}

/** All runs of one target together. */
export interface Summary extends LatencyFigures {
  readonly target: TargetName;
  readonly ops: number;
  readonly opsPerSec: number;
  readonly errors: number;
  readonly unanswered: number;
}

/** Ours over theirs. */
export interface Comparison {
  readonly opsPerSec: number;
  readonly p50: number;
  readonly p99: number;
  /** Our p99 over their median. */
  readonly p99ToMedian: number;
}

export interface BenchmarkResult extends Summary {
  readonly op: 'setData';
  readonly options: BenchmarkOptions;
  readonly machine: {
    readonly node: string;
    readonly processor: string;
    readonly processors: number;
    readonly inMemory: boolean;
  };
  readonly runs: readonly RunResult[];
  readonly against: Summary | undefined;
  readonly ratio: Comparison | undefined;
}

export interface BenchmarkProgress {
  starting(target: TargetName): void;
  running(target: TargetName, run: number): void;
}

/** @throws BenchmarkError when it could not be brought to its end */
export async function runBenchmark(
  options: BenchmarkOptions,
  progress: BenchmarkProgress,
  signal: AbortSignal,
): Promise<BenchmarkResult> {
  const { servers, runs, against, directory } = options;
  const names: TargetName[] = against === undefined ? ['zab'] : ['zab', against];
  const ensembles: BenchmarkEnsemble[] = [];
  const results: RunResult[] = [];
  try {
    for (const name of names) {
      progress.starting(name);
      ensembles.push(await BenchmarkEnsemble.start(name, servers, directory));
    }
    for (const ensemble of ensembles) await ensemble.leader();
    for (let run = 1; run <= runs; run++) {
      for (const ensemble of ensembles) {
        progress.running(ensemble.target, run);
        results.push(await runLoad(ensemble, run, options, signal));
      }
    }
  } finally {
    await Promise.all(ensembles.map((ensemble) => ensemble.remove()));
  }
  const own = summaryOf('zab', results);
  const theirs = against === undefined ? undefined : summaryOf(against, results);
  return {
    op: 'setData',
    ...own,
    ratio: theirs === undefined ? undefined : compare(own, theirs),
    against: theirs,
    runs: results,
    options,
    machine: {
      node: process.version,
      processor: cpus()[0]?.model ?? 'unknown',
      processors: cpus().length,
      inMemory: await isInMemory(directory),
    },
  };
}

/** The runs of one target: their mean throughput, and the latencies of all. */
export function summaryOf(target: TargetName, results: readonly RunResult[]): Summary {
  const own = results.filter((result) => result.target === target);
  const sum = (figure: (result: RunResult) => number): number =>
    own.reduce((total, result) => total + figure(result), 0);
  return {
    target,
    ops: sum(({ ops }) => ops),
    opsPerSec: Math.round(sum(({ opsPerSec }) => opsPerSec) / Math.max(1, own.length)),
    ...Latencies.together(own.map(({ histogram }) => Latencies.decode(histogram))).figures,
    errors: sum(({ errors }) => errors),
    unanswered: sum(({ unanswered }) => unanswered),
  };
}

export function compare(own: Summary, theirs: Summary): Comparison {
  const ratio = (a: number, b: number): number => (b === 0 ? 0 : Math.round((1000 * a) / b) / 1000);
  return {
    opsPerSec: ratio(own.opsPerSec, theirs.opsPerSec),
    p50: ratio(own.p50us, theirs.p50us),
    p99: ratio(own.p99us, theirs.p99us),
    p99ToMedian: ratio(own.p99us, theirs.p50us),
  };
}
