/** One run: a process of its own puts load on an ensemble, while what all processes use is watched. */
import { loadavg } from 'node:os';

import type { ServerProcess } from '../../conformance/faults/server-process.ts';
import { BenchmarkError } from '../load/benchmark-error.ts';
import { Latencies, type LatencyFigures } from '../load/latencies.ts';
import { runLoadChild, type RunningLoad } from '../load/load-child.ts';
import type { LoadShape } from '../load/load-job.ts';
import type { ProcessUsage } from '../load/process-usage.ts';
import { perSecond, type TimelineFigures } from '../load/timeline.ts';
import { readSyncCounters, syncFigures, type SyncFigures } from './sync-counters.ts';
import type { BenchmarkEnsemble, TargetName } from './targets.ts';

/** What was done to the ensemble, or happened to it, in the measured time. */
export interface RunEvent {
  readonly atSeconds: number;
  readonly what: string;
}

/** A process, with what it tells of its disk if it is a server. */
export interface RunProcess extends ProcessUsage {
  readonly syncs: SyncFigures | undefined;
}

export interface RunResult extends LatencyFigures {
  readonly target: TargetName;
  /** From 1. */
  readonly run: number;
  /** The measured time. */
  readonly seconds: number;
  readonly ops: number;
  readonly opsPerSec: number;
  readonly errors: number;
  /** Sent over connections that were lost. */
  readonly lost: number;
  readonly unanswered: number;
  /** Answers in each second. */
  readonly perSecond: readonly number[];
  readonly timeline: TimelineFigures;
  readonly events: readonly RunEvent[];
  readonly lateness: LatencyFigures | undefined;
  readonly processes: readonly RunProcess[];
  /** Of the last minute, before and after: what else the machine does. */
  readonly loadAverageBefore: number;
  readonly loadAverageAfter: number;
  /** `Latencies.encoded`. */
  readonly histogram: string;
}

/** What may be done while the load is measured. */
export interface Accompaniment {
  readonly load: RunningLoad;
  readonly leader: ServerProcess;
  /** Takes down what is done, or happens, now. */
  readonly note: (what: string) => void;
}

export interface RunOptions {
  /** From 1. */
  readonly run: number;
  readonly shape: LoadShape;
  readonly binMs?: number;
  /** Those that clients connect to; all, if absent. */
  readonly clientsOf?: (leader: ServerProcess) => readonly ServerProcess[];
  /** Do clients look for another server when theirs is lost? Otherwise that ends the run. */
  readonly reconnect?: boolean;
  readonly during?: (accompaniment: Accompaniment) => Promise<void>;
}

const MODULE = new URL('load-process.ts', import.meta.url);
const BIN_MS = 1000;

/** @throws BenchmarkError when a server or a connection fails, or when it is interrupted */
export async function runLoad(
  ensemble: BenchmarkEnsemble,
  options: RunOptions,
  signal: AbortSignal,
): Promise<RunResult> {
  const { target, servers } = ensemble;
  const { run, shape, binMs = BIN_MS, reconnect = false, clientsOf = () => servers } = options;
  const leader = await ensemble.leader();
  const loadAverageBefore = loadAverage();
  const named = servers.map((server) => ({
    server,
    name: `${server === leader ? 'leader' : 'follower'} ${server.id}`,
  }));
  const watched = named.flatMap(({ server: { pid }, name }) => (pid === undefined ? [] : [{ name, pid }]));
  const job = { ...shape, servers: clientsOf(leader).map(({ client }) => client), binMs, reconnect };
  const events: RunEvent[] = [];
  const syncs = new Map<string, SyncFigures | undefined>();
  const during = async (load: RunningLoad): Promise<void> => {
    const note = (what: string): void => {
      events.push({ atSeconds: Math.round(100 * load.elapsedSeconds()) / 100, what });
    };
    const counting = named.map(async ({ server, name }) => {
      const before = await readSyncCounters(server.client);
      const begin = load.elapsedSeconds();
      await load.measured;
      const after = await readSyncCounters(server.client);
      syncs.set(name, syncFigures(before, after, load.elapsedSeconds() - begin));
    });
    await options.during?.({ load, leader, note });
    await Promise.all(counting);
  };
  const child = { module: MODULE, job, others: watched, signal, during };
  const measured = await runLoadChild(child).catch((error: unknown) => {
    if (error instanceof BenchmarkError) throw new BenchmarkError(`${target}: ${error.message}`);
    throw error;
  });
  const { result, usage } = measured;
  const { seconds, answered, errors, lost, unanswered, latencies, timeline, lateness } = result;
  return {
    target,
    run,
    seconds,
    ops: answered,
    opsPerSec: Math.round(answered / seconds),
    ...Latencies.decode(latencies).figures,
    errors,
    lost,
    unanswered,
    perSecond: perSecond(timeline),
    timeline,
    events,
    lateness,
    processes: usage.map((process) => ({ ...process, syncs: syncs.get(process.name) })),
    loadAverageBefore,
    loadAverageAfter: loadAverage(),
    histogram: latencies,
  };
}

function loadAverage(): number {
  return Math.round(100 * (loadavg()[0] ?? 0)) / 100;
}
