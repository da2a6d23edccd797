/** Adler-32 (RFC 1950), the checksum of ZooKeeper's files. */

const MODULUS = 65_521;
/** As many bytes as can be added up before the sums must be reduced to stay exact in 32 bits. */
const BLOCK = 5552;

/** The checksum of no bytes. */
export const ADLER32_EMPTY = 1;

/** The checksum of what `before` is the checksum of, followed by `bytes`. An unsigned 32-bit integer. */
export function adler32(bytes: Uint8Array, before = ADLER32_EMPTY): number {
  let a = before & 0xffff;
  let b = before >>> 16;
  for (let start = 0; start < bytes.length; start += BLOCK) {
    const end = Math.min(start + BLOCK, bytes.length);
    // In bounds by the loop's condition; `?? 0` is for the type alone.
    for (let i = start; i < end; i++) {
      a += bytes[i] ?? 0;
      b += a;
    }
    a %= MODULUS;
    b %= MODULUS;
  }
  return ((b << 16) | a) >>> 0;
}
