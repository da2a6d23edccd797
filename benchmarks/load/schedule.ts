/**
 * A fixed rate: when each request is to be sent, whether or not those before it were answered. A request that leaves late,
 * because its turn came late or no place was free, still counts from when it was to leave.
 */
const SECOND_MS = 1000;

export class Schedule {
  readonly #begin: number;
  readonly #intervalMs: number;
  /** How many there are before the end. */
  readonly #count: number;
  #sent = 0;

  /** `begin` and `end` in milliseconds of one clock; nothing is due at `end` or later. */
  constructor(begin: number, end: number, ratePerSecond: number) {
    this.#begin = begin;
    this.#intervalMs = SECOND_MS / ratePerSecond;
    this.#count = Math.ceil((end - begin) / this.#intervalMs);
  }

  /** When the oldest request that is due at `now` was to be sent; undefined when none is. It stays due until `sent`. */
  due(now: number): number | undefined {
    const time = this.#begin + this.#sent * this.#intervalMs;
    return time <= now && this.#sent < this.#count ? time : undefined;
  }

  sent(): void {
    this.#sent++;
  }

  /** How many are due at `now`. */
  waiting(now: number): number {
    const due = Math.floor((now - this.#begin) / this.#intervalMs) + 1;
    return Math.max(0, Math.min(due, this.#count) - this.#sent);
  }
}
