import { readFileSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import wabt from 'wabt';

import { GAP_BYTES_MAX } from '../broadcast/payload-run.ts';
import { slicesOf, transactionsOf } from '../broadcast/testing/payloads.ts';
import { ENTRIES_MAX, EntryMemory } from './entry-memory.ts';
import { entryOf } from './testing/entries.ts';

const fileOf = (name: string): Buffer => readFileSync(new URL(name, import.meta.url));

describe('memory for entries', () => {
  it('has the entries of transactions, wherever they begin and whatever they are slices of', () => {
    const memory = new EntryMemory(1 << 16);
    const contents = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      // The sums are the largest with these, and blocks of 5,552 bytes end within.
      fc.integer({ min: 5500, max: 12_000 }).map((length) => new Uint8Array(length).fill(255)),
      fc
        .tuple(fc.nat(12_000), fc.integer())
        .map(([length, seed]) => Uint8Array.from({ length }, (_, at) => Math.imul(at + 1, seed) >>> 24)),
    );
    // Between the transactions of a chunk: nothing, what is between those of proposals, or more than is copied with them.
    const gaps = fc.option(fc.constantFrom(0, 1, 20, GAP_BYTES_MAX, GAP_BYTES_MAX + 1));
    fc.assert(
      fc.property(fc.array(contents, { maxLength: 5 }), gaps, fc.nat(100), (list, gap, at) => {
        const transactions = transactionsOf(gap === null ? list : slicesOf(list, gap));
        const expected = Buffer.concat(list.map(entryOf));
        memory.bytes.fill(0xa5);
        expect(memory.frame(transactions, 0, list.length, at)).toBe(at + expected.length);
        expect(memory.bytes.subarray(at, at + expected.length).equals(expected)).toBe(true);
        expect(memory.bytes.subarray(0, at).every((byte) => byte === 0xa5)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('takes as many as it has places for, up to the end of its room', () => {
    const list = Array.from({ length: ENTRIES_MAX }, (_, at) => Uint8Array.of(at % 256, at >> 8, 1, 2, 3));
    const expected = Buffer.concat(list.map(entryOf));
    const memory = new EntryMemory(10);
    const at = memory.length - expected.length;
    expect(memory.frame(transactionsOf(slicesOf(list, GAP_BYTES_MAX)), 0, ENTRIES_MAX, at)).toBe(
      memory.length,
    );
    expect(memory.bytes.subarray(at, memory.length).equals(expected)).toBe(true);
  });

  it('keeps what is there when it grows, and has zeroes behind', () => {
    const memory = new EntryMemory(10);
    const room = memory.length;
    const { length } = memory.bytes;
    memory.bytes.fill(7);
    memory.grow(room);
    expect(memory.length).toBe(room);
    memory.grow(4 * length);
    expect(memory.length).toBeGreaterThanOrEqual(4 * length);
    expect(memory.bytes.subarray(0, length).every((byte) => byte === 7)).toBe(true);
    expect(memory.bytes.subarray(length).every((byte) => byte === 0)).toBe(true);
    const transaction = Uint8Array.of(1, 2, 3);
    const end = memory.frame(transactionsOf([transaction]), 0, 1, 3 * length);
    expect(memory.bytes.subarray(3 * length, end).equals(entryOf(transaction))).toBe(true);
  });

  it('says what to do when there is too little address space', () => {
    const memory = new EntryMemory(10);
    expect(() => {
      memory.grow(2 ** 40);
    }).toThrow(/too little address space .* \(ulimit -v\)/);
  });

  it('has the module that entries.wat describes: npm run build:wasm makes it anew', async () => {
    const module = (await wabt()).parseWat('entries.wat', fileOf('entries.wat').toString(), { simd: true });
    const { buffer } = module.toBinary({});
    module.destroy();
    expect(fileOf('entries.wasm').equals(buffer)).toBe(true);
  });
});
