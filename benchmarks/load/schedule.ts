/**
 * A fixed rate: when each request is to be sent, whether or not those before it were answered. A request that leaves late,
 * because its turn came late or no place was free, still counts from when it was to leave.
 */
const SECOND_MS = 1000;

/** Times are in milliseconds of one clock. Nothing is due at the end that is given, or later. */
export class Schedule {
  readonly #begin: number;
  readonly #intervalMs: number;
  #sent = 0;

  constructor(begin: number, ratePerSecond: number) {
    this.#begin = begin;
    this.#intervalMs = SECOND_MS / ratePerSecond;
  }

  /** When the oldest request that is due at `now` was to be sent; undefined when none is. It stays due until `sent`. */
  due(now: number, end: number): number | undefined {
    const time = this.#begin + this.#sent * this.#intervalMs;
    return time <= now && time < end ? time : undefined;
  }

  sent(): void {
    this.#sent++;
  }

  /** How many are due at `now`. */
  waiting(now: number, end: number): number {
    const dueBefore = (time: number): number => Math.ceil((time - this.#begin) / this.#intervalMs);
    const due = Math.min(Math.floor((now - this.#begin) / this.#intervalMs) + 1, dueBefore(end));
    return Math.max(0, due - this.#sent);
  }
}
