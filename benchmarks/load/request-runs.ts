/** Requests under way that were given many at a time: when, and how many. They are answered in that order. */
export class RequestRuns {
  /** Oldest first; none is empty. */
  readonly #runs: { readonly sent: number; count: number }[] = [];
  #outstanding = 0;

  get outstanding(): number {
    return this.#outstanding;
  }

  /** So many more, one or more, are under way from `sent` on. */
  push(sent: number, count: number): void {
    this.#runs.push({ sent, count });
    this.#outstanding += count;
  }

  /**
   * The oldest `count` were answered: calls `each` for every time at which some of them were sent, with how many.
   * @throws RangeError when fewer are under way
   */
  answer(count: number, each: (sent: number, count: number) => void): void {
    for (let left = count; left > 0;) {
      const [oldest] = this.#runs;
      if (oldest === undefined) throw new RangeError(`${left} more were answered than are under way`);
      const answered = Math.min(left, oldest.count);
      oldest.count -= answered;
      if (oldest.count === 0) this.#runs.shift();
      this.#outstanding -= answered;
      left -= answered;
      each(oldest.sent, answered);
    }
  }
}
