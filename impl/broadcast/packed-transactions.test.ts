import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { PackedTransactions } from './packed-transactions.ts';
import { Slice } from './payload.ts';
import { payloads, transactionsOf } from './testing/payloads.ts';

describe('packed transactions', () => {
  it('are the same transactions, with zxids and payloads of all kinds', () => {
    // Counters that are left out, and epochs that begin.
    const zxids = fc.array(fc.constantFrom('next', 'next', 'next', 'next', 'left out', 'epoch'));
    fc.assert(
      fc.property(payloads, zxids, (list, steps) => {
        fc.pre(list.length > 0);
        let [epoch, counter] = [1, 0];
        const transactions = transactionsOf(list).map(({ payload }, at) => {
          const step = steps[at];
          if (step === 'epoch') [epoch, counter] = [epoch + 1, 0];
          counter += step === 'left out' ? 2 : 1;
          return { zxid: { epoch, counter }, payload };
        });
        const packed = new PackedTransactions(transactions);
        transactions.forEach((transaction, place) => {
          expect(packed.at(place)).toEqual(transaction);
          expect(packed.zxidAt(place)).toEqual(transaction.zxid);
        });
        for (const place of [-1, list.length]) expect(() => packed.at(place)).toThrow('within the block');
      }),
      { numRuns: 500 },
    );
  });

  /** Of the first payload: the memory that it is part of. */
  const memoryOf = (list: readonly Slice[]): ArrayBufferLike | undefined => {
    const { payload } = new PackedTransactions(transactionsOf(list)).at(0);
    return payload instanceof Slice ? payload.bytes.buffer : undefined;
  };
  const slicesOf = (chunk: Uint8Array, count: number, distance: number, length: number): Slice[] =>
    Array.from({ length: count }, (_, at) => new Slice(chunk, at * distance, length));

  it('keep the chunk that they came in where they are most of it, and a copy where they are not', () => {
    const chunk = new Uint8Array(10_000);
    expect(memoryOf(slicesOf(chunk, 80, 120, 100))).toBe(chunk.buffer);
    expect(memoryOf(slicesOf(chunk, 20, 120, 100))).not.toBe(chunk.buffer);
    // As many pieces as payloads.
    expect(memoryOf(slicesOf(chunk, 80, 120, 20))).not.toBe(chunk.buffer);
    // Long ones.
    expect(memoryOf(slicesOf(chunk, 20, 300, 257))).toBe(chunk.buffer);
  });
});
