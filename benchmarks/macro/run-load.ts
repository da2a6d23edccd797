/** One run: a process of its own puts load on an ensemble, while what all processes use is watched. */
import { loadavg } from 'node:os';

import { endProcess, startModule } from '../load/child.ts';
import type { LoadResult } from '../load/generate.ts';
import { Latencies, type LatencyFigures } from '../load/latencies.ts';
import { ProcessMeter, type ProcessUsage } from '../load/process-usage.ts';
import { BenchmarkError } from './benchmark-error.ts';
import type { LoadEvent, LoadJob } from './load-job.ts';
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

export type LoadShape = Omit<LoadJob, 'servers'>;

const MODULE = new URL('load-process.ts', import.meta.url);

/** @throws BenchmarkError when a server or a connection fails, or when it is interrupted */
export async function runLoad(
  ensemble: BenchmarkEnsemble,
  run: number,
  shape: LoadShape,
  signal: AbortSignal,
): Promise<RunResult> {
  const leader = await ensemble.leader();
  const loadAverageBefore = loadAverage();
  const child = startModule(MODULE);
  const processes = [
    ...ensemble.servers.flatMap(({ id, pid }) =>
      pid === undefined ? [] : [{ name: id === leader.id ? `leader ${id}` : `follower ${id}`, pid }],
    ),
    ...(child.pid === undefined ? [] : [{ name: 'load', pid: child.pid }]),
  ];
  let meter: ProcessMeter | undefined;
  let usage: readonly ProcessUsage[] = [];
  const done = new Promise<LoadResult>((resolve, reject) => {
    const fail = (reason: string): void => {
      reject(new BenchmarkError(`${ensemble.target}: ${reason}`));
    };
    child.on('message', (message) => {
      // Our own process sends nothing else.
      const event = message as LoadEvent;
      switch (event.type) {
        case 'measuring':
          meter = new ProcessMeter(processes);
          break;
        case 'measured':
          usage = meter?.stop() ?? [];
          break;
        case 'done':
          resolve(event.result);
          break;
        case 'failed':
          fail(event.reason);
          break;
      }
    });
    child.once('error', (error) => {
      fail(error.message);
    });
    child.once('exit', () => {
      fail('the process that generates load has ended before its work was done');
    });
    signal.addEventListener(
      'abort',
      () => {
        fail('interrupted');
      },
      { once: true },
    );
  });
  try {
    child.send({ ...shape, servers: ensemble.servers.map(({ client }) => client) } satisfies LoadJob);
    const { answered, errors, unanswered, latencies, perSecond, lateness } = await done;
    return {
      target: ensemble.target,
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
  } finally {
    meter?.stop();
    await endProcess(child);
  }
}

function loadAverage(): number {
  return Math.round(100 * (loadavg()[0] ?? 0)) / 100;
}
