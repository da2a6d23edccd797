/** A process of its own that generates load: what it tells meanwhile, and what it and others use in the measured time. */
import type { Address } from '../../impl/wire/notification.ts';
import { BenchmarkError } from './benchmark-error.ts';
import { endProcess, startModule } from './child.ts';
import { generateLoad, type LoadOptions, type LoadResult } from './generate.ts';
import { ProcessMeter, type NamedProcess, type ProcessUsage } from './process-usage.ts';
import type { RequestStream } from './request-stream.ts';

/** How much load, and for how long. */
export interface LoadShape {
  readonly connections: number;
  /** Requests under way on each connection, at most. */
  readonly outstanding: number;
  /** Requests a second over all connections; undefined: a closed loop. */
  readonly ratePerSecond: number | undefined;
  readonly payloadBytes: number;
  readonly warmupSeconds: number;
  readonly seconds: number;
}

export interface LoadJob extends LoadShape {
  /** Connections are spread over these, in turn. */
  readonly servers: readonly Address[];
}

type LoadEvent =
  | { readonly type: 'measuring' }
  | { readonly type: 'measured' }
  | { readonly type: 'done'; readonly result: LoadResult }
  | { readonly type: 'failed'; readonly reason: string };

/**
 * Starts the module, sends it the job, and waits for the result.
 * @throws BenchmarkError when the load cannot be generated to its end, or when it is interrupted
 */
export async function runLoadChild(
  module: URL,
  job: LoadJob,
  others: readonly NamedProcess[],
  signal: AbortSignal,
): Promise<{ readonly result: LoadResult; readonly usage: readonly ProcessUsage[] }> {
  const child = startModule(module);
  const processes = child.pid === undefined ? others : [...others, { name: 'load', pid: child.pid }];
  let meter: ProcessMeter | undefined;
  let usage: readonly ProcessUsage[] = [];
  let interrupt = (): void => undefined;
  const done = new Promise<LoadResult>((resolve, reject) => {
    const fail = (reason: string): void => {
      reject(new BenchmarkError(reason));
    };
    interrupt = () => {
      fail('interrupted');
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
    signal.addEventListener('abort', interrupt);
    if (signal.aborted) interrupt();
  });
  try {
    child.send(job);
    return { result: await done, usage };
  } finally {
    signal.removeEventListener('abort', interrupt);
    meter?.stop();
    await endProcess(child);
  }
}

/** How long answers are waited for after the measured time. */
const DRAIN_SECONDS = 20;

/**
 * The other end, in the process of its own: takes one job, opens its connections, generates the load, and ends.
 * `finished` may close the connections in good order.
 */
export function serveLoad(
  open: (job: LoadJob) => Promise<readonly RequestStream[]>,
  finished: (streams: readonly RequestStream[]) => void = () => undefined,
): void {
  process.once('message', (message) => {
    void work(message as LoadJob)
      .catch((error: unknown): LoadEvent => ({
        type: 'failed',
        reason: error instanceof Error ? error.message : String(error),
      }))
      .then((last) => {
        process.send?.(last, () => process.exit());
      });
  });
  // The process that asked has ended: nobody waits for the result.
  process.once('disconnect', () => process.exit());

  async function work(job: LoadJob): Promise<LoadEvent> {
    const streams = await open(job);
    const result = await generateLoad(streams, {
      ratePerSecond: job.ratePerSecond,
      warmupSeconds: job.warmupSeconds,
      seconds: job.seconds,
      drainSeconds: DRAIN_SECONDS,
      measuring: tell({ type: 'measuring' }),
      measured: tell({ type: 'measured' }),
    } satisfies LoadOptions);
    finished(streams);
    return { type: 'done', result };
  }
}

function tell(event: LoadEvent): () => void {
  return () => process.send?.(event);
}

/** Opens as many connections as the job says; `open` is told where, and which it is, from 0. */
export function openAll(
  { connections, servers }: LoadJob,
  open: (address: Address, index: number) => Promise<RequestStream>,
): Promise<RequestStream[]> {
  return Promise.all(
    Array.from({ length: connections }, (_, index) => {
      const address = servers[index % servers.length];
      if (address === undefined) throw new Error('there are no servers');
      return open(address, index);
    }),
  );
}
