/**
 * Big-endian integers in bytes, for what is written and read once or more for each transaction: the methods of Buffer check
 * their arguments each time, which takes several times as long as the rest.
 *
 * Nothing is checked by the functions for one integer. The caller has made sure that the bytes are there; what is not there reads as zeroes, and is
 * written nowhere.
 */

/** A signed integer of 32 bits. */
export function readInt32(bytes: Uint8Array, at: number): number {
  return (
    (byteAt(bytes, at) << 24) |
    (byteAt(bytes, at + 1) << 16) |
    (byteAt(bytes, at + 2) << 8) |
    byteAt(bytes, at + 3)
  );
}

/** An unsigned integer of 32 bits. */
export function readUint32(bytes: Uint8Array, at: number): number {
  return readInt32(bytes, at) >>> 0;
}

/** An integer of 32 bits, signed or unsigned. */
export function writeInt32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/**
 * A view of the same bytes for integers, which reads and writes them in less than half of the time, and throws beyond their
 * end. It is worth making for many integers only.
 */
export function dataViewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** Where a bigint is put together: the one way to its bits without further bigints. */
const LONG = new DataView(new ArrayBuffer(8));

/** A signed integer of 64 bits. */
export function readInt64(bytes: Uint8Array, at: number): bigint {
  LONG.setInt32(0, readInt32(bytes, at));
  LONG.setInt32(4, readInt32(bytes, at + 4));
  return LONG.getBigInt64(0);
}

/** An integer of 64 bits, signed or unsigned. */
export function writeInt64(bytes: Uint8Array, at: number, value: bigint): void {
  LONG.setBigInt64(0, value);
  writeInt32(bytes, at, LONG.getInt32(0));
  writeInt32(bytes, at + 4, LONG.getInt32(4));
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}
