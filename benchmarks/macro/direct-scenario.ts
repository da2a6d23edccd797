/**
 * Broadcast without clients, beside what the machine can give: transactions from within the leader's process, and the bare
 * pipeline of `npm run bench:limit`, in turn.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';

import { freePorts } from '../../impl/server/free-ports.ts';
import type { SyncWay } from '../limit/batch-log.ts';
import { runPipeline } from '../limit/pipeline.ts';
import { BenchmarkError } from '../load/benchmark-error.ts';
import { endProcess, startModule } from '../load/child.ts';
import type { LoadResult } from '../load/generate.ts';
import { Latencies, type LatencyFigures } from '../load/latencies.ts';
import { runLoadChild } from '../load/load-child.ts';
import type { NamedProcess, ProcessUsage } from '../load/process-usage.ts';
import type { TimelineFigures } from '../load/timeline.ts';
import {
  thisMachine,
  type BenchmarkOptions,
  type Machine,
  type ScenarioContext,
} from './benchmark-options.ts';
import { DIRECT_SOURCES, type DirectJob, type DirectSource } from './direct-job.ts';
import type { DirectServerOptions } from './direct-server.ts';
import { ratio } from './summary.ts';

/** `pipeline`: no protocol at all. */
export type DirectSubject = DirectSource | 'pipeline';

export interface DirectRun extends LatencyFigures {
  readonly subject: DirectSubject;
  readonly run: number;
  readonly opsPerSec: number;
  readonly timeline: TimelineFigures;
  readonly processes: readonly ProcessUsage[];
}

export interface DirectResult {
  readonly scenario: 'direct';
  readonly options: BenchmarkOptions;
  readonly pipelineSync: SyncWay;
  readonly machine: Machine;
  readonly runs: readonly DirectRun[];
  /** Mean throughput over that of the pipeline. */
  readonly toPipeline: Readonly<Record<DirectSource, number>>;
}

const LEADER = new URL('direct-leader-process.ts', import.meta.url);
const FOLLOWER = new URL('direct-follower-process.ts', import.meta.url);
const LEADER_ID = 1;
const BIN_MS = 1000;
const PIPELINE_SYNC: SyncWay = 'dsync';

/** @throws BenchmarkError when it could not be brought to its end */
export async function runDirect(context: ScenarioContext): Promise<DirectResult> {
  const { options, progress, signal } = context;
  const runs: DirectRun[] = [];
  for (let run = 1; run <= options.runs; run++) {
    for (const subject of ['pipeline', ...DIRECT_SOURCES] as const) {
      progress.running('zab', `${subject}, run ${run}`);
      const { result, usage } = await inDirectory(options.directory, (directory) =>
        subject === 'pipeline'
          ? runPipeline(options, PIPELINE_SYNC, directory, signal)
          : runBroadcast(options, subject, directory, signal),
      );
      const opsPerSec = Math.round(result.answered / result.seconds);
      const { figures } = Latencies.decode(result.latencies);
      runs.push({ subject, run, opsPerSec, ...figures, timeline: result.timeline, processes: usage });
    }
  }
  const mean = (subject: DirectSubject): number => {
    const own = runs.filter((found) => found.subject === subject);
    return own.reduce((sum, { opsPerSec }) => sum + opsPerSec, 0) / own.length;
  };
  const pipeline = mean('pipeline');
  return {
    scenario: 'direct',
    options,
    pipelineSync: PIPELINE_SYNC,
    machine: await thisMachine(options.directory),
    runs,
    toPipeline: {
      transactions: ratio(mean('transactions'), pipeline),
      requests: ratio(mean('requests'), pipeline),
    },
  };
}

interface Measured {
  readonly result: LoadResult;
  readonly usage: readonly ProcessUsage[];
}

async function runBroadcast(
  options: BenchmarkOptions,
  source: DirectSource,
  directory: string,
  signal: AbortSignal,
): Promise<Measured> {
  const { servers } = options;
  const [port] = await freePorts(1);
  if (port === undefined) throw new Error('one was asked for');
  const server = (id: number): DirectServerOptions => ({
    id,
    servers,
    leaderId: LEADER_ID,
    leaderAddress: { host: '127.0.0.1', port },
    directory: path.join(directory, `server-${id}`),
    delivery: source === 'requests' ? 'applied' : 'dropped',
  });
  const followers: ChildProcess[] = [];
  const others: NamedProcess[] = [];
  try {
    for (let id = LEADER_ID + 1; id <= servers; id++) {
      const name = `follower ${id}`;
      const child = startModule(FOLLOWER);
      followers.push(child);
      if (child.pid !== undefined) others.push({ name, pid: child.pid });
      child.send(server(id));
      const ended = once(child, 'exit').then(() => {
        throw new BenchmarkError(`${name} has ended`);
      });
      // When it ends later, the leader finds its quorum lost.
      ended.catch(() => undefined);
      await Promise.race([once(child, 'message'), ended]);
    }
    const job: DirectJob = {
      ...options,
      servers: [],
      binMs: BIN_MS,
      reconnect: false,
      source,
      server: server(LEADER_ID),
    };
    return await runLoadChild({
      module: LEADER,
      name: `leader ${LEADER_ID}`,
      job,
      others,
      signal,
      during: async (load) => {
        await load.measured;
        const gone = others.filter((_, index) => followers[index]?.exitCode !== null);
        if (gone.length > 0)
          throw new BenchmarkError(`${gone.map(({ name }) => name).join(', ')}: ended meanwhile`);
      },
    });
  } finally {
    await Promise.all(followers.map(endProcess));
  }
}

async function inDirectory<T>(parent: string, use: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(path.join(parent, 'zab-bench-direct-'));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
