/** Measures what has come of a record before it is read, so that no length is trusted and nothing is read twice. */
import type { Buffer } from 'node:buffer';

import { readInt32 } from './big-endian.ts';
import { MalformedInput } from './malformed.ts';

/** A length is an int. */
export const LENGTH_BYTES = 4;

/**
 * Where the length at `at`, and the string or buffer behind it, end; undefined when that is not all there. Throws
 * `MalformedInput` for a length beyond `bytesMax`.
 */
export function endOfBuffer(bytes: Buffer, at: number, bytesMax: number, field: string): number | undefined {
  const end = expectedEndOfBuffer(bytes, at, bytesMax, field);
  return end === undefined || end > bytes.length ? undefined : end;
}

/** As `endOfBuffer`, but undefined only when the length is not there: what it says may end later than what has come. */
export function expectedEndOfBuffer(
  bytes: Buffer,
  at: number,
  bytesMax: number,
  field: string,
): number | undefined {
  if (bytes.length < at + LENGTH_BYTES) return undefined;
  const length = readInt32(bytes, at);
  if (length < -1 || length > bytesMax) {
    throw new MalformedInput(`${field}: ${length} bytes; at most ${bytesMax} are accepted`, at);
  }
  return at + LENGTH_BYTES + Math.max(length, 0);
}

/** The count at `at`, -1 for null, of a vector; undefined when it is not there. Throws `MalformedInput` beyond `countMax`. */
export function countOfVector(
  bytes: Buffer,
  at: number,
  countMax: number,
  field: string,
): number | undefined {
  if (bytes.length < at + LENGTH_BYTES) return undefined;
  const count = readInt32(bytes, at);
  if (count < -1 || count > countMax) {
    throw new MalformedInput(`${field}: ${count} elements; at most ${countMax} are accepted`, at);
  }
  return count;
}
