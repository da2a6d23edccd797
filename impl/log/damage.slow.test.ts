/**
 * A log cut at every byte of its last two entries, and with every byte of them changed, opened by a storage. Prints how
 * many cases there were and what came of them.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';

import { formatZxid, zxid } from '../broadcast/zxid.ts';
import { snapshotChunks } from '../service/snapshot-format.ts';
import { entryBytes, HEADER_BYTES } from './log-format.ts';
import { Storage } from './storage.ts';
import { createNode, readState, stateAfter } from './testing/transactions.ts';

/** Changes of a byte: one bit low and high, some, and all. */
const CHANGES = [0x01, 0x24, 0x80, 0xff];
const ENTRIES = [1, 2, 3, 4, 5].map((counter) => createNode(1, counter));
/** The last two entries: these are cut and changed. */
const FIRST = ENTRIES.length - 2;

interface Layout {
  readonly name: string;
  /** How many entries each log file has; a snapshot is taken where one ends. */
  readonly files: readonly number[];
  /** What the last file has behind its entries. */
  readonly zeroes: number;
}

const LAYOUTS: readonly Layout[] = [0, 8192].flatMap((zeroes) => {
  const tail = zeroes === 0 ? 'nothing behind' : 'made longer ahead';
  return [
    { name: `one file, ${tail}`, files: [5], zeroes },
    { name: `two files, the last two entries in the second, ${tail}`, files: [3, 2], zeroes },
    { name: `two files, an entry of the last two in each, ${tail}`, files: [4, 1], zeroes },
  ];
});

/** Files come and go by the thousand: in memory where there is such a folder. */
const FOLDER = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

let root: string;
let logs: string;
/** What came of the cases, by layout. */
const counts = new Map<string, { cuts: number; recovered: number; changes: number; refused: number }>();

beforeEach(() => {
  root = mkdtempSync(path.join(FOLDER, 'zab-damage-'));
  logs = path.join(root, 'log', 'version-2');
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

afterAll(() => {
  console.table(Object.fromEntries(counts));
});

async function open() {
  return Storage.open(
    {
      dataDir: path.join(root, 'data'),
      dataLogDir: path.join(root, 'log'),
      transactionBytesMax: 1 << 20,
      preallocateBytes: 0,
      retainedSnapshots: 3,
      listener: {
        durable: () => undefined,
        failed: (error) => {
          throw error;
        },
      },
    },
    readState,
  );
}

/** The zxids that are read back, with those that only the snapshot has; or why it is refused. */
async function outcome(): Promise<string> {
  try {
    const { storage, recovered } = await open();
    await storage.close();
    return [recovered.base.zxid, ...recovered.transactions.map((entry) => entry.zxid)].map(formatZxid).join();
  } catch (error) {
    return String(error);
  }
}

/** Writes the log, with a snapshot at the first entry; the bytes of its files by name, in order. */
async function written({ files, zeroes }: Layout): Promise<Map<string, Buffer>> {
  const { storage } = await open();
  await storage.saveSnapshot(zxid(1, 1), snapshotChunks(stateAfter(ENTRIES.slice(0, 1))));
  await storage.close();
  let from = 0;
  for (const count of files) {
    const { storage: next } = await open();
    for (const entry of ENTRIES.slice(from, from + count)) next.append([entry]);
    await next.close();
    from += count;
  }
  const names = readdirSync(logs).sort();
  expect(names).toHaveLength(files.length);
  return new Map(
    names.map((name, index) => {
      const bytes = readFileSync(path.join(logs, name));
      return [name, index === names.length - 1 ? Buffer.concat([bytes, Buffer.alloc(zeroes)]) : bytes];
    }),
  );
}

function restore(files: ReadonlyMap<string, Buffer>): void {
  for (const name of readdirSync(logs)) rmSync(path.join(logs, name));
  for (const [name, bytes] of files) writeFileSync(path.join(logs, name), bytes);
}

/** Where the entry with that index stands. */
function place(
  { files }: Layout,
  written: ReadonlyMap<string, Buffer>,
  index: number,
): { file: string; begin: number; end: number } {
  let from = 0;
  let file = 0;
  while (index >= from + (files[file] ?? 0)) from += files[file++] ?? 0;
  let begin = HEADER_BYTES;
  for (const entry of ENTRIES.slice(from, index)) begin += entryBytes(entry.payload.length);
  const end = begin + entryBytes(ENTRIES[index]?.payload.length ?? 0);
  return { file: [...written.keys()][file] ?? '', begin, end };
}

/** What is recovered when so many entries are whole. */
function prefix(length: number): string {
  return ENTRIES.slice(0, length)
    .map((entry) => formatZxid(entry.zxid))
    .join();
}

describe.each(LAYOUTS)('a log in $name', (layout) => {
  it('cut at any byte of its last two entries is recovered up to the last whole one', async () => {
    const files = await written(layout);
    const names = [...files.keys()];
    const count = { cuts: 0, recovered: 0, changes: 0, refused: 0 };
    counts.set(layout.name, count);
    for (let index = FIRST; index < ENTRIES.length; index++) {
      const { file, begin, end } = place(layout, files, index);
      for (let cut = begin; cut < end; cut++) {
        // Files behind the cut were not there yet.
        const left = new Map([...files].slice(0, names.indexOf(file) + 1));
        const bytes = files.get(file) ?? Buffer.alloc(0);
        left.set(file, Buffer.concat([bytes.subarray(0, cut), Buffer.alloc(layout.zeroes)]));
        restore(left);
        count.cuts++;
        expect(await outcome(), `cut at ${cut} of ${file}`).toBe(prefix(index));
        count.recovered++;
        if (file === names.at(-1)) continue;
        // With the next file there, what is lost was acknowledged.
        restore(new Map([...files, [file, bytes.subarray(0, cut)]]));
        count.cuts++;
        expect(await outcome(), `cut at ${cut} of ${file}, a file behind`).toMatch(/^DiskError: /);
        count.refused++;
      }
    }
  });

  it('with any byte of its last two entries changed is refused, file and offset named, and left as it is', async () => {
    const files = await written(layout);
    const count = counts.get(layout.name) ?? { cuts: 0, recovered: 0, changes: 0, refused: 0 };
    for (let index = FIRST; index < ENTRIES.length; index++) {
      const { file, begin, end } = place(layout, files, index);
      for (let at = begin; at < end; at++) {
        for (const change of CHANGES) {
          const bytes = Buffer.from(files.get(file) ?? Buffer.alloc(0));
          bytes[at] = (bytes[at] ?? 0) ^ change;
          const changed = new Map([...files, [file, bytes]]);
          restore(changed);
          count.changes++;
          expect(await outcome(), `byte ${at} ^ ${change} of ${file}`).toMatch(
            new RegExp(`^DiskError: ${path.join(logs, file)}: offset (${begin}|${begin + 8}): `),
          );
          count.refused++;
          for (const [name, there] of changed) {
            expect(readFileSync(path.join(logs, name)).equals(there)).toBe(true);
          }
        }
      }
    }
  });
});
