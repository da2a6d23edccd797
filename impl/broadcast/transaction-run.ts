/**
 * Transactions whose zxids follow one another, as a leader gives them: the first zxid says them all. With payloads that lie
 * together no transaction has an object of its own while it is proposed, logged and committed; one is made for whoever asks.
 */
import { assert } from './assertion.ts';
import type { Payloads } from './payload-run.ts';
import type { Transaction } from './transaction.ts';
import { MAX_UINT32, zxidOf, type Zxid } from './zxid.ts';

/** Transactions, zxids ascending: an array of them, a run, or a list of both. Immutable to whoever is given them. */
export interface Transactions extends Iterable<Transaction> {
  readonly length: number;
  /** As of an array. */
  at(index: number): Transaction | undefined;
  /**
   * Those from one up to another, 0 <= from <= to <= length, of a run one or more; from and to the ends where they are left
   * out.
   */
  slice(from?: number, to?: number): Transactions;
}

/** The zxids of one epoch with the counters `from` to `to`, both included; there is at least one. */
export interface ZxidRun {
  readonly epoch: number;
  readonly from: number;
  readonly to: number;
}

export class TransactionRun implements Transactions {
  readonly first: Zxid;
  readonly payloads: Payloads;

  /** One payload or more, and the epoch has counters for all of them. */
  constructor(first: Zxid, payloads: Payloads) {
    assert(payloads.length > 0, 'a run has transactions');
    assert(first.counter + payloads.length - 1 <= MAX_UINT32, 'counters are unsigned 32-bit integers');
    this.first = first;
    this.payloads = payloads;
  }

  get length(): number {
    return this.payloads.length;
  }

  at(index: number): Transaction | undefined {
    const place = index < 0 ? index + this.length : index;
    const payload = place < 0 ? undefined : this.payloads.at(place);
    return payload === undefined ? undefined : { zxid: this.zxidAt(place), payload };
  }

  /** The zxid at an index, 0 <= index < length. */
  zxidAt(index: number): Zxid {
    assert(index >= 0 && index < this.length, 'an index lies within the run');
    return zxidOf(this.first.epoch, this.first.counter + index);
  }

  slice(from = 0, to = this.length): TransactionRun {
    assert(from >= 0 && from < to && to <= this.length, 'a part lies within the run');
    return new TransactionRun(this.zxidAt(from), this.payloads.slice(from, to));
  }

  get zxids(): ZxidRun {
    const { epoch, counter } = this.first;
    return { epoch, from: counter, to: counter + this.length - 1 };
  }

  *[Symbol.iterator](): Generator<Transaction> {
    let index = 0;
    for (const payload of this.payloads) yield { zxid: this.zxidAt(index++), payload };
  }
}
