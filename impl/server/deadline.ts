/** A limit on how long a peer may stay in one phase before it gives its role up. */

export class Deadline {
  readonly #limitMs: number;
  #phase: string | undefined;
  #sinceMs = 0;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** Has the peer been in this phase for longer than the limit? A new phase has all the time again. */
  passed(nowMs: number, phase: string): boolean {
    if (phase !== this.#phase) {
      this.#phase = phase;
      this.#sinceMs = nowMs;
    }
    return nowMs - this.#sinceMs > this.#limitMs;
  }
}
