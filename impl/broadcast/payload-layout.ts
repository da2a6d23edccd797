/**
 * Payloads that are to be copied one behind the other. Slices that lie close together, as those of a chunk do, stay as they lie
 * and are copied in one piece: as many copies as payloads would take longer than all their bytes.
 */
import { Slice, viewOf } from './payload.ts';
import type { Transaction } from './transaction.ts';

/** The most bytes between two slices that are copied with them: more than what stands between the transactions of two proposals. */
export const GAP_BYTES_MAX = 32;

/** Numbers that a place has: where the payload begins, and its length. */
export const PLACE_FIELDS = 2;

/** What lies together, and is copied together: part of some bytes. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly length: number;
}

export class PayloadLayout {
  /** Of all pieces: at most that of the payloads, and GAP_BYTES_MAX for each. */
  readonly length: number;
  /** In the order of the payloads, none empty but of empty payloads. */
  readonly pieces: readonly Piece[];

  /** Lays out the payloads of transactions, from one up to another, and writes the places that they will have to `places`. */
  constructor(transactions: readonly Transaction[], from: number, to: number, places: Uint32Array) {
    const pieces: Piece[] = [];
    let length = 0;
    /** The piece that is being made longer: slices of `bytes` from `start` up to `end`. */
    let bytes: Uint8Array | undefined;
    let start = 0;
    let end = 0;
    let field = 0;
    for (let at = from; at < to; at++) {
      const payload = transactions[at]?.payload;
      if (payload === undefined) break;
      const isSlice = payload instanceof Slice;
      const of = isSlice ? payload.bytes : payload;
      const begin = isSlice ? payload.start : 0;
      if (of !== bytes || begin < end || begin > end + GAP_BYTES_MAX) {
        if (bytes !== undefined) pieces.push({ bytes, start, length: end - start });
        length += end - start;
        bytes = of;
        start = begin;
      }
      places[field++] = length + begin - start;
      places[field++] = payload.length;
      end = begin + payload.length;
    }
    if (bytes !== undefined) pieces.push({ bytes, start, length: end - start });
    this.length = length + end - start;
    this.pieces = pieces;
  }

  /** Copies to `at`, where there is room: the places are counted from there. */
  copyTo(into: Uint8Array, at: number): void {
    let next = at;
    for (const { bytes, start, length } of this.pieces) {
      into.set(length === bytes.length ? bytes : viewOf(bytes, start, length), next);
      next += length;
    }
  }
}
