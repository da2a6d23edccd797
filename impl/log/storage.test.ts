import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { transactionsEqual, type Transaction } from '../broadcast/transaction.ts';
import { formatZxid, ZERO_ZXID, zxid, type Zxid } from '../broadcast/zxid.ts';
import { snapshotChunks } from '../service/snapshot-format.ts';
import type { ServiceState } from '../service/service-state.ts';
import { DirectoryLock, takeSocket } from './directory-lock.ts';
import type { DiskError } from './disk-error.ts';
import { HEADER_BYTES } from './log-format.ts';
import { Storage, type Recovered } from './storage.ts';
import { createNode, readState, stateAfter } from './testing/transactions.ts';

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
    readState,
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
    for (const transaction of transactions) storage.append([transaction]);
    await storage.saveSnapshot(zxid(1, 2), snapshotChunks(stateAfter(transactions.slice(0, 2))));
    storage.append([createNode(1, 4)]);
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

  it('stores an epoch while a snapshot is being saved', async () => {
    const { storage } = await open();
    const stored: number[] = [];
    // So large that the epoch is sooner on disk, unless it waits.
    function* chunks(): Generator<Uint8Array> {
      yield* snapshotChunks(stateAfter([createNode(1, 1)]));
      for (let n = 0; n < 20_000 && stored.length === 0; n++) yield Buffer.alloc(1024);
    }
    storage.append([createNode(1, 1)]);
    const saved = storage.saveSnapshot(zxid(1, 1), chunks()).then(() => [...stored]);
    await storage.storeEpoch('acceptedEpoch', 2);
    stored.push(2);
    expect(await saved).toEqual([2]);
    await storage.close();
  });

  it('takes another history in place of its own', async () => {
    const { storage, durable } = await open();
    for (const counter of [1, 2, 3]) storage.append([createNode(1, counter)]);
    storage.installSnapshot(zxid(1, 1), snapshotChunks(stateAfter([createNode(1, 1)])), [createNode(2, 1)]);
    storage.append([createNode(2, 2)]);
    await storage.close();
    expect(durable).toEqual([zxid(1, 3), zxid(2, 1), zxid(2, 2)]);
    const { storage: again, recovered } = await open();
    expect(recovered.base.zxid).toEqual(zxid(1, 1));
    expect(zxids(recovered.transactions)).toEqual(['0x200000001', '0x200000002']);
    await again.close();
  });

  it('goes on with the very next transaction behind a snapshot that was installed alone', async () => {
    const { storage, durable } = await open();
    storage.installSnapshot(zxid(1, 1), snapshotChunks(stateAfter([createNode(1, 1)])), []);
    storage.append([createNode(1, 2)]);
    await storage.close();
    expect(durable).toEqual([zxid(1, 1), zxid(1, 2)]);
    const { storage: again, recovered } = await open();
    expect(zxids(recovered.transactions)).toEqual(['0x100000002']);
    again.append([createNode(1, 3)]);
    await again.close();
  });

  it('may have one directory under two names', async () => {
    await mkdir(path.join(directory, 'data'));
    await symlink(path.join(directory, 'data'), path.join(directory, 'log'));
    const { storage } = await open();
    storage.append([createNode(1, 1)]);
    storage.installSnapshot(zxid(1, 1), snapshotChunks(stateAfter([createNode(1, 1)])), [createNode(2, 1)]);
    await storage.close();
    const { storage: again, recovered } = await open();
    await again.close();
    expect(zxids(recovered.transactions)).toEqual(['0x200000001']);
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

describe('purging', () => {
  it('leaves as many snapshots as asked for, and the logs from the one on that the oldest of them needs', async () => {
    const entries = Array.from({ length: 10 }, (_, index) => createNode(1, index + 1));
    for (const [index, entry] of entries.entries()) {
      const { storage } = await open();
      storage.append([entry]);
      if (index % 2 === 1) {
        await storage.saveSnapshot(entry.zxid, snapshotChunks(stateAfter(entries.slice(0, index + 1))));
      }
      if (entry === entries.at(-1)) await storage.purge();
      await storage.close();
    }
    expect(await readdir(path.join(directory, 'data', 'version-2'))).toEqual(
      ['6', '8', 'a'].map((counter) => `snapshot.10000000${counter}`),
    );
    expect(await readdir(path.join(directory, 'log', 'version-2'))).toEqual(
      ['6', '7', '8', '9', 'a'].map((counter) => `log.10000000${counter}`),
    );
    // One that is not whole is not counted, and what is older makes up for it.
    await writeFile(path.join(directory, 'data', 'version-2', 'snapshot.100000009'), 'half');
    await writeFile(path.join(directory, 'data', 'version-2', 'snapshot.10000000a'), 'half');
    const { storage, recovered } = await open();
    expect(recovered.base.zxid).toEqual(zxid(1, 8));
    expect(zxids(recovered.transactions)).toEqual(['0x100000009', '0x10000000a']);
    expect(recovered.notes).toEqual([
      expect.stringMatching(/snapshot\.10000000a left aside: offset 0: /),
      expect.stringMatching(/snapshot\.100000009 left aside: offset 0: /),
    ]);
    await storage.purge();
    await storage.close();
    expect((await readdir(path.join(directory, 'data', 'version-2'))).length).toBe(4);
  });
});

describe('recovery', () => {
  const entries = [1, 2, 3, 4, 5, 6].map((counter) => createNode(1, counter));
  const data = (): string => path.join(directory, 'data', 'version-2');
  const log = (name: string): string => path.join(directory, 'log', 'version-2', name);

  /** Logs of two entries each; a snapshot at the zxid with that counter, if any. */
  async function prepared(snapshotAt: number): Promise<void> {
    for (let from = 0; from < entries.length; from += 2) {
      const { storage } = await open();
      for (const entry of entries.slice(from, from + 2)) storage.append([entry]);
      await storage.close();
    }
    if (snapshotAt === 0) return;
    const { storage } = await open();
    const state = stateAfter(entries.slice(0, snapshotAt));
    await storage.saveSnapshot(zxid(1, snapshotAt), snapshotChunks(state));
    await storage.close();
  }

  it('does not read logs that a snapshot makes up for', async () => {
    await prepared(4);
    await writeFile(log('log.100000001'), 'damaged');
    await writeFile(log('log.100000003'), 'damaged');
    const { storage, recovered } = await open();
    await storage.close();
    expect(zxids(recovered.transactions)).toEqual(['0x100000005', '0x100000006']);
  });

  it.each([
    [0, 'log.100000001', 'log.100000003', '0x0'],
    [0, 'log.100000003', 'log.100000005', '0x100000002'],
    [2, 'log.100000003', 'log.100000005', '0x100000002'],
  ])('with a snapshot at %i refuses a log without %s', async (snapshotAt, missing, next, known) => {
    await prepared(snapshotAt);
    await rm(log(missing));
    await expect(open()).rejects.toThrow(
      `${log(next)}: begins with 0x${next.slice('log.'.length)}, and nothing is there between ${known} and that`,
    );
  });

  it('takes a torn tail for the end of its file when the next file goes on with the next zxid', async () => {
    await prepared(0);
    // What an Apache server leaves that crashed while it wrote 0x100000005, and started again.
    const whole = await readFile(log('log.100000003'));
    await writeFile(
      log('log.100000003'),
      Buffer.concat([whole, whole.subarray(HEADER_BYTES, HEADER_BYTES + 50)]),
    );
    const { storage, recovered } = await open();
    await storage.close();
    expect(recovered.transactions).toEqual(entries);
    expect(recovered.notes).toEqual([
      `${log('log.100000003')} cut at offset ${whole.length}: an entry was not written to its end`,
    ]);
    expect((await readFile(log('log.100000003'))).equals(whole)).toBe(true);
  });

  it('changes nothing when it refuses', async () => {
    await prepared(0);
    const whole = await readFile(log('log.100000003'));
    const torn = Buffer.concat([whole, whole.subarray(HEADER_BYTES, HEADER_BYTES + 50)]);
    await writeFile(log('log.100000003'), torn);
    await writeFile(log('log.100000005'), 'damaged beyond its header');
    await expect(open()).rejects.toThrow(
      `${log('log.100000005')}: offset 0: the file does not begin with ZKLG`,
    );
    expect((await readFile(log('log.100000003'))).equals(torn)).toBe(true);
  });

  it('refuses when a snapshot that is not whole reached further than the log', async () => {
    await prepared(2);
    await writeFile(path.join(data(), 'snapshot.100000009'), 'half');
    await expect(open()).rejects.toThrow(
      /snapshot\.100000009: offset 0: .*, and older snapshots with the log reach to 0x100000006 only/,
    );
  });

  it('refuses to pass over a compressed snapshot that is newer', async () => {
    await prepared(2);
    await writeFile(path.join(data(), 'snapshot.100000001.gz'), '');
    await (await open()).storage.close();
    await writeFile(path.join(data(), 'snapshot.100000006.gz'), '');
    await expect(open()).rejects.toThrow('snapshot.100000006.gz: compressed snapshots are not read');
  });

  it('removes a snapshot that was not finished, and a log in which nothing was written', async () => {
    await prepared(2);
    await writeFile(path.join(data(), 'snapshot.100000006.tmp'), 'half');
    await writeFile(log('log.100000007'), (await readFile(log('log.100000001'))).subarray(0, HEADER_BYTES));
    const { storage } = await open();
    storage.append([createNode(1, 7)]);
    await storage.close();
    expect(await readdir(data())).toEqual(['snapshot.0', 'snapshot.100000002']);
    const { storage: again, recovered } = await open();
    await again.close();
    expect(zxids(recovered.transactions).at(-1)).toBe('0x100000007');
  });

  it.each<[string, Record<string, string>, [number, number] | string]>([
    ['no file', {}, [1, 1]],
    ['a log that is ahead of currentEpoch', { acceptedEpoch: '1', currentEpoch: '0' }, [1, 0]],
    ['currentEpoch alone', { currentEpoch: '1' }, [1, 1]],
    ['acceptedEpoch alone', { acceptedEpoch: '3' }, [3, 1]],
    ['an acceptedEpoch below the log', { acceptedEpoch: '0', currentEpoch: '0' }, [1, 0]],
    ['currentEpoch alone, above the log', { currentEpoch: '2' }, 'below currentEpoch, which is 2'],
    ['acceptedEpoch below currentEpoch', { acceptedEpoch: '1', currentEpoch: '2' }, 'below currentEpoch'],
  ])('of the epochs, from %s', async (_, files, expected) => {
    await prepared(0);
    for (const [name, epoch] of Object.entries(files)) await writeFile(path.join(data(), name), epoch);
    if (typeof expected === 'string') {
      await expect(open()).rejects.toThrow(expected);
      return;
    }
    const { storage, recovered } = await open();
    await storage.close();
    expect([recovered.acceptedEpoch, recovered.currentEpoch]).toEqual(expected);
  });

  it('reads entries that are larger than what is read at a time', async () => {
    const large = [createNode(1, 1, 900_000), createNode(1, 2, 1_000_000), createNode(1, 3, 10)];
    const { storage } = await open();
    for (const entry of large) storage.append([entry]);
    await storage.close();
    const { storage: again, recovered } = await open();
    await again.close();
    expect(zxids(recovered.transactions)).toEqual(zxids(large));
    expect(
      recovered.transactions.every((entry, index) => transactionsEqual(entry, large[index] ?? entry)),
    ).toBe(true);
  });
});

describe('the lock of a directory', () => {
  it('goes with the process that has it, however that ends', async () => {
    const server = path.join(import.meta.dirname, 'testing', 'lock-process.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', server, directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await once(child.stdout, 'data');
      await expect(DirectoryLock.take(directory)).rejects.toThrow(`${directory} is in use by another server`);
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await (await DirectoryLock.take(directory)).release();
  });

  it('is taken over where a socket is a file that was left behind', async () => {
    const file = path.join(directory, 'lock');
    const script = `require('net').createServer().listen(${JSON.stringify(file)}, () => process.kill(process.pid, 'SIGKILL'))`;
    await once(spawn(process.execPath, ['-e', script]), 'exit');
    expect(await readdir(directory)).toEqual(['lock']);
    const taken = await takeSocket(file);
    expect(taken?.listening).toBe(true);
    expect(await takeSocket(file)).toBeUndefined();
    taken?.close();
  });
});
