/**
 * The log in memory: transactions in the order of their zxids, counted as in the spec.
 *
 * A *position* is the length of a prefix: `length` stands behind the last transaction. The *base* is the zxid of the last
 * transaction that only a snapshot has; nothing is known of what lies before it. Its position says how many transactions
 * the base stands for, as far as the owner counts: 0 where the log reaches back to the start, and the base is ZERO_ZXID.
 * Positions stay what they are when the base moves on.
 *
 * What is no longer under way, as the owner says, is kept in blocks of packed transactions, and only the latest ones as
 * they came.
 */
import { assert } from './assertion.ts';
import { BLOCK, PackedTransactions } from './packed-transactions.ts';
import { arrayOf, TransactionList, zxidRunsOf } from './transaction-list.ts';
import type { Transactions } from './transaction-run.ts';
import { transactionsEqual, type Transaction } from './transaction.ts';
import { ZERO_ZXID, zxidLess, zxidOf, zxidsEqual, type Zxid } from './zxid.ts';

/** A history as it is handed on. Immutable. */
export interface HistoryContent {
  /** Zxid of the last transaction that only a snapshot has; ZERO_ZXID when the transactions reach back to the start. */
  readonly base: Zxid;
  /** What comes after the base, zxids ascending. */
  readonly transactions: readonly Transaction[];
}

export const EMPTY_HISTORY: HistoryContent = { base: ZERO_ZXID, transactions: [] };

export class History {
  #base: Zxid;
  #basePosition: number;
  /**
   * The transactions after the base: those in blocks, which nobody else has, and the others. Of the first block some may lie
   * before the base.
   */
  #blocks: PackedTransactions[] = [];
  #forgotten = 0;
  /** Blocks whose transactions were forgotten, for the next ones; no more than are in use. */
  readonly #spare: PackedTransactions[] = [];
  #latest: TransactionList;
  /** The content, if others have it and it has not changed since. */
  #shared: HistoryContent | undefined;

  /** Takes the content as it is. */
  constructor(content: HistoryContent = EMPTY_HISTORY, basePosition = 0) {
    this.#base = content.base;
    this.#basePosition = basePosition;
    this.#latest = new TransactionList([content.transactions]);
    this.#shared = content;
  }

  /** What lies up to here is known by this zxid alone. */
  get base(): Zxid {
    return this.#base;
  }

  get basePosition(): number {
    return this.#basePosition;
  }

  /** The position behind the last transaction. */
  get length(): number {
    return this.#packedUpTo + this.#latest.length;
  }

  /** The base where nothing comes after it. Spec: `LastZxid`. */
  get lastZxid(): Zxid {
    return this.zxidAt(this.length);
  }

  /** The position up to which the transactions are in blocks. */
  get #packedUpTo(): number {
    return this.#basePosition + BLOCK * this.#blocks.length - this.#forgotten;
  }

  /** The transactions behind the first m, up to the n-th; basePosition <= m <= n <= length. */
  between(m: number, n: number): Transactions {
    assert(m >= this.#basePosition && m <= n && n <= this.length, 'a part lies within the history');
    const packedUpTo = this.#packedUpTo;
    const latest = this.#latest.slice(Math.max(0, m - packedUpTo), Math.max(0, n - packedUpTo));
    if (m >= packedUpTo) return latest;
    const transactions = this.#packedBetween(m, Math.min(n, packedUpTo));
    transactions.append(latest);
    return transactions;
  }

  /** The zxid of the n-th transaction, that of the base for its position. Spec: `ZxidAt`. */
  zxidAt(n: number): Zxid {
    if (n === this.#basePosition) return this.#base;
    const packedUpTo = this.#packedUpTo;
    if (n > packedUpTo) return this.#latest.zxidAt(n - 1 - packedUpTo);
    const [block, place] = this.#packed(n);
    return block.zxidAt(place);
  }

  /** How many transactions have a zxid of at most z, which does not lie before the base: a position. Spec: `CountUpTo`. */
  countUpTo(z: Zxid): number {
    assert(!this.isBeforeBase(z), 'what lies before the base is not known');
    const { length } = this;
    if (length === this.#basePosition) return length;
    const last = this.lastZxid;
    if (!zxidLess(z, last)) return length;
    if (z.epoch === last.epoch) {
      // An epoch's counters follow one another, so the place of a recent zxid is known without a search.
      const guess = length - (last.counter - z.counter);
      if (guess > this.#basePosition && zxidsEqual(this.zxidAt(guess), z)) return guess;
    }
    return this.#search(z);
  }

  /** The position behind the transaction with zxid z, or that of the base; -1 when it is not known to be here. */
  positionOf(z: Zxid): number {
    if (this.isBeforeBase(z)) return -1;
    const n = this.countUpTo(z);
    return zxidsEqual(this.zxidAt(n), z) ? n : -1;
  }

  /** Does z lie before the base, where it is not known whether there is such a transaction? */
  isBeforeBase(z: Zxid): boolean {
    return zxidLess(z, this.#base);
  }

  /** The zxids ascend. A run takes no longer than one. */
  append(transactions: Transactions): void {
    let last = this.lastZxid;
    for (const { epoch, from, to } of zxidRunsOf(transactions)) {
      assert(zxidLess(last, zxidOf(epoch, from)), 'what is appended comes after the last zxid');
      last = zxidOf(epoch, to);
    }
    this.#latest.append(transactions);
    this.#shared = undefined;
  }

  /**
   * The first n transactions are not under way any more: packs them, in whole blocks, once they are half of what is not
   * packed. Amortized constant time for each, however many are still under way.
   */
  pack(n: number): void {
    assert(n <= this.length, 'what is packed lies within the history');
    const latest = this.#latest;
    const packed = BLOCK * Math.floor((n - this.#packedUpTo) / BLOCK);
    if (packed <= 0 || packed < latest.length - packed) return;
    const blocks: PackedTransactions[] = [];
    for (let at = 0; at < packed; at += BLOCK) {
      const block = this.#spare.pop() ?? new PackedTransactions();
      block.pack(latest, at);
      blocks.push(block);
    }
    for (const block of blocks) this.#blocks.push(block);
    latest.drop(packed);
    // The content is the same, but has the objects.
    this.#shared = undefined;
  }

  /** Keeps the first n transactions, n >= basePosition. */
  truncate(n: number): void {
    assert(n >= this.#basePosition && n <= this.length, 'a cut leaves a prefix');
    if (n === this.length) return;
    while (n < this.#packedUpTo) this.#unpack();
    this.#latest.keep(n - this.#packedUpTo);
    this.#shared = undefined;
  }

  /**
   * Forgets the first n transactions: the base moves there, and what comes later stays where it is. Nothing is done when
   * they are forgotten already.
   */
  compact(n: number): void {
    if (n <= this.#basePosition) return;
    const base = this.zxidAt(n);
    const packedUpTo = this.#packedUpTo;
    if (n < packedUpTo) {
      this.#forgotten += n - this.#basePosition;
      this.#drop(Math.floor(this.#forgotten / BLOCK));
      this.#forgotten %= BLOCK;
    } else {
      this.#drop(this.#blocks.length);
      this.#forgotten = 0;
      this.#latest.drop(n - packedUpTo);
    }
    this.#shared = undefined;
    this.#base = base;
    this.#basePosition = n;
  }

  /**
   * The zxid up to which this history and another one are known to be the same: of the longest common prefix, where both
   * reach back to the start (spec: `Common`), else of what both have from the later base on; ZERO_ZXID when one of them
   * does not have that base.
   */
  agreedUpTo(content: HistoryContent): Zxid {
    const other = new History(content);
    const start = this.isBeforeBase(other.#base) ? this.#base : other.#base;
    let mine = this.positionOf(start);
    let theirs = other.positionOf(start);
    if (mine < 0 || theirs < 0) return ZERO_ZXID;
    for (;;) {
      const count = Math.min(BLOCK, this.length - mine, other.length - theirs);
      const same = sameUpTo(
        arrayOf(this.between(mine, mine + count)),
        arrayOf(other.between(theirs, theirs + count)),
      );
      if (same < count) return this.zxidAt(mine + same);
      mine += count;
      theirs += count;
      if (count < BLOCK) return this.zxidAt(mine);
    }
  }

  /** The content, which will not change: what is in blocks is copied. */
  share(): HistoryContent {
    if (this.#blocks.length > 0) return this.#contentUpTo(this.length);
    this.#shared ??= this.#contentUpTo(this.length);
    return this.#shared;
  }

  /** The first n transactions, n >= basePosition, likewise. */
  contentUpTo(n: number): HistoryContent {
    return n === this.length ? this.share() : this.#contentUpTo(n);
  }

  /** The block that has the n-th transaction, and its place there. */
  #packed(n: number): readonly [PackedTransactions, number] {
    const place = n - 1 - this.#basePosition + this.#forgotten;
    const block = this.#blocks[Math.floor(place / BLOCK)];
    assert(block !== undefined, 'a position lies within the history');
    return [block, place % BLOCK];
  }

  /** The transactions behind the first m, up to the n-th, m < n, all of them in blocks. */
  #packedBetween(m: number, n: number): TransactionList {
    const transactions = new TransactionList();
    for (let at = m; at < n;) {
      const [block, place] = this.#packed(at + 1);
      const part = block.between(place, Math.min(BLOCK, place + n - at));
      transactions.append(part);
      at += part.length;
    }
    return transactions;
  }

  #contentUpTo(n: number): HistoryContent {
    return { base: this.#base, transactions: arrayOf(this.between(this.#basePosition, n)) };
  }

  /** The transactions of the first blocks are forgotten. A history grows again by about as much as it forgets. */
  #drop(count: number): void {
    for (const block of this.#blocks.splice(0, count)) {
      block.clear();
      this.#spare.push(block);
    }
    this.#spare.length = Math.min(this.#spare.length, this.#blocks.length);
  }

  /** The last block is none any more. */
  #unpack(): void {
    const from = Math.max(this.#basePosition, this.#packedUpTo - BLOCK);
    const latest = this.#packedBetween(from, this.#packedUpTo);
    latest.append(this.#latest);
    this.#latest = latest;
    this.#blocks.pop();
    if (this.#blocks.length === 0) this.#forgotten = 0;
  }

  #search(z: Zxid): number {
    let low = this.#basePosition;
    let high = this.length;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (zxidLess(z, this.zxidAt(middle))) high = middle - 1;
      else low = middle;
    }
    return low;
  }
}

/** How many of them are the same, from the first on. */
function sameUpTo(these: readonly Transaction[], those: readonly Transaction[]): number {
  const other = these.findIndex((one, at) => {
    const another = those[at];
    return another === undefined || !transactionsEqual(one, another);
  });
  return other < 0 ? these.length : other;
}

/** Do the zxids ascend, from above the base? */
export function isAscending({ base, transactions }: HistoryContent): boolean {
  let last = base;
  for (const { zxid } of transactions) {
    if (!zxidLess(last, zxid)) return false;
    last = zxid;
  }
  return true;
}

/** The last zxid of a history, that of the base where nothing comes after it. */
export function lastZxidOf({ base, transactions }: HistoryContent): Zxid {
  return transactions.at(-1)?.zxid ?? base;
}
