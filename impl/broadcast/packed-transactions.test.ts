import { Buffer } from 'node:buffer';

import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { BLOCK, PackedTransactions } from './packed-transactions.ts';
import { bytesOf, Slice, type Payload } from './payload.ts';
import { payloads, slicesOf, transactionsOf } from './testing/payloads.ts';
import { arrayOf } from './transaction-list.ts';
import type { Transaction } from './transaction.ts';

/** As many as a block has, these again and again. */
const blockOf = (list: readonly Payload[]): Payload[] =>
  Array.from({ length: BLOCK }, (_, at) => list[at % list.length] ?? new Uint8Array(0));

const filled = (length: number, byte: number): Uint8Array => new Uint8Array(length).fill(byte);

const memoryOf = (transaction: Transaction | undefined): ArrayBufferLike | undefined =>
  transaction === undefined ? undefined : bytesOf(transaction.payload).buffer;

afterEach(() => {
  vi.restoreAllMocks();
});

describe('packed transactions', () => {
  it('are the same transactions, with zxids and payloads of all kinds, whatever the block had before', () => {
    // Counters that are left out, and epochs that begin.
    const zxids = fc.array(fc.constantFrom('next', 'next', 'next', 'next', 'left out', 'epoch'));
    // Now and then so long that they are not copied.
    const long = fc.constantFrom(1, 2).map((seed) => [new Slice(filled(5000, seed), 0, 4200)]);
    const packed = new PackedTransactions();
    fc.assert(
      fc.property(
        fc.oneof({ weight: 3, arbitrary: payloads }, { weight: 1, arbitrary: long }),
        zxids,
        fc.nat(5),
        fc.nat(BLOCK - 1),
        fc.nat(BLOCK - 1),
        fc.boolean(),
        (list, steps, from, one, other, clear) => {
          fc.pre(list.length > 0);
          let [epoch, counter] = [1, 0];
          const transactions = transactionsOf([...blockOf(list), ...list]).map(({ payload }, at) => {
            const step = steps[at];
            if (step === 'epoch') [epoch, counter] = [epoch + 1, 0];
            counter += step === 'left out' ? 2 : 1;
            return { zxid: { epoch, counter }, payload };
          });
          const begin = Math.min(from, list.length);
          if (clear) packed.clear();
          packed.pack(transactions, begin);
          const block = transactions.slice(begin, begin + BLOCK);
          const [low, high] = [Math.min(one, other), Math.max(one, other) + 1];
          expect(packed.between(low, high)).toEqual(block.slice(low, high));
          expect(block.map((_, place) => packed.zxidAt(place))).toEqual(block.map(({ zxid }) => zxid));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('are asked for by places of the block, as long as there are some', () => {
    const packed = new PackedTransactions();
    packed.pack(transactionsOf(blockOf([filled(1, 1)])), 0);
    for (const place of [-1, BLOCK]) expect(() => packed.zxidAt(place)).toThrow('within the block');
    for (const [from, to] of [
      [-1, 1],
      [3, 3],
      [BLOCK - 1, BLOCK + 1],
    ] as const)
      expect(() => packed.between(from, to)).toThrow('within the block');
    packed.clear();
    expect(() => packed.zxidAt(0)).toThrow('within the block');
  });

  it('are copied, and copied again when they are asked for', () => {
    const list = slicesOf([filled(100, 1), filled(100, 2)], 20);
    const packed = new PackedTransactions();
    packed.pack(transactionsOf(blockOf(list)), 0);
    const before = arrayOf(packed.between(0, BLOCK));
    expect(memoryOf(before[0])).not.toBe(list[0]?.bytes.buffer);
    packed.pack(transactionsOf(blockOf([filled(80, 3)])), 0);
    expect(before).toEqual(transactionsOf(blockOf(list)));
  });

  it('have the memory of those before them, if it is neither too short nor much too long', () => {
    const allocate = vi.spyOn(Buffer, 'allocUnsafeSlow');
    const packed = new PackedTransactions();
    const allocated = [400, 400, 460, 120, 60, 60, 5000, 60].map((length) => {
      allocate.mockClear();
      packed.pack(transactionsOf(blockOf([filled(length, 1)])), 0);
      return allocate.mock.calls.length;
    });
    // 460 bytes take a unit more; 60 leave more than three quarters unused; 5,000 are kept one by one.
    expect(allocated).toEqual([1, 0, 1, 0, 1, 0, 0, 1]);
  });

  it('keep long payloads as they are, but none that would keep much more memory', () => {
    const long = filled(5000, 1);
    const chunk = new Uint8Array(50_000);
    const slices = [24_000, 25_000].map((length) => new Slice(chunk, 0, length));
    const packed = new PackedTransactions();
    packed.pack(transactionsOf(blockOf([long, ...slices])), 0);
    const [first, second, third] = arrayOf(packed.between(0, 3));
    expect(first?.payload).toBe(long);
    expect(memoryOf(second)?.byteLength).toBe(24_000);
    expect(memoryOf(third)).toBe(chunk.buffer);
  });
});
