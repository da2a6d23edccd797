import { Buffer } from 'node:buffer';
import { deflateSync } from 'node:zlib';

import fc from 'fast-check';
import { expect, it } from 'vitest';

import { adler32 } from './adler32.ts';

/** What zlib puts at the end of its stream. */
function byZlib(bytes: Uint8Array): number {
  const stream = deflateSync(bytes, { level: 0 });
  return stream.readUInt32BE(stream.length - 4);
}

it('the checksum is that of zlib, whole or in parts', () => {
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc
      .tuple(fc.nat(20_000), fc.constantFrom(0, 1, 128, 255))
      .map(([length, byte]) => Buffer.alloc(length, byte)),
  );
  fc.assert(
    fc.property(content, fc.nat(20_000), (bytes, at) => {
      const sum = byZlib(bytes);
      expect(adler32(bytes)).toBe(sum);
      expect(adler32(bytes.subarray(at), adler32(bytes.subarray(0, at)))).toBe(sum);
    }),
  );
});
