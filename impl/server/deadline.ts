/** A limit on how long a peer may stay in one phase, and nothing bring it nearer to the next one, before it gives its role up. */

export class Deadline {
  readonly #limitMs: number;
  #phase: string | undefined;
  #sinceMs = 0;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /**
   * Has the limit passed? A new phase has all the time again, and so has one that came on at `progressMs`, as a snapshot
   * does whose bytes keep coming: that it is large is no reason to begin again.
   */
  passed(nowMs: number, phase: string, progressMs = 0): boolean {
    if (phase !== this.#phase) {
      this.#phase = phase;
      this.#sinceMs = nowMs;
    }
    this.#sinceMs = Math.max(this.#sinceMs, progressMs);
    return nowMs - this.#sinceMs > this.#limitMs;
  }
}
