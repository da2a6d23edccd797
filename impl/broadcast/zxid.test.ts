import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  MAX_UINT32,
  compareZxids,
  formatZxid,
  nextZxid,
  zxid,
  zxidLess,
  zxidsEqual,
  type Zxid,
} from './zxid.ts';

const half = fc.oneof(fc.nat(3), fc.constantFrom(0x7fffffff, 0x80000000, MAX_UINT32 - 1, MAX_UINT32));
const zxids = fc.tuple(half, half).map(([epoch, counter]) => zxid(epoch, counter));
const asNumber = ({ epoch, counter }: Zxid): bigint => (BigInt(epoch) << 32n) | BigInt(counter);

it('zxids are ordered as the 64-bit numbers that they are on the wire', () => {
  fc.assert(
    fc.property(zxids, zxids, (a, b) => {
      const [x, y] = [asNumber(a), asNumber(b)];
      expect(zxidLess(a, b)).toBe(x < y);
      expect(zxidsEqual(a, b)).toBe(x === y);
      expect(Math.sign(compareZxids(a, b))).toBe(x < y ? -1 : x > y ? 1 : 0);
    }),
  );
});

it('the next zxid of an epoch follows the last one with nothing between, or begins the epoch at 1', () => {
  fc.assert(
    fc.property(zxids, half, (last, epoch) => {
      const next = nextZxid(last, epoch);
      if (last.epoch !== epoch) expect(next).toEqual({ epoch, counter: 1 });
      else if (last.counter === MAX_UINT32) expect(next).toBeUndefined();
      else expect(next && asNumber(next)).toBe(asNumber(last) + 1n);
    }),
  );
});

it('a zxid prints as its 64 bits in hexadecimal', () => {
  fc.assert(
    fc.property(zxids, (z) => {
      expect(formatZxid(z)).toBe(`0x${asNumber(z).toString(16)}`);
    }),
  );
});

it('a half that is not an unsigned 32-bit integer is refused', () => {
  for (const wrong of [-1, 0.5, MAX_UINT32 + 1, Number.NaN]) {
    expect(() => zxid(wrong, 0)).toThrow(RangeError);
    expect(() => zxid(0, wrong)).toThrow(RangeError);
  }
});
