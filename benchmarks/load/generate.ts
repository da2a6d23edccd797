/**
 * Generates load over connections that are there, and measures it.
 *
 * Closed loop: every connection keeps as many requests under way as its ring holds. Open loop: requests are sent at a fixed
 * rate, in turn over the connections, and latency counts from when each was to be sent.
 */
import type { LatencyFigures } from './latencies.ts';
import { Measurement } from './measurement.ts';
import { ClosedLoop, OpenLoop } from './pace.ts';
import type { RequestStream } from './request-stream.ts';
import { Schedule } from './schedule.ts';
import type { Told } from './serve-job.ts';
import type { TimelineFigures } from './timeline.ts';

export interface LoadOptions extends Told {
  /** Requests a second, over all connections; undefined: a closed loop. */
  readonly ratePerSecond: number | undefined;
  readonly warmupSeconds: number;
  /** Whole. */
  readonly seconds: number;
  readonly binMs: number;
  /** How long answers are waited for after the measured time, in seconds. */
  readonly drainSeconds: number;
  /** Opens another connection for the one in that place, which was lost. Without it a loss ends the run. */
  readonly reopen?: (place: number) => Promise<RequestStream>;
}

export interface LoadResult {
  /** The measured time. */
  readonly seconds: number;
  /** Answers within the measured time, those with an error left out. */
  readonly answered: number;
  /** Answers with an error, at any time. */
  readonly errors: number;
  /** Requests that were sent over connections which were lost: whether they were carried out is not known. */
  readonly lost: number;
  /** Requests that were to be sent and had no answer when the wait was over. */
  readonly unanswered: number;
  /** Of the answered requests that were to be sent in the measured time; `Latencies.encoded`. */
  readonly latencies: string;
  readonly timeline: TimelineFigures;
  /** Open loop: how late requests left; latencies include it. */
  readonly lateness: LatencyFigures | undefined;
}

/** How often the schedule of an open loop is looked at, in milliseconds; timers know no less. */
const STEP_MS = 1;

/** @throws Error when a connection is lost, and there is no way to open another one */
export async function generateLoad(
  opened: readonly RequestStream[],
  options: LoadOptions,
): Promise<LoadResult> {
  const { ratePerSecond, warmupSeconds, seconds, drainSeconds, stop, reopen } = options;
  const begin = performance.now();
  const measurement = new Measurement(begin, warmupSeconds, seconds, options.binMs);
  /** By place; undefined while another connection is opened. */
  const streams: (RequestStream | undefined)[] = [...opened];
  const pace =
    ratePerSecond === undefined
      ? new ClosedLoop(measurement)
      : new OpenLoop(streams, new Schedule(begin, ratePerSecond), measurement);
  let errors = 0;
  let lost = 0;
  let failure: string | undefined;
  let over = false;
  const replace = async (place: number, open: (place: number) => Promise<RequestStream>): Promise<void> => {
    try {
      const stream = await open(place);
      if (over) stream.close();
      else attach(stream, place);
    } catch (error) {
      failure ??= error instanceof Error ? error.message : String(error);
    }
  };
  const attach = (stream: RequestStream, place: number): void => {
    streams[place] = stream;
    stream.listen({
      answered: (sent, now, error, count) => {
        if (error === 0) measurement.record(sent, now, count);
        else errors += count;
      },
      read: (from, now) => {
        pace.refill(from, now);
      },
      lost: (reason) => {
        streams[place] = undefined;
        lost += stream.ring.outstanding;
        if (reopen === undefined) failure ??= `a connection was lost: ${reason}`;
        else void replace(place, reopen);
      },
    });
    if (streams[place] === stream) pace.refill(stream, performance.now());
  };
  opened.forEach(attach);
  const timer = setInterval(() => {
    pace.tick(performance.now());
  }, STEP_MS);
  const check = (): void => {
    if (failure !== undefined) throw new Error(failure);
    if (stop.aborted) measurement.endSoon(performance.now());
  };
  try {
    await sleepUntil(() => measurement.from, check);
    options.measuring();
    await sleepUntil(() => measurement.to, check);
    options.measured();
    const end = measurement.to + drainSeconds * 1000;
    const drained = (): boolean =>
      pace.waiting === 0 && streams.every((stream) => (stream?.ring.outstanding ?? 0) === 0);
    await sleepUntil(() => end, check, drained);
  } finally {
    over = true;
    clearInterval(timer);
  }
  const outstanding = streams.reduce((sum, stream) => sum + (stream?.ring.outstanding ?? 0), 0);
  for (const stream of streams) if (stream !== undefined && !opened.includes(stream)) stream.close();
  return {
    seconds: measurement.seconds,
    answered: measurement.answered,
    errors,
    lost,
    unanswered: outstanding + pace.waiting,
    latencies: measurement.latencies.encoded,
    timeline: measurement.timeline(),
    lateness: pace.lateness?.figures,
  };
}

const POLL_MS = 20;

/** Waits until that time, which may change, or until `early` holds; `check` may throw meanwhile. */
async function sleepUntil(time: () => number, check: () => void, early?: () => boolean): Promise<void> {
  for (;;) {
    check();
    const left = time() - performance.now();
    if (left <= 0 || early?.() === true) return;
    await new Promise((resolve) => setTimeout(resolve, Math.min(left, POLL_MS)));
  }
}
