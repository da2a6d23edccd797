/**
 * What counts of a run: after a time to warm up, the measured time. Throughput is what was answered in it; latency is
 * that of the requests which were to be sent in it, whenever the answer came, so that a stall shows in full.
 */
import { Latencies } from './latencies.ts';
import { Timeline, type TimelineFigures } from './timeline.ts';

const SECOND_MS = 1000;

/** Times are in milliseconds of one clock. */
export class Measurement {
  readonly from: number;
  readonly latencies = Latencies.empty();
  readonly #binMs: number;
  readonly #timeline: Timeline;
  #to: number;
  #answered = 0;

  /** `binMs`: how finely it is told what was answered when. */
  constructor(begin: number, warmupSeconds: number, seconds: number, binMs: number) {
    this.from = begin + warmupSeconds * SECOND_MS;
    this.#to = this.from + seconds * SECOND_MS;
    this.#binMs = binMs;
    this.#timeline = new Timeline(binMs);
  }

  get to(): number {
    return this.#to;
  }

  /** The measured time ends at the next end of a bin, unless it ends earlier. */
  endSoon(now: number): void {
    const bins = Math.max(1, Math.ceil((now - this.from) / this.#binMs));
    this.#to = Math.min(this.#to, this.from + bins * this.#binMs);
  }

  get seconds(): number {
    return (this.#to - this.from) / SECOND_MS;
  }

  /** Answers that came within the measured time. */
  get answered(): number {
    return this.#answered;
  }

  /** When the measured time is over. */
  timeline(): TimelineFigures {
    return this.#timeline.figures(this.#to - this.from);
  }

  /** The answers to `count` requests, one or more, which were to be sent at `sent`, came at `now`. */
  record(sent: number, now: number, count = 1): void {
    if (sent >= this.from && sent < this.#to) this.latencies.record(now - sent, count);
    if (now < this.from || now >= this.#to) return;
    this.#answered += count;
    this.#timeline.record(now - this.from, now - sent, count);
  }
}
