import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Transaction } from '../broadcast/transaction.ts';
import { formatZxid, ZERO_ZXID, zxid, type Zxid } from '../broadcast/zxid.ts';
import { readSnapshot, snapshotChunks } from '../service/snapshot-format.ts';
import type { ServiceState } from '../service/service-state.ts';
import type { DiskError } from './disk-error.ts';
import { Storage, type Recovered } from './storage.ts';
import { createNode, stateAfter } from './testing/transactions.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'zab-storage-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

async function open(): Promise<{
  readonly storage: Storage;
  readonly recovered: Recovered<ServiceState>;
  readonly durable: Zxid[];
  readonly failures: DiskError[];
}> {
  const durable: Zxid[] = [];
  const failures: DiskError[] = [];
  const opened = await Storage.open(
    {
      dataDir: path.join(directory, 'data'),
      dataLogDir: path.join(directory, 'log'),
      transactionBytesMax: 1 << 20,
      preallocateBytes: 4096,
      retainedSnapshots: 3,
      listener: { durable: (z) => durable.push(z), failed: (error) => failures.push(error) },
    },
    readSnapshot,
  );
  return { ...opened, durable, failures };
}

function zxids(transactions: readonly Transaction[]): string[] {
  return transactions.map(({ zxid }) => formatZxid(zxid));
}

describe('the storage', () => {
  it('is empty where nothing was, and begins with a snapshot of nothing', async () => {
    const { storage, recovered } = await open();
    expect(recovered).toEqual({
      acceptedEpoch: 0,
      currentEpoch: 0,
      base: { zxid: ZERO_ZXID, state: undefined },
      transactions: [],
      notes: [],
    });
    await storage.close();
    expect(await readdir(path.join(directory, 'data', 'version-2'))).toEqual(['snapshot.0']);
  });

  it('gives back epochs, the newest snapshot, and what came after it', async () => {
    const { storage, durable } = await open();
    const transactions = [createNode(1, 1), createNode(1, 2), createNode(1, 3)];
    await storage.storeEpoch('acceptedEpoch', 2);
    await storage.storeEpoch('currentEpoch', 1);
    for (const transaction of transactions) storage.append(transaction);
    await storage.saveSnapshot(zxid(1, 2), snapshotChunks(stateAfter(transactions.slice(0, 2))));
    storage.append(createNode(1, 4));
    await storage.close();
    expect(durable.at(-1)).toEqual(zxid(1, 4));

    const { storage: again, recovered } = await open();
    expect([recovered.acceptedEpoch, recovered.currentEpoch]).toEqual([2, 1]);
    expect(recovered.base.zxid).toEqual(zxid(1, 2));
    expect(recovered.base.state?.tree.get('/n1-2')).toBeDefined();
    expect(recovered.base.state?.tree.get('/n1-3')).toBeUndefined();
    expect(recovered.transactions).toEqual([createNode(1, 3), createNode(1, 4)]);
    await again.close();
  });

  it('takes another history in place of its own', async () => {
    const { storage, durable } = await open();
    for (const counter of [1, 2, 3]) storage.append(createNode(1, counter));
    storage.installSnapshot(zxid(1, 1), snapshotChunks(stateAfter([createNode(1, 1)])), [createNode(2, 1)]);
    storage.append(createNode(2, 2));
    await storage.close();
    expect(durable).toEqual([zxid(1, 3), zxid(2, 1), zxid(2, 2)]);
    const { storage: again, recovered } = await open();
    expect(recovered.base.zxid).toEqual(zxid(1, 1));
    expect(zxids(recovered.transactions)).toEqual(['0x200000001', '0x200000002']);
    await again.close();
  });

  it('belongs to one server at a time', async () => {
    const { storage } = await open();
    await expect(open()).rejects.toThrow(
      `${path.join(directory, 'data', 'version-2')} is in use by another server`,
    );
    await storage.close();
    await (await open()).storage.close();
  });
});
