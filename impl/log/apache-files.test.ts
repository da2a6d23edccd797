/** Files that Apache ZooKeeper wrote, read here; and ours, byte for byte as it writes them. */
import { Buffer } from 'node:buffer';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { bytesOf } from '../broadcast/payload.ts';
import { ZERO_ZXID } from '../broadcast/zxid.ts';
import { snapshotChunks } from '../service/snapshot-format.ts';
import { ServiceState } from '../service/service-state.ts';
import { decodeTransaction, encodeTransaction } from '../wire/transaction-record.ts';
import { recoverLog } from './log-recovery.ts';
import { newestSnapshot, writeSnapshotFile } from './snapshot-file.ts';
import { TransactionLog } from './transaction-log.ts';
import { readState } from './testing/transactions.ts';

const TESTDATA = path.join(import.meta.dirname, 'testdata');
const LIMITS = { transactionBytesMax: 2 << 20, base: ZERO_ZXID };

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'zab-apache-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

describe('a log', () => {
  it('is read to its end, each transaction understood and written back the same', async () => {
    await cp(path.join(TESTDATA, 'log.1'), path.join(directory, 'log.1'));
    const { transactions, notes } = await recoverLog(directory, LIMITS);
    expect(notes).toEqual([]);
    const state = new ServiceState();
    const errors = transactions.map((transaction) => {
      const payload = bytesOf(transaction.payload);
      const record = decodeTransaction(payload);
      if (!record.ok) throw new Error(record.reason);
      expect(encodeTransaction(record.value).equals(payload)).toBe(true);
      return state.apply(record.value).error;
    });
    expect(new Set(errors)).toEqual(new Set([0, -103]));
    expect(Buffer.from(state.tree.get('/a')?.data ?? []).toString()).toBe('two');
    expect(state.tree.get('/a')?.stat.version).toBe(1);
    expect(state.sessions.size).toBe(1);
  });

  it('that we write of the same transactions has the same bytes', async () => {
    await cp(path.join(TESTDATA, 'log.1'), path.join(directory, 'log.1'));
    const { transactions } = await recoverLog(directory, LIMITS);
    await rm(path.join(directory, 'log.1'));
    const { log } = await TransactionLog.open(
      directory,
      { ...LIMITS, preallocateBytes: 0 },
      { durable: () => undefined, failed: () => undefined },
    );
    for (const transaction of transactions) log.append([transaction]);
    await log.close();
    const theirs = await readFile(path.join(TESTDATA, 'log.1'));
    expect((await readFile(path.join(directory, 'log.1'))).equals(theirs.subarray(0, -32))).toBe(true);
  });
});

describe('a snapshot', () => {
  it('is read, and written back the same up to what follows the seal', async () => {
    const theirs = await readFile(path.join(TESTDATA, 'snapshot.a'));
    await writeFile(path.join(directory, 'snapshot.a'), theirs);
    const { found } = await newestSnapshot(directory, readState);
    expect(found?.zxid).toEqual({ epoch: 0, counter: 10 });
    expect([...(found?.value.sessions.values() ?? [])]).toEqual([6000]);
    expect(found?.value.tree.get('/a')?.children.size).toBe(6);
    await rm(path.join(directory, 'snapshot.a'));
    // Children stand in another order in ours; the length tells that nothing is missing or added.
    await writeSnapshotFile(
      directory,
      { epoch: 0, counter: 10 },
      found === undefined ? [] : snapshotChunks(found.value),
    );
    const ours = await readFile(path.join(directory, 'snapshot.a'));
    expect(ours.length).toBe(1025 + 13);
    expect(ours.subarray(0, 16).equals(theirs.subarray(0, 16))).toBe(true);
    const again = await newestSnapshot(directory, readState);
    expect(again.found?.value.tree.size).toBe(found?.value.tree.size);
  });

  it('that is not whole is left aside for an older one, and refused without one', async () => {
    const state = new ServiceState();
    await writeSnapshotFile(directory, { epoch: 1, counter: 1 }, snapshotChunks(state));
    await writeSnapshotFile(directory, { epoch: 1, counter: 2 }, snapshotChunks(state));
    const newer = path.join(directory, 'snapshot.100000002');
    const bytes = await readFile(newer);
    for (let at = 0; at < bytes.length; at += 7) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 0x10;
      await writeFile(newer, changed);
      const { found, skipped } = await newestSnapshot(directory, readState);
      // The database's id, in the header, is under the checksum as well.
      expect(found?.zxid, `byte ${at}`).toEqual({ epoch: 1, counter: 1 });
      expect(skipped.map(({ file }) => file)).toEqual([newer]);
    }
    await rm(path.join(directory, 'snapshot.100000001'));
    await expect(newestSnapshot(directory, readState)).rejects.toThrow(
      /snapshot\.100000002: offset \d+: .*no older snapshot is whole/,
    );
    expect(await readdir(directory)).toEqual(['snapshot.100000002']);
  });
});
