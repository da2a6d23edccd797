/** However batches fall on the blocks of the disk, and with or without a way past the page cache, the file is the same. */
import { constants, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { zxid, type Zxid } from '../broadcast/zxid.ts';
import type { Transaction } from '../broadcast/transaction.ts';
import { EntryBuffer } from './entry-buffer.ts';
import { entryBytes, fileHeader, HEADER_BYTES, writeEntry } from './log-format.ts';
import { LogWriter } from './log-writer.ts';

/** When files refuse to be written past the page cache; and how many were opened so. */
const direct = vi.hoisted(() => ({ refused: 'never', opened: 0 }));

vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof import('node:fs/promises')>();
  const invalid = (): Error => Object.assign(new Error('EINVAL: invalid argument'), { code: 'EINVAL' });
  return {
    ...real,
    open: async (file: string, flags: string | number) => {
      const asked = typeof flags === 'number' && (flags & constants.O_DIRECT) !== 0;
      if (asked && direct.refused === 'open') throw invalid();
      const handle = await real.open(file, flags);
      if (!asked) return handle;
      if (direct.refused === 'write')
        return Object.assign(handle, { writeFile: () => Promise.reject(invalid()) });
      direct.opened++;
      return handle;
    },
  };
});

const FIRST = zxid(1, 1);
const PREALLOCATE_BYTES = 1 << 16;

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'zab-writer-'));
  direct.refused = 'never';
  direct.opened = 0;
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

interface Batch {
  readonly lengths: readonly number[];
  readonly here: boolean;
}

const BATCHES = fc.array(
  fc.record({
    lengths: fc.array(fc.oneof(fc.integer({ min: 32, max: 400 }), fc.integer({ min: 4000, max: 9000 })), {
      minLength: 1,
      maxLength: 20,
    }),
    here: fc.boolean(),
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
  const bytes = transactions.reduce((sum, { payload }) => sum + entryBytes(payload.length), HEADER_BYTES);
  const file = Buffer.alloc(bytes);
  let at = fileHeader().copy(file);
  for (const { payload } of transactions) at = writeEntry(file, at, payload);
  return file;
}

/** What is in the file after the batches and after closing; everything of a batch is there when its write has ended. */
async function written(
  batches: readonly Batch[],
  first: Zxid,
  preallocateBytes: number,
): Promise<{ readonly file: Buffer; readonly expected: Buffer }> {
  const writer = await LogWriter.create(directory, first, preallocateBytes, new EntryBuffer());
  const all: Transaction[] = [];
  for (const { lengths, here } of batches) {
    const transactions = transactionsOf(lengths, all.length);
    if (here) writer.writeNow(transactions);
    else await writer.write(transactions);
    all.push(...transactions);
    const expected = expectedFile(all);
    const file = readFileSync(writer.file);
    expect(file.subarray(0, expected.length).equals(expected)).toBe(true);
    expect(file.subarray(expected.length).every((byte) => byte === 0)).toBe(true);
    expect(file.length % 4096).toBe(0);
  }
  await writer.close();
  return { file: readFileSync(writer.file), expected: expectedFile(all) };
}

describe('a log file', () => {
  for (const refused of ['never', 'open', 'write'] as const) {
    it(`has the entries of all batches, past the page cache refused ${refused === 'never' ? refused : `by ${refused}`}`, async () => {
      direct.refused = refused;
      let runs = 0;
      await fc.assert(
        fc.asyncProperty(
          BATCHES,
          fc.constantFrom(0, PREALLOCATE_BYTES),
          async (batches, preallocateBytes) => {
            const { file, expected } = await written(batches, zxid(1, ++runs), preallocateBytes);
            expect(file.equals(expected)).toBe(true);
          },
        ),
        { numRuns: 40 },
      );
      expect(direct.opened).toBe(refused === 'never' ? runs : 0);
    });
  }

  it('takes a batch longer than the buffer, and an entry longer than it, and goes on', async () => {
    const batches = [
      { lengths: Array.from({ length: 50 }, () => 200_000), here: false },
      { lengths: [5_000_000], here: true },
      { lengths: [100], here: true },
    ];
    const { file, expected } = await written(batches, FIRST, 0);
    expect(file.equals(expected)).toBe(true);
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
