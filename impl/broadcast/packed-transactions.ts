/**
 * A block of a long history, in a few arrays of numbers and bytes. As an object with a zxid and a payload each, hundreds of
 * thousands of transactions would be looked at and moved by every collection of garbage, for which the whole server stops.
 *
 * What is packed is copied, and what is asked for is a copy, so that the memory of a block can be used for the next
 * transactions as soon as these are forgotten; the chunks of connections that they came in are then garbage soon after they
 * came. If they were kept as long as the history, V8 would look through its whole heap whenever there are 64 MiB more of
 * them, more than once a second under load, which takes the processor longer than the copies do. Only payloads of some
 * kilobytes stay as they are.
 */
import { Buffer } from 'node:buffer';

import { assert } from './assertion.ts';
import { PayloadLayout } from './payload-layout.ts';
import { numberAt, PayloadRun, PLACE_FIELDS, type Payloads } from './payload-run.ts';
import { bytesOf, type Payload } from './payload.ts';
import { arrayOf, zxidAt, type Part } from './transaction-list.ts';
import { TransactionRun, type Transactions } from './transaction-run.ts';
import { zxidOf, type Zxid } from './zxid.ts';

/** Transactions of a block. */
export const BLOCK = 256;

/** Payloads that are longer together are kept one by one: to copy them takes long, and for so many bytes they are few. */
const COPIED_BYTES_MAX = 1024 * 1024;
/** One that is kept so is copied if the memory that it is part of is longer than it by more than this factor. */
const KEPT_FACTOR_MAX = 2;
/** Memory is taken in multiples of this, so that a block fits into that of another one like it. */
const MEMORY_UNIT_BYTES = 16 * 1024;
/** Memory that is longer than what is to be packed by more than this factor is let go of. */
const UNUSED_FACTOR_MAX = 4;
const NO_MEMORY = Buffer.alloc(0);

/** Zxids with gaps between them, or of several epochs, one by one. */
interface ListedZxids {
  readonly epochs: Uint32Array;
  readonly counters: Uint32Array;
}

export class PackedTransactions {
  #first: Zxid | undefined;
  #listed: ListedZxids | undefined;
  /** Where in the memory the payloads lie. */
  readonly #places = new Uint32Array(PLACE_FIELDS * BLOCK);
  #memory = NO_MEMORY;
  /** All payloads, in the place of the memory, if they are long. */
  #long: readonly Payload[] | undefined;

  /** Packs the transactions from one on, as many as a block has, in the place of what was packed. Zxids ascend. */
  pack(transactions: Transactions, from: number): void {
    const to = from + BLOCK;
    this.#packZxids(transactions, from, to);
    const layout = new PayloadLayout(this.#places);
    layout.add(transactions, from, to);
    if (layout.length > COPIED_BYTES_MAX) {
      this.#memory = NO_MEMORY;
      this.#long = arrayOf(transactions.slice(from, to)).map(({ payload }) => keptAlone(payload));
      return;
    }
    this.#long = undefined;
    const bytes = Math.ceil(layout.length / MEMORY_UNIT_BYTES) * MEMORY_UNIT_BYTES;
    if (bytes > this.#memory.length || UNUSED_FACTOR_MAX * bytes < this.#memory.length) {
      // Not zeroed: what is read was written before.
      this.#memory = Buffer.allocUnsafeSlow(bytes);
    }
    layout.copyTo(this.#memory, 0);
  }

  /** Lets go of what is packed, but for the memory. */
  clear(): void {
    this.#first = undefined;
    this.#listed = undefined;
    this.#long = undefined;
  }

  /** The zxid at a place, from 0 on. */
  zxidAt(place: number): Zxid {
    const first = this.#first;
    assert(first !== undefined && place >= 0 && place < BLOCK, 'a place lies within the block');
    const listed = this.#listed;
    if (listed === undefined) return zxidOf(first.epoch, first.counter + place);
    return zxidOf(numberAt(listed.epochs, place), numberAt(listed.counters, place));
  }

  /** The transactions from a place on, up to a later one; they stay as they are whatever becomes of the block. */
  between(from: number, to: number): Part {
    assert(from >= 0 && from < to && to <= BLOCK, 'places lie within the block');
    const payloads = this.#long?.slice(from, to) ?? this.#copies(from, to);
    if (this.#listed === undefined) return new TransactionRun(this.zxidAt(from), payloads);
    return Array.from(payloads, (payload, at) => ({ zxid: this.zxidAt(from + at), payload }));
  }

  /** Zxids are counted from the first where no counter is left out, which is how it is but where epochs change. */
  #packZxids(transactions: Transactions, from: number, to: number): void {
    const first = zxidAt(transactions, from);
    const last = zxidAt(transactions, to - 1);
    this.#first = first;
    // They ascend, so as many as there are counters from the first to the last are all of these.
    if (last.epoch === first.epoch && last.counter === first.counter + BLOCK - 1) {
      this.#listed = undefined;
      return;
    }
    const zxids = arrayOf(transactions.slice(from, to)).map(({ zxid }) => zxid);
    this.#listed = {
      epochs: Uint32Array.from(zxids, ({ epoch }) => epoch),
      counters: Uint32Array.from(zxids, ({ counter }) => counter),
    };
  }

  /** Payloads, in a copy of them all. */
  #copies(from: number, to: number): Payloads {
    const places = new Uint32Array(PLACE_FIELDS * (to - from));
    const layout = new PayloadLayout(places);
    layout.addRun(new PayloadRun(this.#memory, this.#places), from, to);
    const copy = Buffer.allocUnsafe(layout.length);
    layout.copyTo(copy, 0);
    return new PayloadRun(copy, places);
  }
}

/** The payload, or a copy of it where it would keep much more memory than its own. */
function keptAlone(payload: Payload): Payload {
  const bytes = bytesOf(payload);
  return bytes.buffer.byteLength > KEPT_FACTOR_MAX * bytes.length ? Uint8Array.from(bytes) : payload;
}
