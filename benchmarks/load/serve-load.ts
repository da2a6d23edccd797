/** The process that generates load: takes one job, opens its connections, generates the load, and ends. */
import type { Address } from '../../impl/wire/notification.ts';
import { generateLoad } from './generate.ts';
import type { LoadJob } from './load-job.ts';
import type { RequestStream } from './request-stream.ts';
import { serveJob } from './serve-job.ts';

/** How connections are opened, and what is done with them in the end. */
export interface LoadSource {
  readonly open: (job: LoadJob) => Promise<readonly RequestStream[]>;
  /** Another connection in that place, whose server may be gone; tried until there is one. */
  readonly reopen?: (job: LoadJob, place: number) => Promise<RequestStream>;
  /** The load is over: connections may be closed in good order. */
  readonly finished?: () => void;
}

/** How long answers are waited for after the measured time. */
const DRAIN_SECONDS = 20;

export function serveLoad(source: LoadSource): void {
  serveJob(async (job, told) => {
    const streams = await source.open(job);
    const { reopen } = source;
    const result = await generateLoad(streams, {
      ratePerSecond: job.ratePerSecond,
      warmupSeconds: job.warmupSeconds,
      seconds: job.seconds,
      binMs: job.binMs,
      drainSeconds: DRAIN_SECONDS,
      ...told,
      ...(job.reconnect && reopen !== undefined ? { reopen: (place: number) => reopen(job, place) } : {}),
    });
    source.finished?.();
    return result;
  });
}

/** Opens as many connections as the job says; `open` is told where, and which it is, from 0. */
export function openAll(
  { connections, servers }: LoadJob,
  open: (address: Address, place: number) => Promise<RequestStream>,
): Promise<RequestStream[]> {
  return Promise.all(
    Array.from({ length: connections }, (_, place) => {
      const address = servers[place % servers.length];
      if (address === undefined) throw new Error('there are no servers');
      return open(address, place);
    }),
  );
}

/** Requests under way on the connection in that place: whole, and in sum what was asked for. */
export function outstandingAt({ outstanding }: LoadJob, place: number): number {
  return Math.max(1, Math.floor((place + 1) * outstanding) - Math.floor(place * outstanding));
}
