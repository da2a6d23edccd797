import { Buffer } from 'node:buffer';

import fc from 'fast-check';
import { expect, it } from 'vitest';

import { readInt32, readInt64, readUint32, writeInt32, writeInt64 } from './big-endian.ts';

it('integers are written and read as Buffer has them', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.nat(5),
      (int, long, at) => {
        const ours = Buffer.alloc(20);
        const theirs = Buffer.alloc(20);
        writeInt32(ours, at, int);
        writeInt64(ours, at + 4, long);
        theirs.writeInt32BE(int, at);
        theirs.writeBigInt64BE(long, at + 4);
        expect(ours).toEqual(theirs);
        writeInt32(ours, at, int >>> 0);
        expect(ours).toEqual(theirs);
        expect([readInt32(ours, at), readUint32(ours, at), readInt64(ours, at + 4)]).toEqual([
          int,
          int >>> 0,
          long,
        ]);
      },
    ),
  );
});
