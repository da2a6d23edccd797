/**
 * A clock that all but stands still while this process does: stopped, swapped out, or with the machine asleep. What was
 * not heard meanwhile was not waited for either.
 *
 * Each tick moves it on by no more than a step, however much later it comes.
 */
export class PatientClock {
  readonly #stepMaxMs: number;
  /** What it showed at the last tick, and when that was. */
  #shownMs = 0;
  #tickedAtMs: number;

  /** `stepMaxMs`: longer than ticks are apart, so that it runs as fast as time while they come. */
  constructor(stepMaxMs: number, realMs: number) {
    this.#stepMaxMs = stepMaxMs;
    this.#tickedAtMs = realMs;
  }

  /** What it shows, in milliseconds since it was made; `realMs` is the time of a clock that never goes back. */
  at(realMs: number): number {
    return this.#shownMs + Math.min(realMs - this.#tickedAtMs, this.#stepMaxMs);
  }

  tick(realMs: number): void {
    this.#shownMs = this.at(realMs);
    this.#tickedAtMs = realMs;
  }
}
