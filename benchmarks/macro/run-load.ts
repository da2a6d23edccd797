/** One run: a process of its own puts load on an ensemble, while what all processes use is watched. */
import { loadavg } from 'node:os';

import { BenchmarkError } from '../load/benchmark-error.ts';
import { Latencies, type LatencyFigures } from '../load/latencies.ts';
import { runLoadChild, type LoadShape } from '../load/load-child.ts';
import type { ProcessUsage } from '../load/process-usage.ts';
import type { BenchmarkEnsemble, TargetName } from './targets.ts';

export interface RunResult extends LatencyFigures {
  readonly target: TargetName;
  /** From 1. */
  readonly run: number;
  readonly ops: number;
  readonly opsPerSec: number;
  readonly errors: number;
  readonly unanswered: number;
  /** Answers in each second. */
  readonly perSecond: readonly number[];
  readonly lateness: LatencyFigures | undefined;
  readonly processes: readonly ProcessUsage[];
  /** Of the last minute, before and after: what else the machine does. */
  readonly loadAverageBefore: number;
  readonly loadAverageAfter: number;
  /** `Latencies.encoded`. */
  readonly histogram: string;
}

const MODULE = new URL('load-process.ts', import.meta.url);

/** @throws BenchmarkError when a server or a connection fails, or when it is interrupted */
export async function runLoad(
  ensemble: BenchmarkEnsemble,
  run: number,
  shape: LoadShape,
  signal: AbortSignal,
): Promise<RunResult> {
  const { target, servers } = ensemble;
  const leader = await ensemble.leader();
  const loadAverageBefore = loadAverage();
  const processes = servers.flatMap(({ id, pid }) =>
    pid === undefined ? [] : [{ name: id === leader.id ? `leader ${id}` : `follower ${id}`, pid }],
  );
  const job = { ...shape, servers: servers.map(({ client }) => client) };
  const { result, usage } = await runLoadChild(MODULE, job, processes, signal).catch((error: unknown) => {
    if (error instanceof BenchmarkError) throw new BenchmarkError(`${target}: ${error.message}`);
    throw error;
  });
  const { answered, errors, unanswered, latencies, perSecond, lateness } = result;
  return {
    target,
    run,
    ops: answered,
    opsPerSec: Math.round(answered / shape.seconds),
    ...Latencies.decode(latencies).figures,
    errors,
    unanswered,
    perSecond,
    lateness,
    processes: usage,
    loadAverageBefore,
    loadAverageAfter: loadAverage(),
    histogram: latencies,
  };
}

function loadAverage(): number {
  return Math.round(100 * (loadavg()[0] ?? 0)) / 100;
}
