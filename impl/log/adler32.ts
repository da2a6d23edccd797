/** Adler-32 (RFC 1950), the checksum of ZooKeeper's files. */

const MODULUS = 65_521;
/** As many bytes as can be added up before the sums must be reduced to stay exact in 32 bits. */
const BLOCK = 5552;

/** The checksum of no bytes. */
export const ADLER32_EMPTY = 1;

/**
 * The checksum of what `before` is the checksum of, followed by `bytes`. An unsigned 32-bit integer.
 *
 * Eight bytes at a time: one after the other, each sum would wait for the one before. In between the sums may pass 2^31, and
 * are kept as signed integers; they stay below 2^32.
 */
export function adler32(bytes: Uint8Array, before = ADLER32_EMPTY): number {
  let a = before & 0xffff;
  let b = before >>> 16;
  for (let start = 0; start < bytes.length; start += BLOCK) {
    const end = Math.min(start + BLOCK, bytes.length);
    let i = start;
    for (const eights = end - 7; i < eights; i += 8) {
      const p = at(bytes, i);
      const q = at(bytes, i + 1);
      const r = at(bytes, i + 2);
      const s = at(bytes, i + 3);
      const half = a + p + q + r + s;
      b = (b + (a << 2) + (p << 2) + 3 * q + (r << 1) + s) | 0;
      const t = at(bytes, i + 4);
      const u = at(bytes, i + 5);
      const v = at(bytes, i + 6);
      const w = at(bytes, i + 7);
      b = (b + (half << 2) + (t << 2) + 3 * u + (v << 1) + w) | 0;
      a = half + t + u + v + w;
    }
    for (; i < end; i++) {
      a += at(bytes, i);
      b = (b + a) | 0;
    }
    a %= MODULUS;
    b = (b >>> 0) % MODULUS;
  }
  return ((b << 16) | a) >>> 0;
}

/** The byte at a place within bounds, which the type does not know of. */
function at(bytes: Uint8Array, place: number): number {
  return bytes[place] ?? 0;
}
