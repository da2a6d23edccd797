/** Crashes after every step that changes the disk: what is read back is what may be. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Transaction } from '../broadcast/transaction.ts';
import { formatZxid, zxid, zxidLess, type Zxid } from '../broadcast/zxid.ts';
import { snapshotChunks } from '../service/snapshot-format.ts';
import { dataFiles } from './data-files.ts';
import { newestSnapshot } from './snapshot-file.ts';
import { scanLog } from './log-scan.ts';
import { Storage } from './storage.ts';
import { createNode, nodesOf, readState, stateAfter } from './testing/transactions.ts';
import { ObservedDisk, VIEWS } from './testing/observed-disk.ts';

const watched = vi.hoisted((): { disk: ObservedDisk | undefined; cached: boolean } => ({
  disk: undefined,
  cached: false,
}));

vi.mock('node:fs/promises', async (importOriginal) => {
  const { watchable } = await import('./testing/observed-disk.ts');
  return watchable(await importOriginal<typeof import('node:fs/promises')>(), watched);
});
vi.mock('node:fs', async (importOriginal) => {
  const { watchableNow } = await import('./testing/observed-disk.ts');
  return watchableNow(await importOriginal<typeof import('node:fs')>(), watched);
});

let root: string;

/** Many small files come and go: in memory where there is such a folder. */
const FOLDER = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

beforeEach(() => {
  root = mkdtempSync(path.join(FOLDER, 'zab-crash-'));
});

afterEach(() => {
  watched.disk = undefined;
  rmSync(root, { recursive: true });
});

/** What a crash at some moment left on disk, and what had been reported by then. */
interface Moment {
  readonly what: string;
  readonly directory: string;
  readonly reported: readonly string[];
}

interface Layout {
  readonly name: string;
  readonly data: string;
  readonly log: string;
  /** Is the log written through the page cache, as where there is no way past it? */
  readonly cached: boolean;
}

const LAYOUTS: readonly Layout[] = [
  { name: 'one directory', data: 'data', log: 'data', cached: false },
  { name: 'two directories, through the page cache', data: 'data', log: 'log', cached: true },
];

async function open(directory: string, layout: Layout, durable: (zxid: Zxid) => void = () => undefined) {
  watched.cached = layout.cached;
  return Storage.open(
    {
      dataDir: path.join(directory, layout.data),
      dataLogDir: path.join(directory, layout.log),
      transactionBytesMax: 1 << 20,
      preallocateBytes: 512,
      retainedSnapshots: 1,
      listener: {
        durable,
        failed: (error) => {
          throw error;
        },
      },
    },
    readState,
  );
}

/** What is read back: the history, and the nodes that it makes. */
async function recovered(directory: string, layout: Layout) {
  const { storage, recovered: there } = await open(directory, layout);
  await storage.close();
  const { base, transactions, acceptedEpoch, currentEpoch } = there;
  return {
    base: formatZxid(base.zxid),
    zxids: transactions.map((transaction) => formatZxid(transaction.zxid)),
    nodes: nodesOf(stateAfter(transactions, base.state)),
    acceptedEpoch,
    currentEpoch,
  };
}

/**
 * Does something to a storage in `directory` and gathers what crashes could leave, after each step that changes the disk;
 * `act` tells what it knows to be on disk by pushing to `reported`, which every reported zxid is pushed to as well.
 */
async function crashes(
  directory: string,
  layout: Layout,
  act: (storage: Storage, reported: string[]) => Promise<void> | void,
): Promise<readonly Moment[]> {
  const moments: Moment[] = [];
  const seen = new Set<string>();
  const reported: string[] = [];
  const disk = new ObservedDisk(directory, (what) => {
    for (const view of VIEWS) {
      const copy = mkdtempSync(path.join(root, 'moment-'));
      disk.write(copy, view);
      const digest = digestOf(copy) + reported.join();
      if (seen.has(digest)) rmSync(copy, { recursive: true });
      else {
        seen.add(digest);
        moments.push({
          what: `after ${what}, names ${view.names}, contents ${view.contents}`,
          directory: copy,
          reported: [...reported],
        });
      }
    }
  });
  watched.disk = disk;
  try {
    const { storage } = await open(directory, layout, (z) => reported.push(formatZxid(z)));
    await act(storage, reported);
    await storage.close();
  } finally {
    watched.disk = undefined;
  }
  return moments;
}

function digestOf(directory: string): string {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      const content = entry.isFile() ? readFileSync(file).toString('base64') : '';
      return `${path.relative(directory, file)} ${content}`;
    })
    .sort()
    .join('\n');
}

/** A directory with a storage that has been through `act`. */
async function prepared(layout: Layout, act: (storage: Storage) => Promise<void> | void): Promise<string> {
  const directory = mkdtempSync(path.join(root, 'before-'));
  const { storage } = await open(directory, layout);
  await act(storage);
  await storage.close();
  return directory;
}

function append(storage: Storage, transactions: readonly Transaction[]): void {
  for (const transaction of transactions) storage.append([transaction]);
}

async function save(storage: Storage, transactions: readonly Transaction[]): Promise<void> {
  const last = transactions.at(-1)?.zxid ?? zxid(0, 0);
  await storage.saveSnapshot(last, snapshotChunks(stateAfter(transactions)));
}

/** Three logs, and two snapshots besides the first. */
async function twoSnapshots(storage: Storage): Promise<void> {
  append(storage, OLD.slice(0, 2));
  await save(storage, OLD.slice(0, 1));
  append(storage, OLD.slice(2, 4));
  await save(storage, OLD.slice(0, 3));
  append(storage, OLD.slice(4));
}

const OLD = [1, 2, 3, 4, 5].map((counter) => createNode(1, counter));

describe.each(LAYOUTS)('a crash, with $name,', (layout) => {
  it('while appending loses nothing that was reported, and makes nothing up', async () => {
    const directory = await prepared(layout, twoSnapshots);
    // A few at a time, and then more together than are written on the main thread.
    const few = [createNode(1, 6, 300), createNode(1, 7, 400), createNode(2, 1), createNode(2, 2)];
    const added = [...few, ...Array.from({ length: 20 }, (_, at) => createNode(2, 3 + at, 100))];
    const moments = await crashes(directory, layout, async (storage) => {
      for (const transaction of few) {
        storage.append([transaction]);
        await new Promise(setImmediate);
      }
      append(storage, added.slice(few.length));
    });
    const prefixes = added.map((_, length) => nodesOf(stateAfter([...OLD, ...added.slice(0, length)])));
    prefixes.push(nodesOf(stateAfter([...OLD, ...added])));
    for (const { what, directory: left, reported } of moments) {
      const { nodes } = await recovered(left, layout);
      const least = added.findIndex(({ zxid: z }) => formatZxid(z) === reported.at(-1)) + 1;
      expect(prefixes.slice(least), what).toContainEqual(nodes);
    }
    expect(moments.length).toBeGreaterThan(10);
  });

  it('while cutting over several files leaves the cut history, or some of what was cut', async () => {
    const directory = await prepared(layout, async (storage) => {
      await save(storage, []);
      append(storage, OLD.slice(0, 3));
      await storage.storeEpoch('acceptedEpoch', 1);
    });
    for (const transactions of [OLD.slice(3), [createNode(2, 1)]]) {
      const { storage } = await open(directory, layout);
      append(storage, transactions);
      await storage.close();
    }
    const all = [...OLD, createNode(2, 1)];
    const prefixes = all.map((_, length) => nodesOf(stateAfter(all.slice(0, length + 1))));
    const moments = await crashes(directory, layout, (storage) => {
      storage.truncate(zxid(1, 2));
    });
    for (const { what, directory: left, reported } of moments) {
      const { nodes } = await recovered(left, layout);
      expect(reported.length > 0 ? prefixes.slice(1, 2) : prefixes.slice(1), what).toContainEqual(nodes);
    }
    expect(moments.length).toBeGreaterThan(3);
  });

  it('while saving a snapshot and purging keeps the history', async () => {
    const directory = await prepared(layout, twoSnapshots);
    const moments = await crashes(directory, layout, async (storage) => {
      await save(storage, OLD.slice(0, 4));
      await storage.purge();
    });
    const nodes = nodesOf(stateAfter(OLD));
    for (const { what, directory: left } of moments) {
      expect((await recovered(left, layout)).nodes, what).toEqual(nodes);
      expect(await apacheSees(left, layout), what).toBe(nodes.join());
    }
    expect(moments.length).toBeGreaterThan(5);
  });

  it('while storing an epoch leaves the old one or the new one', async () => {
    const directory = await prepared(layout, (storage) => storage.storeEpoch('acceptedEpoch', 1));
    const moments = await crashes(directory, layout, async (storage, reported) => {
      await storage.storeEpoch('acceptedEpoch', 2);
      reported.push('accepted');
      await storage.storeEpoch('currentEpoch', 2);
      reported.push('current');
    });
    for (const { what, directory: left, reported } of moments) {
      const { acceptedEpoch, currentEpoch } = await recovered(left, layout);
      const accepted = reported.includes('accepted') ? [2] : [1, 2];
      expect(accepted, what).toContain(acceptedEpoch);
      expect(reported.includes('current') ? [2] : [0, 2], what).toContain(currentEpoch);
    }
    expect(moments.length).toBeGreaterThan(5);
  });

  const histories: readonly [string, readonly Transaction[], readonly Transaction[]][] = [
    ['one that is ahead', [...OLD, createNode(2, 1)], [createNode(2, 2), createNode(2, 3)]],
    ['one whose snapshot is older', OLD.slice(0, 1), [createNode(1, 2), createNode(2, 1)]],
    ['one whose files have the names of old ones', OLD.slice(0, 3), [createNode(1, 4), createNode(2, 1)]],
    ['one without transactions behind the snapshot', [...OLD, createNode(2, 1)], []],
    ['an older snapshot alone', OLD.slice(0, 2), []],
  ];
  const olds: readonly [string, (storage: Storage) => Promise<void> | void][] = [
    ['several snapshots and logs', twoSnapshots],
    ['nothing', () => undefined],
    ['a snapshot and no log', (storage) => save(storage, OLD.slice(0, 3))],
  ];
  it('while an installation is settled after a crash does not change what comes of it', async () => {
    const directory = await prepared(layout, twoSnapshots);
    const first = await crashes(directory, layout, (storage) => {
      const state = stateAfter([...OLD, createNode(2, 1)]);
      storage.installSnapshot(zxid(2, 1), snapshotChunks(state), [createNode(2, 2)]);
    });
    let settled = 0;
    for (const { what, directory: left } of first) {
      const again = await crashes(left, layout, () => undefined);
      const expected = await recovered(left, layout);
      for (const { what: then, directory: twice } of again) {
        expect(await recovered(twice, layout), `${what}, then ${then}`).toEqual(expected);
        rmSync(twice, { recursive: true });
        settled++;
      }
    }
    expect(settled).toBeGreaterThan(first.length);
  });

  for (const [before, prepare] of olds) {
    for (const [after, state, transactions] of histories) {
      it(`while ${after} takes the place of ${before} leaves the old history or the new one`, async () => {
        const directory = await prepared(layout, prepare);
        const old = await recovered(directory, layout);
        const last = [...state, ...transactions].at(-1)?.zxid ?? zxid(0, 0);
        const moments = await crashes(directory, layout, (storage) => {
          const base = state.at(-1)?.zxid ?? zxid(0, 0);
          storage.installSnapshot(base, snapshotChunks(stateAfter(state)), transactions);
        });
        const installed = await recovered(directory, layout);
        expect(installed.nodes).toEqual(nodesOf(stateAfter([...state, ...transactions])));
        const seen = new Set<string>();
        for (const { what, directory: left, reported } of moments) {
          const sight = await apacheSees(left, layout);
          seen.add(sight === old.nodes.join() ? 'old' : sight === installed.nodes.join() ? 'new' : sight);
          const there = await recovered(left, layout);
          if (reported.includes(formatZxid(last))) expect(there, what).toEqual(installed);
          else expect([old, installed], what).toContainEqual(there);
          expect(await apacheSees(left, layout), what).toBe(there.nodes.join());
        }
        seen.delete('refused');
        expect([...seen].sort()).toEqual(['new', 'old']);
      });
    }
  }
});

/**
 * What Apache's server would make of the directories: its rules for what it loads (`FileTxnSnapLog`), applied to files
 * that it does not know to be otherwise. `refused` when there is a log and no snapshot.
 */
async function apacheSees(directory: string, layout: Layout): Promise<string> {
  const data = path.join(directory, layout.data, 'version-2');
  const log = path.join(directory, layout.log, 'version-2');
  const logs = existsSync(log) ? await dataFiles(log, 'log') : [];
  const { found } = existsSync(data) ? await newestSnapshot(data, readState) : { found: undefined };
  if (found === undefined) return logs.length > 0 ? 'refused' : '';
  const from = logs.findLastIndex(({ zxid: first }) => !zxidLess(found.zxid, first));
  const transactions: Transaction[] = [];
  for (const { name, zxid: firstZxid } of logs.slice(Math.max(0, from))) {
    const options = { transactionBytesMax: 1 << 20, firstZxid, after: zxid(0, 0) };
    await scanLog(path.join(log, name), options, (transaction) => {
      if (zxidLess(found.zxid, transaction.zxid)) transactions.push(transaction);
    });
  }
  return nodesOf(stateAfter(transactions, found.value)).join();
}
