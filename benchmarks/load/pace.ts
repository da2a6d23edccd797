/** When the next request is sent: when one was answered, or when it is due. */
import { Latencies } from './latencies.ts';
import type { RequestStream } from './request-stream.ts';
import type { Schedule } from './schedule.ts';

export interface Pace {
  /** Places may have become free. */
  refill(stream: RequestStream, now: number): void;
  tick(now: number): void;
  /** Requests that are due and were not sent. */
  readonly waiting: number;
  readonly lateness: Latencies | undefined;
}

/** When nothing more is sent; may be moved to an earlier time. */
interface End {
  readonly to: number;
}

export class ClosedLoop implements Pace {
  readonly waiting = 0;
  readonly lateness = undefined;
  readonly #end: End;

  constructor(end: End) {
    this.#end = end;
  }

  refill(stream: RequestStream, now: number): void {
    if (now >= this.#end.to) return;
    const { ring } = stream;
    for (let free = ring.free; free > 0; free--) ring.push(now);
    stream.flush();
  }

  tick(): void {
    // Answers alone make room.
  }
}

export class OpenLoop implements Pace {
  readonly lateness = Latencies.empty();
  readonly #streams: readonly (RequestStream | undefined)[];
  readonly #schedule: Schedule;
  readonly #end: End;
  #turn = 0;

  /** `streams` may change: those that are gone are undefined. */
  constructor(streams: readonly (RequestStream | undefined)[], schedule: Schedule, end: End) {
    this.#streams = streams;
    this.#schedule = schedule;
    this.#end = end;
  }

  get waiting(): number {
    return this.#schedule.waiting(performance.now(), this.#end.to);
  }

  refill(_stream: RequestStream, now: number): void {
    this.tick(now);
  }

  tick(now: number): void {
    let sent = false;
    for (let time = this.#due(now); time !== undefined; time = this.#due(now)) {
      const stream = this.#free();
      if (stream === undefined) break;
      stream.ring.push(time);
      this.lateness.record(now - time);
      this.#schedule.sent();
      sent = true;
    }
    if (sent) for (const stream of this.#streams) stream?.flush();
  }

  #due(now: number): number | undefined {
    return this.#schedule.due(now, this.#end.to);
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
