/**
 * The log in memory: transactions in the order of their zxids, counted from 1 as in the spec.
 *
 * A *position* is the length of a prefix: 0 stands before the first transaction, `length` behind the last one.
 */
import { assert } from './assertion.ts';
import { transactionsEqual, type Transaction } from './transaction.ts';
import { ZERO_ZXID, zxidLess, zxidsEqual, type Zxid } from './zxid.ts';

export class History {
  #entries: readonly Transaction[];
  /** The same array as #entries, while nobody else has it and it may be written to. */
  #own: Transaction[] | undefined;

  /** Takes the transactions as they are, zxids ascending; the array is shared until this history changes. */
  constructor(transactions: readonly Transaction[] = []) {
    this.#entries = transactions;
  }

  get length(): number {
    return this.#entries.length;
  }

  /** ZERO_ZXID when there is none. Spec: `LastZxid`. */
  get lastZxid(): Zxid {
    return this.zxidAt(this.#entries.length);
  }

  /** The n-th transaction, 1 <= n <= length. */
  at(n: number): Transaction {
    const transaction = this.#entries[n - 1];
    assert(transaction !== undefined, 'a position lies within the history');
    return transaction;
  }

  /** The zxid of the n-th transaction, ZERO_ZXID for n = 0. Spec: `ZxidAt`. */
  zxidAt(n: number): Zxid {
    return n === 0 ? ZERO_ZXID : this.at(n).zxid;
  }

  /** How many transactions have a zxid of at most z: a position. Spec: `CountUpTo`. */
  countUpTo(z: Zxid): number {
    const length = this.#entries.length;
    if (length === 0) return 0;
    const last = this.at(length).zxid;
    if (!zxidLess(z, last)) return length;
    if (z.epoch === last.epoch) {
      // An epoch's counters follow one another, so the place of a recent zxid is known without a search.
      const guess = length - (last.counter - z.counter);
      if (guess > 0 && zxidsEqual(this.at(guess).zxid, z)) return guess;
    }
    return this.#search(z);
  }

  /** The position behind the transaction with zxid z, 0 for ZERO_ZXID; -1 when there is no such transaction. */
  positionOf(z: Zxid): number {
    const n = this.countUpTo(z);
    return zxidsEqual(this.zxidAt(n), z) ? n : -1;
  }

  /** Amortized constant time. */
  append(transaction: Transaction): void {
    assert(zxidLess(this.lastZxid, transaction.zxid), 'what is appended comes after the last zxid');
    this.#writable().push(transaction);
  }

  /** Keeps the first n transactions. */
  truncate(n: number): void {
    assert(n >= 0 && n <= this.#entries.length, 'a cut leaves a prefix');
    if (n === this.#entries.length) return;
    if (this.#own === undefined) this.#entries = this.#own = this.#entries.slice(0, n);
    else this.#own.length = n;
  }

  /** Length of the longest common prefix with other. Spec: `Common`. */
  commonPrefix(other: readonly Transaction[]): number {
    let n = 0;
    for (const transaction of other) {
      const mine = this.#entries[n];
      if (mine === undefined || !transactionsEqual(mine, transaction)) break;
      n++;
    }
    return n;
  }

  /** All transactions, in an array that will not change: this history copies it before its next change. */
  share(): readonly Transaction[] {
    this.#own = undefined;
    return this.#entries;
  }

  #writable(): Transaction[] {
    if (this.#own === undefined) this.#entries = this.#own = this.#entries.slice();
    return this.#own;
  }

  #search(z: Zxid): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (zxidLess(z, this.at(middle).zxid)) high = middle - 1;
      else low = middle;
    }
    return low;
  }
}

/** Do the zxids ascend, from above ZERO_ZXID? */
export function isAscending(transactions: readonly Transaction[]): boolean {
  let last = ZERO_ZXID;
  for (const { zxid } of transactions) {
    if (!zxidLess(last, zxid)) return false;
    last = zxid;
  }
  return true;
}
