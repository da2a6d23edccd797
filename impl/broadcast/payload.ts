/**
 * What a transaction carries: bytes, which nobody writes to again.
 *
 * Those that come together, in a chunk of a connection or a block of a history, are a run (payload-run.ts), and whoever asks
 * for one is given a slice. A Uint8Array would take six times as long to make, and as long again to ask what memory it is of.
 */

/** A part of longer bytes, which are as they are for good. Immutable. */
export class Slice {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly length: number;

  /** `length` bytes from `start` on, which are there. */
  constructor(bytes: Uint8Array, start: number, length: number) {
    this.bytes = bytes;
    this.start = start;
    this.length = length;
  }
}

export type Payload = Uint8Array | Slice;

/** The payload as an array of its own, which shares its memory. */
export function bytesOf(payload: Payload): Uint8Array {
  if (!(payload instanceof Slice)) return payload;
  const { bytes, start, length } = payload;
  return viewOf(bytes, start, length);
}

/** A part of bytes, which shares their memory. `subarray` of a Buffer, which makes a Buffer, takes longer. */
export function viewOf(bytes: Uint8Array, at: number, length: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + at, length);
}

/** The same bytes? */
export function payloadsEqual(a: Payload, b: Payload): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  const [these, those] = [bytesOf(a), bytesOf(b)];
  for (let i = 0; i < these.length; i++) {
    if (these[i] !== those[i]) return false;
  }
  return true;
}
