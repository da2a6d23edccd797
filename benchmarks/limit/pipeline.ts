/** The bare pipeline: three processes and a load. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

import { endProcess, startModule } from '../load/child.ts';
import { BenchmarkError } from '../load/benchmark-error.ts';
import { runLoadChild } from '../load/load-child.ts';
import type { LoadShape } from '../load/load-job.ts';
import type { LoadResult } from '../load/generate.ts';
import type { NamedProcess, ProcessUsage } from '../load/process-usage.ts';
import type { SyncWay } from './batch-log.ts';
import type { PipelineEvent, PipelineJob } from './pipeline-process.ts';

const PROCESS = new URL('pipeline-process.ts', import.meta.url);
const LOAD = new URL('pipeline-load.ts', import.meta.url);
const FOLLOWERS = 2;
const BIN_MS = 1000;

/** @throws BenchmarkError when one of the processes ends */
export async function runPipeline(
  shape: LoadShape,
  way: SyncWay,
  directory: string,
  signal: AbortSignal,
): Promise<{ readonly result: LoadResult; readonly usage: readonly ProcessUsage[] }> {
  const children: ChildProcess[] = [];
  const processes: NamedProcess[] = [];
  const start = async (name: string, followers?: readonly number[]): Promise<number> => {
    const child = startModule(PROCESS);
    children.push(child);
    if (child.pid !== undefined) processes.push({ name, pid: child.pid });
    const job: PipelineJob = { file: path.join(directory, name), way, followers };
    child.send(job);
    const ended = once(child, 'exit').then(() => {
      throw new BenchmarkError(`the ${name} of the pipeline has ended`);
    });
    // When it ends later, the load finds its connections lost.
    ended.catch(() => undefined);
    // Our own process sends nothing else.
    const [{ port }] = (await Promise.race([once(child, 'message'), ended])) as [PipelineEvent];
    return port;
  };
  try {
    const ports: number[] = [];
    for (let follower = 1; follower <= FOLLOWERS; follower++) ports.push(await start(`follower ${follower}`));
    const port = await start('leader', ports);
    const job = { ...shape, servers: [{ host: '127.0.0.1', port }], binMs: BIN_MS, reconnect: false };
    return await runLoadChild({ module: LOAD, job, others: processes, signal });
  } finally {
    await Promise.all(children.map(endProcess));
  }
}
