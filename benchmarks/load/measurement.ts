/**
 * What counts of a run: after a time to warm up, the measured time. Throughput is what was answered in it; latency is
 * that of the requests which were to be sent in it, whenever the answer came, so that a stall shows in full.
 */
import { Latencies } from './latencies.ts';

const SECOND_MS = 1000;

/** Times are in milliseconds of one clock. */
export class Measurement {
  readonly from: number;
  readonly to: number;
  readonly latencies = Latencies.empty();
  /** Answers in each second of the measured time. */
  readonly perSecond: number[];
  #answered = 0;

  constructor(begin: number, warmupSeconds: number, seconds: number) {
    this.from = begin + warmupSeconds * SECOND_MS;
    this.to = this.from + seconds * SECOND_MS;
    this.perSecond = new Array<number>(seconds).fill(0);
  }

  /** Answers that came within the measured time. */
  get answered(): number {
    return this.#answered;
  }

  /** The answer to a request which was to be sent at `sent` came at `now`. */
  record(sent: number, now: number): void {
    if (sent >= this.from && sent < this.to) this.latencies.record(now - sent);
    if (now < this.from || now >= this.to) return;
    this.#answered++;
    const second = Math.floor((now - this.from) / SECOND_MS);
    this.perSecond[second] = (this.perSecond[second] ?? 0) + 1;
  }
}
