/**
 * The payloads of a block: where each lies, and the pieces of bytes that they lie in. They were parts of what came in chunks;
 * where the chunks are little more than the payloads of a history they are kept, and nothing is copied.
 *
 * Immutable.
 */
import { Buffer } from 'node:buffer';

import { assert } from './assertion.ts';
import { PayloadLayout, PLACE_FIELDS, type Piece } from './payload-layout.ts';
import { Slice } from './payload.ts';
import type { Transaction } from './transaction.ts';

/** Payloads that are longer than this in the mean stay where they are: to copy them costs more than it saves. */
const COPIED_BYTES_MAX = 256;
/** So do those of which so many lie in a piece, in the mean, … */
const PIECE_PAYLOADS_MIN = 8;
/** … if the memory that is kept with them is no longer than they are, times this. */
const KEPT_FACTOR_MAX = 3;

export class PackedPayloads {
  /** Offset of each in all pieces, one behind the other, and its length. */
  readonly #places: Uint32Array;
  /** The whole memory that each piece is part of. */
  readonly #memories: readonly Buffer[];
  /** Where in all pieces each begins, and where in its memory. */
  readonly #begins: Uint32Array;
  readonly #starts: Uint32Array;

  constructor(transactions: readonly Transaction[]) {
    const count = transactions.length;
    this.#places = new Uint32Array(PLACE_FIELDS * count);
    const layout = new PayloadLayout(transactions, 0, count, this.#places);
    const pieces = staysInPlace(layout, count) ? layout.pieces : [copyOf(layout)];
    const memories: Buffer[] = [];
    this.#begins = new Uint32Array(pieces.length);
    this.#starts = new Uint32Array(pieces.length);
    let begin = 0;
    pieces.forEach(({ bytes, start, length }, at) => {
      const { buffer, byteOffset } = bytes;
      const last = memories[at - 1];
      // The same array for all of one memory: as many arrays as payloads would be objects again.
      memories.push(last?.buffer === buffer ? last : Buffer.from(buffer));
      this.#starts[at] = byteOffset + start;
      this.#begins[at] = begin;
      begin += length;
    });
    this.#memories = memories;
  }

  /** The payload at a place, from 0 on. */
  at(place: number): Slice {
    const offset = this.#places[PLACE_FIELDS * place];
    const length = this.#places[PLACE_FIELDS * place + 1];
    assert(offset !== undefined && length !== undefined, 'a place lies within the block');
    const piece = this.#pieceAt(offset);
    const [memory, begin, start] = [this.#memories[piece], this.#begins[piece], this.#starts[piece]];
    assert(memory !== undefined && begin !== undefined && start !== undefined, 'a payload lies in a piece');
    return new Slice(memory, start + offset - begin, length);
  }

  /** The last piece that begins at an offset, or before it. */
  #pieceAt(offset: number): number {
    let low = 0;
    let high = this.#begins.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#begins[middle] ?? Infinity) > offset) high = middle - 1;
      else low = middle;
    }
    return low;
  }
}

function staysInPlace({ length, pieces }: PayloadLayout, count: number): boolean {
  if (length > COPIED_BYTES_MAX * count) return true;
  return pieces.length * PIECE_PAYLOADS_MIN <= count && memoryOf(pieces) <= KEPT_FACTOR_MAX * length;
}

/** Bytes of the memory that pieces are of. */
function memoryOf(pieces: readonly Piece[]): number {
  return [...new Set(pieces.map(({ bytes }) => bytes.buffer))].reduce(
    (sum, { byteLength }) => sum + byteLength,
    0,
  );
}

function copyOf(layout: PayloadLayout): Piece {
  const { length } = layout;
  // Not zeroed: all of it is written over.
  const bytes = Buffer.allocUnsafeSlow(length);
  layout.copyTo(bytes, 0);
  return { bytes, start: 0, length };
}
