/**
 * Payloads that lie in the same bytes, as those do that come in one chunk or are encoded together. Where each lies is two
 * numbers, not an object: what is done with all of them at once hardly depends on how many there are.
 */
import { assert } from './assertion.ts';
import { Slice, type Payload } from './payload.ts';

/** Payloads, in order: an array of them, or a run. Immutable. */
export interface Payloads extends Iterable<Payload> {
  readonly length: number;
  /** As of an array. */
  at(index: number): Payload | undefined;
  /** Those from one up to another, 0 <= from <= to <= length; from and to the ends where they are left out. */
  slice(from?: number, to?: number): Payloads;
}

/** Numbers that a place has: where the payload begins, and its length. */
export const PLACE_FIELDS = 2;

/** The most bytes between two payloads of a run: more than what stands between the transactions of two proposals. */
export const GAP_BYTES_MAX = 32;

export class PayloadRun implements Payloads {
  readonly bytes: Uint8Array;
  /** The places of these payloads, and perhaps of others before and behind them. */
  readonly places: Uint32Array;
  /** Which of the places is that of the first. */
  readonly first: number;
  readonly length: number;

  /** Payloads are in the order of their places, with gaps of at most GAP_BYTES_MAX between them. */
  constructor(bytes: Uint8Array, places: Uint32Array, first = 0, length = places.length / PLACE_FIELDS) {
    this.bytes = bytes;
    this.places = places;
    this.first = first;
    this.length = length;
  }

  at(index: number): Slice | undefined {
    const place = index < 0 ? index + this.length : index;
    return place >= 0 && place < this.length
      ? new Slice(this.bytes, this.beginAt(place), this.lengthAt(place))
      : undefined;
  }

  slice(from = 0, to = this.length): PayloadRun {
    assert(from >= 0 && from <= to && to <= this.length, 'a part lies within the run');
    return new PayloadRun(this.bytes, this.places, this.first + from, to - from);
  }

  /** Where the payload at an index begins. */
  beginAt(index: number): number {
    return numberAt(this.places, PLACE_FIELDS * (this.first + index));
  }

  lengthAt(index: number): number {
    return numberAt(this.places, PLACE_FIELDS * (this.first + index) + 1);
  }

  /** The bytes from one payload up to another one, gaps included. */
  spanOf(from: number, to: number): number {
    return from === to ? 0 : this.beginAt(to - 1) + this.lengthAt(to - 1) - this.beginAt(from);
  }

  *[Symbol.iterator](): Generator<Slice> {
    for (let index = 0; index < this.length; index++) {
      yield new Slice(this.bytes, this.beginAt(index), this.lengthAt(index));
    }
  }
}

/** A number that is there. */
export function numberAt(numbers: Uint32Array, at: number): number {
  const number = numbers[at];
  assert(number !== undefined, 'a place is there');
  return number;
}
