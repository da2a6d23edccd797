import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { PayloadRun } from '../../impl/broadcast/payload-run.ts';
import { Slice } from '../../impl/broadcast/payload.ts';
import { TransactionRun } from '../../impl/broadcast/transaction-run.ts';
import { PartTable } from './part.ts';
import { freezePlain, plainText, readPlain } from './plain-text.ts';

const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.integer(),
    fc.boolean(),
    fc.string(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 8 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

describe('plain text', () => {
  it('gives back what was written', () => {
    fc.assert(
      fc.property(plain, (value) => {
        expect(readPlain(plainText(value))).toEqual(value);
      }),
    );
  });

  it('is the same for payloads and transactions whatever they are part of', () => {
    const chunk = Uint8Array.of(9, 1, 2, 3, 9).subarray(1);
    const array = [
      { zxid: { epoch: 1, counter: 5 }, payload: Uint8Array.of(1) },
      { zxid: { epoch: 1, counter: 6 }, payload: Uint8Array.of(2, 3) },
    ];
    const run = new TransactionRun(
      { epoch: 1, counter: 5 },
      new PayloadRun(chunk, Uint32Array.of(0, 1, 1, 2)),
    );
    expect(plainText(new Slice(chunk, 1, 2))).toBe(plainText(Uint8Array.of(2, 3)));
    expect(plainText({ run })).toBe(plainText({ run: array }));
    freezePlain(run);
    expect(readPlain(plainText(run))).toEqual(array);
  });

  it('is the same for a value that was read back', () => {
    fc.assert(
      fc.property(plain, (value) => {
        const text = plainText(value);
        expect(plainText(readPlain(text))).toBe(text);
      }),
    );
  });

  it.each([
    ['a map', new Map()],
    ['a function', () => undefined],
    ['an instance of a class', new Date(0)],
    ['not a number', NaN],
  ])('refuses %s, which a snapshot may not hold', (_what, value) => {
    expect(() => plainText({ value })).toThrow(TypeError);
  });
});

describe('parts', () => {
  it('are one for equal contents, and frozen', () => {
    const table = new PartTable<{ a: number[] }>();
    const part = table.partOf({ a: [1, 2] });
    expect(table.partOf({ a: [1, 2] })).toBe(part);
    expect(table.read(part.text)).toBe(part);
    expect(() => part.content.a.push(3)).toThrow(TypeError);
  });

  it('have different digests for different contents', () => {
    const table = new PartTable<number>();
    const digests = Array.from({ length: 2000 }, (_, n) => table.partOf(n).digest.join());
    expect(new Set(digests).size).toBe(2000);
  });

  it('freeze all the way down', () => {
    const value = { a: { b: [{ c: 1 }] } };
    freezePlain(value);
    expect(Object.isFrozen(value.a.b[0])).toBe(true);
  });
});
