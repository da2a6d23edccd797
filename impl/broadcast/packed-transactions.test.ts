import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { BLOCK, PackedTransactions } from './packed-transactions.ts';
import { bytesOf, Slice, type Payload } from './payload.ts';
import { payloads, slicesOf, transactionsOf } from './testing/payloads.ts';
import type { Transaction } from './transaction.ts';

/** As many as a block has, these again and again. */
const blockOf = (list: readonly Payload[]): Payload[] =>
  Array.from({ length: BLOCK }, (_, at) => list[at % list.length] ?? new Uint8Array(0));

const packedOf = (list: readonly Payload[]): PackedTransactions => {
  const packed = new PackedTransactions();
  packed.pack(transactionsOf(blockOf(list)), 0);
  return packed;
};

const memoryOf = (transaction: Transaction | undefined): ArrayBufferLike | undefined =>
  transaction === undefined ? undefined : bytesOf(transaction.payload).buffer;

describe('packed transactions', () => {
  it('are the same transactions, with zxids and payloads of all kinds, whatever the block had before', () => {
    // Counters that are left out, and epochs that begin.
    const zxids = fc.array(fc.constantFrom('next', 'next', 'next', 'next', 'left out', 'epoch'));
    const packed = new PackedTransactions();
    fc.assert(
      fc.property(
        payloads,
        zxids,
        fc.nat(5),
        fc.nat(BLOCK),
        fc.nat(BLOCK),
        (list, steps, from, one, other) => {
          fc.pre(list.length > 0);
          let [epoch, counter] = [1, 0];
          const transactions = transactionsOf([...blockOf(list), ...list]).map(({ payload }, at) => {
            const step = steps[at];
            if (step === 'epoch') [epoch, counter] = [epoch + 1, 0];
            counter += step === 'left out' ? 2 : 1;
            return { zxid: { epoch, counter }, payload };
          });
          const begin = Math.min(from, list.length);
          packed.pack(transactions, begin);
          const block = transactions.slice(begin, begin + BLOCK);
          const [low, high] = [Math.min(one, other), Math.max(one, other)];
          expect(packed.between(low, high)).toEqual(block.slice(low, high));
          expect(block.map((_, place) => packed.zxidAt(place))).toEqual(block.map(({ zxid }) => zxid));
        },
      ),
      { numRuns: 300 },
    );
    for (const place of [-1, BLOCK]) expect(() => packed.zxidAt(place)).toThrow('within the block');
    expect(() => packed.between(BLOCK - 1, BLOCK + 1)).toThrow('within the block');
    packed.clear();
    expect(() => packed.zxidAt(0)).toThrow('within the block');
  });

  it('are copied, and copied again when they are asked for, and their memory serves the next ones', () => {
    const list = slicesOf([new Uint8Array(100).fill(1), new Uint8Array(100).fill(2)], 20);
    const packed = packedOf(list);
    const before = packed.between(0, BLOCK);
    expect(memoryOf(before[0])).not.toBe(list[0]?.bytes.buffer);
    const { memoryBytes } = packed;
    expect(memoryBytes).toBeGreaterThanOrEqual(100 * BLOCK);
    packed.pack(transactionsOf(blockOf([new Uint8Array(80).fill(3)])), 0);
    expect(packed.memoryBytes).toBe(memoryBytes);
    expect(before).toEqual(transactionsOf(blockOf(list)));
  });

  it('keep long payloads as they are, but none that would keep much more memory', () => {
    const long = new Uint8Array(5000).fill(1);
    const chunk = new Uint8Array(50_000);
    const packed = packedOf([long, new Slice(chunk, 0, 5000), new Slice(chunk, 0, 25_000)]);
    const [first, second, third] = packed.between(0, 3);
    expect(first?.payload).toBe(long);
    expect(memoryOf(second)?.byteLength).toBe(5000);
    expect(memoryOf(third)).toBe(chunk.buffer);
    expect(packed.memoryBytes).toBe(0);
  });
});
