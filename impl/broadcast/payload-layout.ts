/**
 * Payloads that are to be copied one behind the other. Those that lie close together, as those of a chunk do, stay as they lie
 * and are copied in one piece: as many copies as payloads would take longer than all their bytes.
 */
import { GAP_BYTES_MAX, PayloadRun, PLACE_FIELDS } from './payload-run.ts';
import { Slice, viewOf } from './payload.ts';
import { transactionAt, TransactionList } from './transaction-list.ts';
import { TransactionRun, type Transactions } from './transaction-run.ts';

/** What lies together, and is copied together: part of some bytes. */
interface Piece {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly length: number;
}

export class PayloadLayout {
  readonly #places: Uint32Array;
  /** How much of #places is written. */
  #fields = 0;
  #length = 0;
  /** In the order of the payloads, none empty but of empty payloads. */
  readonly #pieces: Piece[] = [];

  /** `places` has room for those of all payloads that are added: from its begin on they are written to it. */
  constructor(places: Uint32Array) {
    this.#places = places;
  }

  /** Bytes that the payloads will take: at most their own, and GAP_BYTES_MAX for each. */
  get length(): number {
    return this.#length;
  }

  /** Adds the payloads of transactions, from one up to another. */
  add(transactions: Transactions, from: number, to: number): void {
    if (transactions instanceof TransactionList) {
      for (const part of transactions.parts(from, to)) this.add(part, 0, part.length);
    } else if (transactions instanceof TransactionRun && transactions.payloads instanceof PayloadRun) {
      this.addRun(transactions.payloads, from, to);
    } else {
      this.#addEach(transactions, from, to);
    }
  }

  /** Adds the payloads of a run, from one up to another. */
  addRun(run: PayloadRun, from: number, to: number): void {
    if (from === to) return;
    const start = run.beginAt(from);
    const moved = this.#length - start;
    const fields = this.#places;
    const { places } = run;
    const end = PLACE_FIELDS * (run.first + to);
    let next = this.#fields;
    for (let field = PLACE_FIELDS * (run.first + from); field < end; field += PLACE_FIELDS) {
      fields[next++] = (places[field] ?? 0) + moved;
      fields[next++] = places[field + 1] ?? 0;
    }
    this.#fields = next;
    this.#addPiece(run.bytes, start, run.spanOf(from, to));
  }

  /** Copies to `at`, where there is room: the places are counted from there. */
  copyTo(into: Uint8Array, at: number): void {
    let next = at;
    for (const { bytes, start, length } of this.#pieces) {
      into.set(length === bytes.length ? bytes : viewOf(bytes, start, length), next);
      next += length;
    }
  }

  #addEach(transactions: Transactions, from: number, to: number): void {
    const places = this.#places;
    /** The piece that is being made longer: slices of `bytes` from `start` up to `end`. */
    let bytes: Uint8Array | undefined;
    let start = 0;
    let end = 0;
    for (let at = from; at < to; at++) {
      const { payload } = transactionAt(transactions, at);
      const isSlice = payload instanceof Slice;
      const of = isSlice ? payload.bytes : payload;
      const begin = isSlice ? payload.start : 0;
      if (of !== bytes || begin < end || begin > end + GAP_BYTES_MAX) {
        if (bytes !== undefined) this.#addPiece(bytes, start, end - start);
        bytes = of;
        start = begin;
      }
      places[this.#fields++] = this.#length + begin - start;
      places[this.#fields++] = payload.length;
      end = begin + payload.length;
    }
    if (bytes !== undefined) this.#addPiece(bytes, start, end - start);
  }

  #addPiece(bytes: Uint8Array, start: number, length: number): void {
    this.#pieces.push({ bytes, start, length });
    this.#length += length;
  }
}

/** At most as many bytes as the payloads of transactions, from one up to another, will take when they are laid out. */
export function payloadBytesOf(transactions: Transactions, from: number, to: number): number {
  if (transactions instanceof TransactionList) {
    return transactions.parts(from, to).reduce((sum, part) => sum + payloadBytesOf(part, 0, part.length), 0);
  }
  if (transactions instanceof TransactionRun && transactions.payloads instanceof PayloadRun) {
    return transactions.payloads.spanOf(from, to);
  }
  let bytes = 0;
  for (let at = from; at < to; at++) bytes += transactionAt(transactions, at).payload.length;
  return bytes;
}
