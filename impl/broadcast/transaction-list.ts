/** Transactions as they came, part by part; and what can be asked of transactions of any kind. */
import { assert } from './assertion.ts';
import { TransactionRun, type Transactions, type ZxidRun } from './transaction-run.ts';
import type { Transaction } from './transaction.ts';
import type { Zxid } from './zxid.ts';

/** An array, or a run. */
export type Part = readonly Transaction[] | TransactionRun;

export class TransactionList implements Transactions {
  /** None of them empty. */
  #parts: Part[] = [];
  /** Where each of them ends, counted with those that were dropped. */
  #ends: number[] = [];
  /** 0 where no part is left. */
  #dropped = 0;

  constructor(parts: readonly Transactions[] = []) {
    for (const part of parts) this.append(part);
  }

  get length(): number {
    return (this.#ends.at(-1) ?? 0) - this.#dropped;
  }

  /** Constant time for each part. */
  append(transactions: Transactions): void {
    if (transactions instanceof TransactionList) {
      for (const part of transactions.#parts) this.#add(part);
    } else {
      this.#add(transactions instanceof TransactionRun ? transactions : arrayOf(transactions));
    }
  }

  at(index: number): Transaction | undefined {
    const place = index < 0 ? index + this.length : index;
    if (place < 0) return undefined;
    const n = this.#partWith(place);
    return this.#parts[n]?.at(place - this.#beginOf(n));
  }

  /** The zxid at an index, 0 <= index < length. */
  zxidAt(index: number): Zxid {
    const n = this.#partWith(index);
    const part = this.#parts[n];
    assert(part !== undefined, 'an index lies within the list');
    return zxidAt(part, index - this.#beginOf(n));
  }

  /** The transactions from one up to another, part by part. */
  parts(from = 0, to = this.length): readonly Part[] {
    assert(from >= 0 && from <= to && to <= this.length, 'a part lies within the list');
    const taken: Part[] = [];
    for (let at = from, n = from < to ? this.#partWith(from) : 0; at < to; n++) {
      const part = this.#parts[n];
      assert(part !== undefined, 'an index lies within the list');
      const begin = this.#beginOf(n);
      const end = Math.min(part.length, to - begin);
      taken.push(at === begin && end === part.length ? part : part.slice(at - begin, end));
      at = begin + end;
    }
    return taken;
  }

  /** Of one part where it has them all. */
  slice(from = 0, to = this.length): Transactions {
    const parts = this.parts(from, to);
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : new TransactionList(parts);
  }

  /** Keeps the first n. */
  keep(n: number): void {
    const kept = new TransactionList(this.parts(0, n));
    this.#parts = kept.#parts;
    this.#ends = kept.#ends;
    this.#dropped = 0;
  }

  /** Drops the first n. */
  drop(n: number): void {
    assert(n >= 0 && n <= this.length, 'what is dropped lies within the list');
    if (n === 0) return;
    if (n === this.length) {
      this.keep(0);
      return;
    }
    const first = this.#partWith(n);
    const part = this.#parts[first];
    assert(part !== undefined, 'an index lies within the list');
    const rest = part.slice(n - this.#beginOf(first));
    this.#parts = this.#parts.slice(first);
    this.#ends = this.#ends.slice(first);
    this.#parts[0] = rest;
    this.#dropped += n;
  }

  *[Symbol.iterator](): Generator<Transaction> {
    for (const part of this.#parts) yield* part;
  }

  #add(part: Part): void {
    if (part.length === 0) return;
    this.#ends.push((this.#ends.at(-1) ?? 0) + part.length);
    this.#parts.push(part);
  }

  /** Which part has the transaction at an index. */
  #partWith(index: number): number {
    const end = this.#dropped + index;
    let low = 0;
    let high = this.#ends.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ends[middle] ?? 0) > end) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The index of the first of a part. */
  #beginOf(n: number): number {
    return n === 0 ? 0 : (this.#ends[n - 1] ?? 0) - this.#dropped;
  }
}

/** As an array; itself, if it is one. */
export function arrayOf(transactions: Transactions): readonly Transaction[] {
  if (isArray(transactions)) return transactions;
  if (transactions instanceof TransactionList) return transactions.parts().flatMap(arrayOf);
  const array: Transaction[] = [];
  for (let index = 0; index < transactions.length; index++) array.push(transactionAt(transactions, index));
  return array;
}

/** `Array.isArray` does not know of arrays that nobody writes to. */
function isArray(transactions: Transactions): transactions is readonly Transaction[] {
  return Array.isArray(transactions);
}

/** One of them, 0 <= index < length. */
export function transactionAt(transactions: Transactions, index: number): Transaction {
  const transaction = transactions.at(index);
  assert(transaction !== undefined, 'an index lies within the transactions');
  return transaction;
}

/** The zxid of one of them, 0 <= index < length. */
export function zxidAt(transactions: Transactions, index: number): Zxid {
  if (transactions instanceof TransactionRun || transactions instanceof TransactionList) {
    return transactions.zxidAt(index);
  }
  return transactionAt(transactions, index).zxid;
}

/** The zxid of the last one, if there is one. */
export function lastZxidIn(transactions: Transactions): Zxid | undefined {
  return transactions.length === 0 ? undefined : zxidAt(transactions, transactions.length - 1);
}

/** The zxids in order: of each part those that follow one another in a run. */
export function zxidRunsOf(transactions: Transactions): readonly ZxidRun[] {
  if (transactions instanceof TransactionRun) return [transactions.zxids];
  if (transactions instanceof TransactionList) return transactions.parts().flatMap(zxidRunsOf);
  const runs: { readonly epoch: number; readonly from: number; to: number }[] = [];
  let last: (typeof runs)[number] | undefined;
  for (const { zxid } of transactions) {
    if (last?.epoch === zxid.epoch && last.to + 1 === zxid.counter) {
      last.to = zxid.counter;
    } else {
      last = { epoch: zxid.epoch, from: zxid.counter, to: zxid.counter };
      runs.push(last);
    }
  }
  return runs;
}
