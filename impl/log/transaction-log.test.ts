import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate, setTimeout as delay } from 'node:timers/promises';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { fractions } from '../broadcast/testing/fractions.ts';
import { slicesOf } from '../broadcast/testing/payloads.ts';
import { transactionsEqual, type Transaction } from '../broadcast/transaction.ts';
import { formatZxid, ZERO_ZXID, type Zxid } from '../broadcast/zxid.ts';
import { encodeTransaction } from '../wire/transaction-record.ts';
import { adler32 } from './adler32.ts';
import type { DiskError } from './disk-error.ts';
import { readEpoch, storeEpoch } from './epoch-files.ts';
import { HEADER_BYTES } from './log-format.ts';
import { recoverLog } from './log-recovery.ts';
import { LogWriter } from './log-writer.ts';
import { TransactionLog } from './transaction-log.ts';

const TRANSACTION_BYTES_MAX = 1 << 20;
const LIMITS = { transactionBytesMax: TRANSACTION_BYTES_MAX, base: ZERO_ZXID };

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'zab-log-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

function setData(epoch: number, counter: number, value: string): Transaction {
  const zxid = { epoch, counter };
  const payload = encodeTransaction({
    header: { sessionId: 1n, cxid: counter, zxid, time: 1_700_000_000_000 },
    body: { type: 'setData', path: '/a', data: Buffer.from(value), version: counter },
    digest: undefined,
  });
  return { zxid, payload };
}

/** The same, as they come in one chunk. */
function slicesOfOne(transactions: readonly Transaction[]): Transaction[] {
  const slices = slicesOf(
    transactions.map(({ payload }) => payload),
    20,
  );
  return slices.map((payload, at) => ({ zxid: transactions[at]?.zxid ?? ZERO_ZXID, payload }));
}

function isSame(one: Transaction, other: Transaction | undefined): boolean {
  return other !== undefined && transactionsEqual(one, other);
}

/** A log, what it reported durable, and how it failed. */
async function openLog(preallocateBytes = 0): Promise<{
  readonly log: TransactionLog;
  readonly recovered: readonly Transaction[];
  readonly durable: Zxid[];
  readonly failures: DiskError[];
}> {
  const durable: Zxid[] = [];
  const failures: DiskError[] = [];
  const { log, recovered } = await TransactionLog.open(
    directory,
    { transactionBytesMax: TRANSACTION_BYTES_MAX, preallocateBytes, base: ZERO_ZXID },
    { durable: (zxid) => durable.push(zxid), failed: (error) => failures.push(error) },
  );
  return { log, recovered: recovered.transactions, durable, failures };
}

async function write(transactions: readonly Transaction[], preallocateBytes = 0): Promise<void> {
  const { log } = await openLog(preallocateBytes);
  for (const transaction of transactions) log.append([transaction]);
  await log.close();
}

function zxids(transactions: readonly Transaction[]): string[] {
  return transactions.map(({ zxid }) => formatZxid(zxid));
}

async function onlyFile(): Promise<string> {
  const [name] = await readdir(directory);
  if (name === undefined) throw new Error('a log file is expected');
  return path.join(directory, name);
}

describe('the checksum', () => {
  it.each([
    ['', 1],
    ['a', 0x00620062],
    ['Wikipedia', 0x11e60398],
  ])('of %j', (text, sum) => {
    expect(adler32(Buffer.from(text))).toBe(sum);
  });

  it('goes on where it was left', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12_000 }), fc.nat(12_000), (bytes, cut) => {
        expect(adler32(bytes.subarray(cut), adler32(bytes.subarray(0, cut)))).toBe(adler32(bytes));
      }),
    );
  });
});

describe('the log', () => {
  it('gives back what was appended, over several starts, each in a file of its own', async () => {
    await write([setData(1, 1, 'a'), setData(1, 2, 'b')]);
    await write([setData(1, 3, 'c')]);
    const { recovered } = await openLog();
    expect(recovered).toEqual([setData(1, 1, 'a'), setData(1, 2, 'b'), setData(1, 3, 'c')]);
    expect(await readdir(directory)).toEqual(['log.100000001', 'log.100000003']);
  });

  it('takes what comes during a sync as one batch, and reports each batch once', async () => {
    const { log, durable } = await openLog();
    for (let i = 1; i <= 5; i++) log.append([setData(1, i, 'x')]);
    while (durable.length === 0) await setImmediate();
    for (let i = 6; i <= 9; i++) log.append([setData(1, i, 'x')]);
    await log.close();
    expect(durable).toEqual([
      { epoch: 1, counter: 5 },
      { epoch: 1, counter: 9 },
    ]);
  });

  it('has what was asked for, in that order, whatever comes while the disk is busy', async () => {
    const prepare = vi.spyOn(LogWriter.prototype, 'prepare');
    const appended = fc.record({
      type: fc.constant('append' as const),
      count: fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 1, max: 40 }) }, fc.constant(1500)),
      bytes: fc.oneof({ weight: 9, arbitrary: fc.nat(300) }, fc.constant(700_000)),
      sliced: fc.boolean(),
      pauseMs: fc.constantFrom(undefined, 0, 0, 1),
    });
    const other = fc.record({ type: fc.constantFrom('roll' as const, 'cut' as const) });
    const steps = fc.array(fc.oneof({ weight: 9, arbitrary: appended }, other), {
      minLength: 20,
      maxLength: 50,
    });
    await fc.assert(
      fc.asyncProperty(steps, fc.constantFrom(0, 4096, 1 << 16), async (list, preallocateBytes) => {
        for (const name of await readdir(directory)) await rm(path.join(directory, name));
        const { log, failures } = await openLog(preallocateBytes);
        let expected: Transaction[] = [];
        let epoch = 1;
        for (const step of list) {
          if (step.type === 'append') {
            // Long ones are few.
            const count = step.bytes > 300 ? Math.min(step.count, 8) : step.count;
            const last = expected.at(-1)?.zxid;
            const begun = last?.epoch === epoch ? last.counter : 0;
            const fresh = Array.from({ length: count }, (_, at) =>
              setData(epoch, begun + at + 1, 'x'.repeat(step.bytes)),
            );
            expected.push(...fresh);
            log.append(step.sliced ? slicesOfOne(fresh) : fresh);
            if (step.pauseMs !== undefined) await delay(step.pauseMs);
          } else if (step.type === 'cut') {
            expected = expected.slice(0, Math.floor(0.8 * expected.length));
            log.truncate(expected.at(-1)?.zxid ?? ZERO_ZXID);
            epoch++;
          } else {
            log.roll();
          }
        }
        await log.close();
        expect(failures).toEqual([]);
        const { transactions } = await recoverLog(directory, LIMITS);
        expect(transactions.length).toBe(expected.length);
        expect(transactions.every((one, at) => isSame(one, expected[at]))).toBe(true);
      }),
      { numRuns: 25 },
    );
    const taken = prepare.mock.calls.filter(([, from], at) => Number(prepare.mock.results[at]?.value) > from);
    expect(taken.length).toBeGreaterThan(0);
    prepare.mockRestore();
  }, 120_000);

  it('cuts across files, and goes on behind the cut', async () => {
    await write([setData(1, 1, 'a'), setData(1, 2, 'b')]);
    await write([setData(1, 3, 'c')]);
    const { log, durable } = await openLog();
    log.append([setData(1, 4, 'd')]);
    log.truncate({ epoch: 1, counter: 1 });
    log.append([setData(2, 1, 'e')]);
    await log.close();
    expect(durable).toEqual([
      { epoch: 1, counter: 4 },
      { epoch: 1, counter: 1 },
      { epoch: 2, counter: 1 },
    ]);
    expect(zxids((await openLog()).recovered)).toEqual(['0x100000001', '0x200000001']);
  });

  it('can be cut to nothing', async () => {
    const { log, durable } = await openLog();
    log.append([setData(1, 1, 'a')]);
    log.truncate(ZERO_ZXID);
    await log.close();
    expect(durable.at(-1)).toEqual(ZERO_ZXID);
    expect((await openLog()).recovered).toEqual([]);
  });

  it('reports an error of the disk once, and nothing as durable after it', async () => {
    const { log, durable, failures } = await openLog();
    await rm(directory, { recursive: true });
    log.append([setData(1, 1, 'a')]);
    while (failures.length === 0) await setImmediate();
    log.append([setData(1, 2, 'b')]);
    await log.close();
    expect(durable).toEqual([]);
    expect(failures.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^cannot create .*log\.100000001: ENOENT/),
    ]);
  });

  it('any mix of appends and cuts, written and read back, is what it would be in memory', async () => {
    const step = fc.oneof(
      fc.record({ append: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ keep: fractions }),
      fc.constant('restart' as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        for (const name of await readdir(directory)) await rm(path.join(directory, name));
        let expected: Transaction[] = [];
        let epoch = 1;
        let { log } = await openLog(4096);
        for (const next of steps) {
          if (next === 'restart') {
            await log.close();
            ({ log } = await openLog(4096));
          } else if ('append' in next) {
            for (let i = 0; i < next.append; i++) {
              const last = expected.at(-1)?.zxid;
              const transaction = setData(epoch, last?.epoch === epoch ? last.counter + 1 : 1, 'x');
              expected.push(transaction);
              log.append([transaction]);
            }
          } else {
            expected = expected.slice(0, Math.floor(next.keep * expected.length));
            log.truncate(expected.at(-1)?.zxid ?? ZERO_ZXID);
            epoch++;
          }
        }
        await log.close();
        expect((await openLog()).recovered).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });
});

describe('recovery', () => {
  const transactions = [setData(1, 1, 'first'), setData(1, 2, 'second'), setData(1, 3, 'third')];
  const ends = transactions.reduce<number[]>(
    (offsets, { payload }) => [...offsets, (offsets.at(-1) ?? HEADER_BYTES) + payload.length + 13],
    [],
  );
  const [firstEnd = 0, secondEnd = 0, thirdEnd = 0] = ends;

  async function recovered(bytes: Buffer): Promise<string[]> {
    await writeFile(await onlyFile(), bytes);
    const { transactions: read } = await recoverLog(directory, LIMITS);
    return zxids(read);
  }

  /** How many of the three are whole before that offset. */
  function whole(offset: number): number {
    return ends.filter((end) => end <= offset).length;
  }

  for (const [what, zeroes] of [
    ['the end of the file', 0],
    ['zeroes', 8192],
  ] as const) {
    it(`cut at every byte of the last two entries, ${what} behind: the longest valid prefix`, async () => {
      await write(transactions);
      const file = await onlyFile();
      const original = await readFile(file);
      expect(original.length).toBe(thirdEnd);
      for (let cut = firstEnd; cut <= thirdEnd; cut++) {
        const bytes = Buffer.concat([original.subarray(0, cut), Buffer.alloc(zeroes)]);
        expect(await recovered(bytes), `cut at ${cut}`).toEqual(zxids(transactions.slice(0, whole(cut))));
        // What was cut off is gone for good: what is appended next stands behind the valid prefix.
        expect((await readFile(file)).subarray(0, ends[whole(cut) - 1])).toEqual(
          original.subarray(0, ends[whole(cut) - 1]),
        );
      }
    });
  }

  for (const zeroes of [0, 8192]) {
    it(`any single byte of the last two entries changed, ${zeroes} zeroes behind: refused, file and offset named`, async () => {
      await write(transactions);
      const file = await onlyFile();
      const original = await readFile(file);
      for (let at = firstEnd; at < thirdEnd; at++) {
        for (const change of [0x01, 0x40, 0x80, 0xff]) {
          const bytes = Buffer.concat([original, Buffer.alloc(zeroes)]);
          bytes[at] = (bytes[at] ?? 0) ^ change;
          const entry = at < secondEnd ? firstEnd : secondEnd;
          const result = await recovered(bytes).then(
            (read) => read.join(),
            (error: unknown) => String(error),
          );
          expect(result, `byte ${at} ^ ${change}`).toMatch(
            new RegExp(`^DiskError: .*log\\.100000001: offset (${entry}|${entry + 8}): `),
          );
          // Nothing was mended.
          expect((await readFile(file)).equals(bytes)).toBe(true);
        }
      }
    });
  }

  it('a torn entry with another log behind it is refused', async () => {
    await write(transactions);
    const file = await onlyFile();
    await write([setData(1, 4, 'fourth')]);
    await writeFile(file, (await readFile(file)).subarray(0, thirdEnd - 1));
    await expect(recoverLog(directory, LIMITS)).rejects.toThrow(
      `${file}: offset ${secondEnd}: an entry was not written to its end, and another log follows it`,
    );
  });

  it('a file that was created and has nothing in it is removed', async () => {
    await write(transactions);
    await writeFile(path.join(directory, 'log.100000004'), Buffer.alloc(100));
    expect(zxids((await openLog()).recovered)).toEqual(zxids(transactions));
    expect(await readdir(directory)).toEqual(['log.100000001']);
  });

  it('a file under another name is refused', async () => {
    await write(transactions);
    const bytes = await readFile(await onlyFile());
    await rm(await onlyFile());
    await writeFile(path.join(directory, 'log.200000001'), bytes);
    await expect(recoverLog(directory, LIMITS)).rejects.toThrow(
      'offset 16: the first zxid is 0x100000001, not that of the file’s name',
    );
  });
});

describe('the epoch files', () => {
  it('hold a decimal number, replaced as a whole', async () => {
    expect(await readEpoch(directory, 'currentEpoch')).toBeUndefined();
    await storeEpoch(directory, 'currentEpoch', 7);
    await storeEpoch(directory, 'currentEpoch', 4_294_967_295);
    expect(await readFile(path.join(directory, 'currentEpoch'), 'utf8')).toBe('4294967295');
    expect(await readEpoch(directory, 'currentEpoch')).toBe(4_294_967_295);
    expect(await readdir(directory)).toEqual(['currentEpoch']);
  });

  it.each(['', 'x', '-1', '1.5', '4294967296', '1 2'])('%j is refused', async (text) => {
    await writeFile(path.join(directory, 'acceptedEpoch'), text);
    await expect(readEpoch(directory, 'acceptedEpoch')).rejects.toThrow(/acceptedEpoch: .* is no epoch/);
  });
});
