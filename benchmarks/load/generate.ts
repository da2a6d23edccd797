/**
 * Generates load over connections that are there, and measures it.
 *
 * Closed loop: every connection keeps as many requests under way as its ring holds. Open loop: requests are sent at a fixed
 * rate, in turn over the connections, and latency counts from when each was to be sent.
 */
import { Latencies, type LatencyFigures } from './latencies.ts';
import { Measurement } from './measurement.ts';
import type { RequestStream } from './request-stream.ts';
import { Schedule } from './schedule.ts';

export interface LoadOptions {
  /** Requests a second, over all connections; undefined: a closed loop. */
  readonly ratePerSecond: number | undefined;
  readonly warmupSeconds: number;
  /** Whole. */
  readonly seconds: number;
  /** How long answers are waited for after the measured time, in seconds. */
  readonly drainSeconds: number;
  /** The measured time begins, and is over. */
  readonly measuring: () => void;
  readonly measured: () => void;
}

export interface LoadResult {
  /** Answers within the measured time, those with an error left out. */
  readonly answered: number;
  /** Answers with an error, at any time. */
  readonly errors: number;
  /** Requests that were to be sent and had no answer when the wait was over. */
  readonly unanswered: number;
  /** Of the answered requests that were to be sent in the measured time; `Latencies.encoded`. */
  readonly latencies: string;
  readonly perSecond: readonly number[];
  /** Open loop: how late requests left; latencies include it. */
  readonly lateness: LatencyFigures | undefined;
}

/** How often the schedule of an open loop is looked at, in milliseconds; timers know no less. */
const STEP_MS = 1;

/** @throws Error when a connection is lost. */
export async function generateLoad(
  streams: readonly RequestStream[],
  options: LoadOptions,
): Promise<LoadResult> {
  const { ratePerSecond, warmupSeconds, seconds, drainSeconds } = options;
  const begin = performance.now();
  const measurement = new Measurement(begin, warmupSeconds, seconds);
  const pace =
    ratePerSecond === undefined
      ? new ClosedLoop(measurement.to)
      : new OpenLoop(streams, new Schedule(begin, measurement.to, ratePerSecond));
  let errors = 0;
  let lost: string | undefined;
  for (const stream of streams) {
    stream.listen({
      answered: (sent, now, error) => {
        if (error === 0) measurement.record(sent, now);
        else errors++;
      },
      read: (from, now) => {
        pace.refill(from, now);
      },
      lost: (reason) => {
        lost ??= reason;
      },
    });
  }
  for (const stream of streams) pace.refill(stream, begin);
  const timer = setInterval(() => {
    pace.tick(performance.now());
  }, STEP_MS);
  const check = (): void => {
    if (lost !== undefined) throw new Error(`a connection was lost: ${lost}`);
  };
  try {
    await sleepUntil(measurement.from, check);
    options.measuring();
    await sleepUntil(measurement.to, check);
    options.measured();
    const drained = (): boolean => pace.waiting === 0 && streams.every(({ ring }) => ring.outstanding === 0);
    await sleepUntil(measurement.to + drainSeconds * 1000, check, drained);
  } finally {
    clearInterval(timer);
  }
  const outstanding = streams.reduce((sum, { ring }) => sum + ring.outstanding, 0);
  return {
    answered: measurement.answered,
    errors,
    unanswered: outstanding + pace.waiting,
    latencies: measurement.latencies.encoded,
    perSecond: measurement.perSecond,
    lateness: pace.lateness?.figures,
  };
}

interface Pace {
  /** Places may have become free. */
  refill(stream: RequestStream, now: number): void;
  tick(now: number): void;
  /** Requests that are due and were not sent. */
  readonly waiting: number;
  readonly lateness: Latencies | undefined;
}

class ClosedLoop implements Pace {
  readonly waiting = 0;
  readonly lateness = undefined;
  readonly #end: number;

  constructor(end: number) {
    this.#end = end;
  }

  refill(stream: RequestStream, now: number): void {
    if (now >= this.#end) return;
    const { ring } = stream;
    for (let free = ring.free; free > 0; free--) ring.push(now);
    stream.flush();
  }

  tick(): void {
    // Answers alone make room.
  }
}

class OpenLoop implements Pace {
  readonly lateness = Latencies.empty();
  readonly #streams: readonly RequestStream[];
  readonly #schedule: Schedule;
  #turn = 0;

  constructor(streams: readonly RequestStream[], schedule: Schedule) {
    this.#streams = streams;
    this.#schedule = schedule;
  }

  get waiting(): number {
    return this.#schedule.waiting(performance.now());
  }

  refill(_stream: RequestStream, now: number): void {
    this.tick(now);
  }

  tick(now: number): void {
    let sent = false;
    for (let time = this.#schedule.due(now); time !== undefined; time = this.#schedule.due(now)) {
      const stream = this.#free();
      if (stream === undefined) break;
      stream.ring.push(time);
      this.lateness.record(now - time);
      this.#schedule.sent();
      sent = true;
    }
    if (sent) for (const stream of this.#streams) stream.flush();
  }

  /** The connection whose turn it is, those without a free place passed over. */
  #free(): RequestStream | undefined {
    const { length } = this.#streams;
    for (let passed = 0; passed < length; passed++) {
      const stream = this.#streams[(this.#turn + passed) % length];
      if (stream === undefined || stream.ring.free === 0) continue;
      this.#turn = (this.#turn + passed + 1) % length;
      return stream;
    }
    return undefined;
  }
}

const POLL_MS = 20;

/** Waits until that time, or until `early` holds; `check` may throw meanwhile. */
async function sleepUntil(time: number, check: () => void, early?: () => boolean): Promise<void> {
  for (;;) {
    check();
    const left = time - performance.now();
    if (left <= 0 || early?.() === true) return;
    await new Promise((resolve) => setTimeout(resolve, Math.min(left, POLL_MS)));
  }
}
