/** However batches fall on the blocks of the disk, and with or without a way past the page cache, the file is the same. */
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { zxid, type Zxid } from '../broadcast/zxid.ts';
import type { Transaction } from '../broadcast/transaction.ts';
import { EntryBuffer } from './entry-buffer.ts';
import { fileHeader } from './log-format.ts';
import { LogWriter } from './log-writer.ts';
import { entryOf } from './testing/entries.ts';

/**
 * When files refuse to be written past the page cache; how many were, and how many handles of refused ones are open; and the
 * most bytes that one write takes.
 */
const disk = vi.hoisted(() => ({
  refused: 'never',
  direct: 0,
  refusedOpen: 0,
  bytesMax: Infinity,
  longest: 0,
}));

vi.mock('node:fs/promises', async (importOriginal) => {
  const { asksForDirect, invalidArgument } = await import('./testing/observed-disk.ts');
  const real = await importOriginal<typeof import('node:fs/promises')>();
  return {
    ...real,
    open: async (file: string, flags: string | number) => {
      if (asksForDirect(flags) && disk.refused === 'open') throw invalidArgument();
      const handle = await real.open(file, flags);
      const close = handle.close.bind(handle);
      const write = handle.write.bind(handle);
      const refuses = asksForDirect(flags) && disk.refused === 'write';
      if (refuses) disk.refusedOpen++;
      return Object.assign(handle, {
        close: () => {
          if (refuses) disk.refusedOpen--;
          return close();
        },
        write: (bytes: Buffer, offset: number, length: number, position: number) => {
          disk.longest = Math.max(disk.longest, length);
          return write(bytes, offset, Math.min(length, disk.bytesMax), position);
        },
        writeFile: async (bytes: Buffer) => {
          if (refuses) throw invalidArgument();
          await write(bytes, 0, bytes.length, 0);
          if (asksForDirect(flags)) disk.direct++;
        },
      });
    },
  };
});
vi.mock('node:fs', async (importOriginal) => {
  const real = await importOriginal<typeof import('node:fs')>();
  return {
    ...real,
    writeSync: (fd: number, bytes: Buffer, offset: number, length: number, position: number) =>
      real.writeSync(fd, bytes, offset, Math.min(length, disk.bytesMax), position),
  };
});

const FIRST = zxid(1, 1);
const PREALLOCATE_BYTES = 1 << 16;

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'zab-writer-'));
  Object.assign(disk, { refused: 'never', direct: 0, refusedOpen: 0, bytesMax: Infinity, longest: 0 });
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

interface Batch {
  readonly lengths: readonly number[];
  readonly here: boolean;
  /** So many of the next batch are handed over while this one is written. */
  readonly next: number;
}

const BATCHES = fc.array(
  fc.record({
    lengths: fc.array(fc.oneof(fc.integer({ min: 32, max: 400 }), fc.integer({ min: 4000, max: 9000 })), {
      minLength: 1,
      maxLength: 20,
    }),
    here: fc.boolean(),
    next: fc.nat(20),
  }),
  { minLength: 1, maxLength: 6 },
);

/** Transactions of these lengths, each of bytes of its own. */
function transactionsOf(lengths: readonly number[], begun: number): Transaction[] {
  return lengths.map((length, index) => ({
    zxid: zxid(1, begun + index + 1),
    payload: new Uint8Array(length).fill((begun + index) % 255, 0).fill(0xee, 1, 2),
  }));
}

function expectedFile(transactions: readonly Transaction[]): Buffer {
  return Buffer.concat([fileHeader(), ...transactions.map(({ payload }) => entryOf(payload))]);
}

/** What is in the file after the batches and after closing; everything of a batch is there when its write has ended. */
async function written(
  batches: readonly Batch[],
  first: Zxid,
  preallocateBytes: number,
  buffer = new EntryBuffer(),
): Promise<{ readonly file: Buffer; readonly expected: Buffer }> {
  const writer = await LogWriter.create(directory, first, preallocateBytes, buffer);
  const all: Transaction[] = [];
  let prepared = 0;
  for (const [index, { lengths, here, next }] of batches.entries()) {
    const transactions = transactionsOf(lengths, all.length);
    all.push(...transactions);
    const nextLengths = batches[index + 1]?.lengths.slice(0, next) ?? [];
    if (here) {
      writer.writeNow(transactions, prepared);
      prepared = writer.prepare(transactionsOf(nextLengths, all.length), 0);
      expect(prepared).toBe(0);
    } else {
      const write = writer.write(transactions, prepared);
      prepared = 0;
      // In two calls, as they come.
      for (const count of [nextLengths.length >> 1, nextLengths.length]) {
        prepared = writer.prepare(transactionsOf(nextLengths.slice(0, count), all.length), prepared);
      }
      await write;
    }
    const expected = expectedFile(all);
    const file = readFileSync(writer.file);
    expect(file.subarray(0, expected.length).equals(expected)).toBe(true);
    expect(file.subarray(expected.length).every((byte) => byte === 0)).toBe(true);
    expect(file.length % 4096).toBe(0);
  }
  await writer.close();
  return { file: readFileSync(writer.file), expected: expectedFile(all) };
}

/** Does the file system of the tests open files past the page cache? */
function hasDirect(): boolean {
  const file = path.join(directory, 'probe');
  try {
    const fd = openSync(file, constants.O_WRONLY | constants.O_CREAT | constants.O_DIRECT);
    closeSync(fd);
    return true;
  } catch {
    return false;
  }
}

describe('a log file', () => {
  for (const refused of ['never', 'open', 'write'] as const) {
    it(`has the entries of all batches, past the page cache refused ${refused === 'never' ? refused : `by ${refused}`}`, async () => {
      disk.refused = refused;
      // One after the other, as a log writes its files.
      const buffer = new EntryBuffer();
      let runs = 0;
      await fc.assert(
        fc.asyncProperty(
          BATCHES,
          fc.constantFrom(0, PREALLOCATE_BYTES),
          fc.constantFrom(Infinity, 4096, 5120, 9216),
          async (batches, preallocateBytes, bytesMax) => {
            disk.bytesMax = bytesMax;
            const { file, expected } = await written(batches, zxid(1, ++runs), preallocateBytes, buffer);
            expect(file.equals(expected)).toBe(true);
          },
        ),
        { numRuns: 40 },
      );
      expect(disk.direct).toBe(refused === 'never' && hasDirect() ? runs : 0);
      expect(disk.refusedOpen).toBe(0);
    });
  }

  it('ends where its own entries do, whatever another one has written meanwhile', async () => {
    const buffer = new EntryBuffer();
    const writer = await LogWriter.create(directory, FIRST, 0, buffer);
    const transactions = transactionsOf([5000], 0);
    await writer.write(transactions);
    const next = await LogWriter.create(directory, zxid(1, 2), 0, buffer);
    await writer.close();
    await next.close();
    expect(readFileSync(writer.file).equals(expectedFile(transactions))).toBe(true);
  });

  it('says how much was taken when the disk takes less than a block', async () => {
    const writer = await LogWriter.create(directory, FIRST, 0, new EntryBuffer());
    disk.bytesMax = 1024;
    const refused = /cannot write .*log\.100000001: 1024 of 4096 bytes were taken/;
    await expect(writer.write(transactionsOf([40], 0))).rejects.toThrow(refused);
    expect(() => {
      writer.writeNow(transactionsOf([40], 0));
    }).toThrow(refused);
    await writer.abandon();
  });

  it('takes a batch longer than the buffer, and an entry longer than it, and goes on', async () => {
    const batches = [
      { lengths: Array.from({ length: 50 }, () => 200_000), here: false, next: 1 },
      { lengths: [5_000_000], here: true, next: 1 },
      { lengths: [100], here: true, next: 0 },
    ];
    const { file, expected } = await written(batches, FIRST, 0);
    expect(file.equals(expected)).toBe(true);
    expect(disk.longest).toBeGreaterThan(1 << 21);
    expect(disk.longest).toBeLessThanOrEqual((1 << 22) + 2 * 4096);
  });

  it('makes entries of what comes next while the last of a batch is written, as many as it has room for', async () => {
    const writer = await LogWriter.create(directory, FIRST, 0, new EntryBuffer());
    const [first, second] = [transactionsOf([40], 0), transactionsOf([40, 3_000_000, 3_000_000, 40], 1)];
    expect(writer.prepare(first, 0)).toBe(0);
    const write = writer.write(first);
    expect(writer.prepare(second.slice(0, 1), 0)).toBe(1);
    expect(writer.prepare(second, 1)).toBe(2);
    expect(writer.prepare(second, 2)).toBe(2);
    await write;
    expect(writer.prepare(second, 2)).toBe(2);
    // More than one write: what comes then is not prepared before the last.
    const rest = writer.write(second, 2);
    expect(writer.prepare(transactionsOf([40], 5), 0)).toBe(0);
    await rest;
    await writer.close();
    expect(readFileSync(writer.file).equals(expectedFile([...first, ...second]))).toBe(true);
  });

  it('is begun again when nothing but its header is there, and refused when there is more', async () => {
    const begin = (): Promise<LogWriter> => LogWriter.create(directory, FIRST, 0, new EntryBuffer());
    await (await begin()).abandon();
    await (await begin()).close();
    const writer = await begin();
    await writer.write(transactionsOf([40], 0));
    await writer.close();
    await expect(begin()).rejects.toThrow(/cannot create .*log\.100000001: EEXIST/);
  });
});
