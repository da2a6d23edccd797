/**
 * A block of a long history, in a few arrays of numbers and bytes. As an object with a zxid and a payload each, hundreds of
 * thousands of transactions would be looked at and moved by every collection of garbage, for which the whole server stops.
 *
 * Immutable. Transactions are made of it anew whenever they are asked for.
 */
import { Buffer } from 'node:buffer';

import { assert } from './assertion.ts';
import type { Transaction } from './transaction.ts';
import { zxidOf, type Zxid } from './zxid.ts';

/** What the index has of each transaction: the halves of its zxid. */
const FIELDS = 2;

/** Payloads that are no longer than this in the mean are copied; with longer ones that costs more than it saves. */
const COPIED_BYTES_MAX = 256;

export class PackedTransactions {
  readonly #zxids: Uint32Array;
  readonly #payloads: Payloads;

  constructor(transactions: readonly Transaction[]) {
    const zxids = new Uint32Array(FIELDS * transactions.length);
    let next = 0;
    for (const { zxid } of transactions) {
      zxids[next++] = zxid.epoch;
      zxids[next++] = zxid.counter;
    }
    this.#zxids = zxids;
    this.#payloads = payloadsOf(transactions);
  }

  /** The transaction at a place, from 0 on. */
  at(place: number): Transaction {
    return { zxid: this.zxidAt(place), payload: this.#payloads.at(place) };
  }

  zxidAt(place: number): Zxid {
    const epoch = this.#zxids[FIELDS * place];
    const counter = this.#zxids[FIELDS * place + 1];
    assert(epoch !== undefined && counter !== undefined, 'a place lies within the block');
    return zxidOf(epoch, counter);
  }
}

interface Payloads {
  at(place: number): Uint8Array;
}

function payloadsOf(transactions: readonly Transaction[]): Payloads {
  let length = 0;
  for (const { payload } of transactions) length += payload.length;
  return length <= COPIED_BYTES_MAX * transactions.length
    ? new CopiedPayloads(transactions, length)
    : new PlacedPayloads(transactions);
}

/** Copies, one behind the other: the payloads may have been views of much larger buffers. */
class CopiedPayloads implements Payloads {
  readonly #bytes: Uint8Array;
  readonly #ends: Uint32Array;

  constructor(transactions: readonly Transaction[], length: number) {
    // Not zeroed: all of it is written over.
    const bytes = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
    const ends = new Uint32Array(transactions.length);
    let end = 0;
    let next = 0;
    for (const { payload } of transactions) {
      bytes.set(payload, end);
      end += payload.length;
      ends[next++] = end;
    }
    this.#bytes = bytes;
    this.#ends = ends;
  }

  at(place: number): Uint8Array {
    const start = place === 0 ? 0 : this.#ends[place - 1];
    return this.#bytes.subarray(start, this.#ends[place]);
  }
}

/** Where the payloads are: a view of each would be an object again. */
class PlacedPayloads implements Payloads {
  readonly #buffers: readonly ArrayBufferLike[];
  /** Offset and length of each. */
  readonly #places: Uint32Array;

  constructor(transactions: readonly Transaction[]) {
    this.#buffers = transactions.map(({ payload }) => payload.buffer);
    this.#places = new Uint32Array(2 * transactions.length);
    transactions.forEach(({ payload }, at) => {
      this.#places[2 * at] = payload.byteOffset;
      this.#places[2 * at + 1] = payload.length;
    });
  }

  at(place: number): Uint8Array {
    const buffer = this.#buffers[place];
    assert(buffer !== undefined, 'a place lies within the block');
    return new Uint8Array(buffer, this.#places[2 * place], this.#places[2 * place + 1]);
  }
}
