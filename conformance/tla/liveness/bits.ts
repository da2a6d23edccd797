/** Sets of numbers from 0, a bit each, and lists of numbers that grow: what a graph of millions of edges is kept in. */

export class Bits {
  private words: Uint32Array<ArrayBuffer>;

  constructor(size = 0) {
    this.words = new Uint32Array(Math.max(4, Math.ceil(size / 32)));
  }

  /** False for what was never added, however large. */
  has(index: number): boolean {
    return (((this.words[index >>> 5] ?? 0) >>> (index & 31)) & 1) === 1;
  }

  add(index: number): void {
    const word = index >>> 5;
    if (word >= this.words.length) {
      const larger = new Uint32Array(Math.max(this.words.length * 2, word + 1));
      larger.set(this.words);
      this.words = larger;
    }
    this.words[word] = (this.words[word] ?? 0) | (1 << (index & 31));
  }
}

/** Whole numbers from 0 to 2^32 - 1. */
export class Numbers {
  private items: Uint32Array<ArrayBuffer>;
  length = 0;

  constructor(capacity = 1024) {
    this.items = new Uint32Array(capacity);
  }

  at(index: number): number {
    return this.items[index] ?? 0;
  }

  /** Replaces a number that is there. */
  set(index: number, item: number): void {
    this.items[index] = item;
  }

  push(item: number): void {
    if (this.length === this.items.length) {
      const larger = new Uint32Array(this.items.length * 2);
      larger.set(this.items);
      this.items = larger;
    }
    this.items[this.length] = item;
    this.length += 1;
  }

  pop(): number {
    this.length -= 1;
    return this.at(this.length);
  }

  /** The numbers so far; not a copy, and not valid once more are added. */
  view(): Uint32Array<ArrayBuffer> {
    return this.items.subarray(0, this.length);
  }
}
