/** Errors of the disk: told once, in one line that names the file, and nothing is tried again or reported after it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { formatZxid, zxid } from '../broadcast/zxid.ts';
import { snapshotChunks } from '../service/snapshot-format.ts';
import { DiskError } from './disk-error.ts';
import { Storage } from './storage.ts';
import { ObservedDisk } from './testing/observed-disk.ts';
import { createNode, readState, stateAfter } from './testing/transactions.ts';

const watched = vi.hoisted((): { disk: ObservedDisk | undefined } => ({ disk: undefined }));

vi.mock('node:fs/promises', async (importOriginal) => {
  const { watchable } = await import('./testing/observed-disk.ts');
  return watchable(await importOriginal<typeof import('node:fs/promises')>(), watched);
});
vi.mock('node:fs', async (importOriginal) => {
  const { watchableNow } = await import('./testing/observed-disk.ts');
  return watchableNow(await importOriginal<typeof import('node:fs')>(), watched);
});

let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'zab-errors-'));
});

afterEach(() => {
  watched.disk = undefined;
  rmSync(root, { recursive: true });
});

async function open(directory: string): Promise<{
  readonly storage: Storage;
  readonly durable: string[];
  readonly failures: DiskError[];
}> {
  const durable: string[] = [];
  const failures: DiskError[] = [];
  const { storage } = await Storage.open(
    {
      dataDir: directory,
      dataLogDir: directory,
      transactionBytesMax: 1 << 20,
      preallocateBytes: 0,
      retainedSnapshots: 1,
      listener: {
        durable: (z) => durable.push(formatZxid(z)),
        failed: (error) => failures.push(error),
      },
    },
    readState,
  );
  return { storage, durable, failures };
}

/** All that a storage does, one after the other; ends where it fails. */
async function everything({ storage, durable, failures }: Awaited<ReturnType<typeof open>>): Promise<void> {
  const entries = [1, 2, 3, 4].map((counter) => createNode(1, counter));
  const reached = async (zxid: string): Promise<void> => {
    while (durable.at(-1) !== zxid && failures.length === 0) await new Promise(setImmediate);
  };
  await storage.storeEpoch('acceptedEpoch', 1);
  for (const entry of entries.slice(0, 3)) storage.append([entry]);
  await reached('0x100000003');
  await storage.saveSnapshot(zxid(1, 1), snapshotChunks(stateAfter(entries.slice(0, 1))));
  for (const entry of entries.slice(3)) storage.append([entry]);
  storage.truncate(zxid(1, 2));
  await reached('0x100000002');
  await storage.purge();
  storage.installSnapshot(zxid(2, 1), snapshotChunks(stateAfter(entries)), [createNode(2, 2)]);
  storage.append([createNode(2, 3)]);
  await reached('0x200000003');
}

describe('an error of the disk', () => {
  it('at any step is told once and ends all: nothing more is written or reported', async () => {
    let steps = 0;
    for (let failing = 1; ; failing++) {
      const directory = path.join(root, String(failing));
      const opened = await open(directory);
      const { storage, durable, failures } = opened;
      let taken = 0;
      let reported: string | undefined;
      const after: string[] = [];
      watched.disk = new ObservedDisk(directory, (what) => {
        // What closing does is told to whoever closes.
        if (watched.disk === undefined) return;
        taken++;
        if (taken < failing) return;
        if (taken > failing) {
          after.push(what);
          return;
        }
        reported = durable.join();
        throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
      });
      const rejected = await everything(opened).then(
        () => undefined,
        (error: unknown) => error,
      );
      watched.disk = undefined;
      await storage.close();
      if (taken < failing) break;
      steps++;
      const step = `step ${failing}`;
      expect(
        failures.map(({ message }) => message),
        step,
      ).toEqual([
        expect.stringMatching(new RegExp(`^cannot [^\n]*${directory}/[^\n]*EIO: i/o error[^\n]*$`)),
      ]);
      if (rejected !== undefined) expect(rejected, step).toBe(failures[0]);
      expect(durable.join(), step).toBe(reported);
      // A temporary file that is of no use any more may go.
      expect(
        after.filter((what) => !/^remove \S+\.tmp$/.test(what)),
        step,
      ).toEqual([]);
    }
    expect(steps).toBeGreaterThan(50);
  });

  it('is what an unknown place of a cut is', async () => {
    const { storage, durable, failures } = await open(root);
    storage.append([createNode(1, 1)]);
    storage.append([createNode(1, 2)]);
    storage.truncate(zxid(3, 1));
    await storage.close();
    expect(durable).toEqual(['0x100000002']);
    expect(failures.map(({ message }) => message)).toEqual([
      expect.stringContaining('is to be cut behind 0x300000001, which is not in it'),
    ]);
    expect(readdirSync(path.join(root, 'version-2'))).toContain('log.100000001');
  });
});

/** A file system of 256 KiB in memory; why not, if it cannot be had. */
function mountSmall(at: string): string | undefined {
  const { error, status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', at], {
    encoding: 'utf8',
  });
  return error?.message ?? (status === 0 ? undefined : stderr.trim());
}

describe('a disk that is full', () => {
  it.for(['log', 'snapshot', 'installation'] as const)(
    'while the %s is written is told once, and what was reported is there when it is opened again',
    async (what, context) => {
      const why = mountSmall(root);
      if (why !== undefined) context.skip(`no small file system can be mounted: ${why}`);
      try {
        const { storage, durable, failures } = await open(root);
        const big = [1, 2, 3, 4].map((counter) => createNode(1, counter, 50_000));
        if (what === 'log') {
          for (let counter = 1; failures.length === 0 && counter < 100; counter++) {
            storage.append([createNode(1, counter, 50_000)]);
            await new Promise(setImmediate);
          }
        } else {
          for (const entry of big.slice(0, 2)) storage.append([entry]);
          while (durable.at(-1) !== '0x100000002') await new Promise(setImmediate);
          const state = stateAfter(big);
          if (what === 'snapshot') {
            await expect(storage.saveSnapshot(zxid(1, 2), snapshotChunks(state))).rejects.toThrow(DiskError);
          } else {
            storage.installSnapshot(zxid(2, 1), snapshotChunks(state), [createNode(2, 2, 50_000)]);
          }
        }
        await storage.close();
        expect(failures.map(({ message }) => message)).toEqual([
          expect.stringMatching(/^cannot [^\n]*version-2[^\n]*ENOSPC: no space left on device[^\n]*$/),
        ]);
        const { storage: again, recovered } = await Storage.open(
          {
            dataDir: root,
            dataLogDir: root,
            transactionBytesMax: 1 << 20,
            preallocateBytes: 0,
            retainedSnapshots: 1,
            listener: { durable: () => undefined, failed: () => undefined },
          },
          readState,
        );
        await again.close();
        const zxids = recovered.transactions.map((entry) => formatZxid(entry.zxid));
        expect(zxids.slice(0, zxids.indexOf(durable.at(-1) ?? '') + 1).at(-1)).toBe(durable.at(-1));
      } finally {
        spawnSync('umount', [root]);
      }
    },
  );
});
