/**
 * Work that never changes, against which the parts are measured: rates as shares of its rate mean the same on a fast
 * machine and on a slow one. It does, with code of its own, what the parts do: sums over bytes, copies, objects that
 * soon are garbage, a map; and for those that write to the disk a write and a sync of as many bytes.
 *
 * Whoever changes it takes the limits anew (`npm run bench:check -- --update`).
 */
import { Buffer } from 'node:buffer';
import { open } from 'node:fs/promises';
import path from 'node:path';

import type { OpenPart, Part } from './part.ts';

const BYTES = 1024;
const ENTRIES = 16;
const MAP_SIZE = 1024;
const BATCH = 20;

interface Entry {
  readonly key: number;
  readonly bytes: Buffer;
}

export const memoryReference: Part = {
  name: 'reference: sums, copies, objects, a map',
  operation: 'piece of work',
  onDisk: false,
  open: () => {
    const source = Buffer.alloc(BYTES, 'reference');
    const copy = Buffer.alloc(BYTES);
    const map = new Map<number, Entry>();
    let key = 0;
    return {
      operations: BATCH,
      run: () => {
        for (let count = 0; count < BATCH; count++) {
          let sum = 1;
          for (const byte of source) sum = (sum + byte) & 0xffff;
          copy.set(source);
          for (let entries = 0; entries < ENTRIES; entries++) {
            key = (key + 7) % MAP_SIZE;
            map.set(key, { key, bytes: source.subarray(entries, entries + ENTRIES) });
          }
          if (map.get(key)?.bytes.length !== ENTRIES || sum === 0) throw new Error('the reference is broken');
        }
      },
    };
  },
};

const DISK_BYTES = 16 * 1024;
const FILE_BYTES = 64 * 1024 * 1024;

export const diskReference: Part = {
  name: 'reference: a write and a sync',
  operation: 'batch',
  onDisk: true,
  open: async (directory): Promise<OpenPart> => {
    const handle = await open(path.join(directory, 'reference'), 'w');
    await handle.truncate(FILE_BYTES);
    await handle.sync();
    const bytes = Buffer.alloc(DISK_BYTES, 'reference');
    let position = 0;
    return {
      operations: 1,
      run: async () => {
        if (position + DISK_BYTES > FILE_BYTES) position = 0;
        await handle.write(bytes, 0, DISK_BYTES, position);
        await handle.datasync();
        position += DISK_BYTES;
      },
      close: () => handle.close(),
    };
  },
};
