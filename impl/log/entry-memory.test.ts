import { readFileSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import wabt from 'wabt';

import { adler32 } from './adler32.ts';
import { EntryMemory } from './entry-memory.ts';

const fileOf = (name: string): Buffer => readFileSync(new URL(name, import.meta.url));

describe('memory for entries', () => {
  it('computes the checksum of what lies in it, wherever that begins and ends', () => {
    const memory = new EntryMemory(1 << 16);
    const contents = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      // The sums are the largest with these, and blocks of 5,552 bytes end within.
      fc.integer({ min: 5500, max: 30_000 }).map((length) => new Uint8Array(length).fill(255)),
      fc
        .tuple(fc.nat(30_000), fc.integer())
        .map(([length, seed]) => Uint8Array.from({ length }, (_, at) => Math.imul(at + 1, seed) >>> 24)),
    );
    fc.assert(
      fc.property(contents, fc.nat(100), (bytes, at) => {
        memory.bytes.fill(0xa5);
        memory.bytes.set(bytes, at);
        expect(memory.adler32(at, at + bytes.length)).toBe(adler32(bytes));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps what is there when it grows, and has zeroes behind', () => {
    const memory = new EntryMemory(10);
    const { length } = memory.bytes;
    memory.bytes.fill(7);
    memory.grow(length);
    expect(memory.bytes).toHaveLength(length);
    memory.grow(3 * length + 1);
    expect(memory.bytes.length).toBeGreaterThan(3 * length);
    expect(memory.bytes.subarray(0, length).every((byte) => byte === 7)).toBe(true);
    expect(memory.bytes.subarray(length).every((byte) => byte === 0)).toBe(true);
    memory.bytes.set([1, 2, 3], 3 * length);
    expect(memory.adler32(3 * length, 3 * length + 3)).toBe(adler32(Uint8Array.of(1, 2, 3)));
  });

  it('says what to do when there is too little address space', () => {
    const memory = new EntryMemory(10);
    expect(() => {
      memory.grow(2 ** 40);
    }).toThrow(/too little address space .* \(ulimit -v\)/);
  });

  it('has the module that adler32.wat describes: npm run build:wasm makes it anew', async () => {
    const module = (await wabt()).parseWat('adler32.wat', fileOf('adler32.wat').toString(), { simd: true });
    const { buffer } = module.toBinary({});
    module.destroy();
    expect(fileOf('adler32.wasm').equals(buffer)).toBe(true);
  });
});
