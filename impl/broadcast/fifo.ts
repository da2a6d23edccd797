/**
 * A queue: first in, first out, each in amortized constant time. An array's own `shift` moves all that waits behind, which
 * thousands of outstanding requests make noticeable.
 */

/** Places of what was taken are given up in batches of at least this many. */
const TAKEN_MAX = 1024;

export class Fifo<T> {
  /** Those before #next were taken. */
  #items: T[] = [];
  #next = 0;

  get length(): number {
    return this.#items.length - this.#next;
  }

  /** What is taken next; undefined when nothing waits. */
  get first(): T | undefined {
    return this.#items[this.#next];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** Takes the first; undefined when nothing waits. */
  shift(): T | undefined {
    const item = this.#items[this.#next];
    if (this.#next < this.#items.length) this.#next++;
    if (this.#next === this.#items.length) this.clear();
    else if (this.#next >= TAKEN_MAX && 2 * this.#next >= this.#items.length) {
      this.#items = this.#items.slice(this.#next);
      this.#next = 0;
    }
    return item;
  }

  clear(): void {
    if (this.#items.length > 0) this.#items = [];
    this.#next = 0;
  }

  /** All that wait, in order, none of them taken. */
  *[Symbol.iterator](): Generator<T> {
    for (let at = this.#next; at < this.#items.length; at++) {
      const item = this.#items[at];
      if (item !== undefined) yield item;
    }
  }
}
