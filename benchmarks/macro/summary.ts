/** The runs of one target together, and how two targets compare. */
import { Latencies, type LatencyFigures } from '../load/latencies.ts';
import type { RunResult } from './run-load.ts';
import type { TargetName } from './targets.ts';

/** All runs of one target together. */
export interface Summary extends LatencyFigures {
  readonly target: TargetName;
  readonly ops: number;
  readonly opsPerSec: number;
  readonly errors: number;
  readonly lost: number;
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
    lost: sum(({ lost }) => lost),
    unanswered: sum(({ unanswered }) => unanswered),
  };
}

export function compare(own: Summary, theirs: Summary): Comparison {
  return {
    opsPerSec: ratio(own.opsPerSec, theirs.opsPerSec),
    p50: ratio(own.p50us, theirs.p50us),
    p99: ratio(own.p99us, theirs.p99us),
    p99ToMedian: ratio(own.p99us, theirs.p50us),
  };
}

/** To three digits behind the point; 0 where nothing can be said. */
export function ratio(a: number, b: number): number {
  return b === 0 ? 0 : Math.round((1000 * a) / b) / 1000;
}

/** The least over the largest; 0 where there is none. */
export function leastToMost(figures: readonly number[]): number {
  return figures.length === 0 ? 0 : ratio(Math.min(...figures), Math.max(...figures));
}
