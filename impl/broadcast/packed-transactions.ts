/**
 * A block of a long history, in a few arrays of numbers and bytes. As an object with a zxid and a payload each, hundreds of
 * thousands of transactions would be looked at and moved by every collection of garbage, for which the whole server stops.
 *
 * Immutable. Transactions are made of it anew whenever they are asked for.
 */
import { assert } from './assertion.ts';
import type { Transaction } from './transaction.ts';
import { zxidOf, type Zxid } from './zxid.ts';

/** What the index has of each transaction: the halves of its zxid, and where its payload ends. */
const FIELDS = 3;

export class PackedTransactions {
  readonly length: number;
  readonly #index: Uint32Array;
  readonly #payloads: Uint8Array;

  /** Copies the payloads, which may have been views of much larger buffers. */
  constructor(transactions: readonly Transaction[]) {
    this.length = transactions.length;
    this.#index = new Uint32Array(FIELDS * transactions.length);
    let end = 0;
    transactions.forEach(({ zxid, payload }, at) => {
      end += payload.length;
      this.#index[FIELDS * at] = zxid.epoch;
      this.#index[FIELDS * at + 1] = zxid.counter;
      this.#index[FIELDS * at + 2] = end;
    });
    this.#payloads = new Uint8Array(end);
    transactions.forEach(({ payload }, at) => {
      this.#payloads.set(payload, this.#field(at, 2) - payload.length);
    });
  }

  /** The transaction at a place, from 0 on. Its payload is a view of what is here. */
  at(place: number): Transaction {
    const start = place === 0 ? 0 : this.#field(place - 1, 2);
    return { zxid: this.zxidAt(place), payload: this.#payloads.subarray(start, this.#field(place, 2)) };
  }

  zxidAt(place: number): Zxid {
    return zxidOf(this.#field(place, 0), this.#field(place, 1));
  }

  #field(place: number, field: number): number {
    const value = this.#index[FIELDS * place + field];
    assert(value !== undefined, 'a place lies within the block');
    return value;
  }
}
