import { Buffer } from 'node:buffer';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { BatchLog, openFilled, SYNC_WAYS } from './batch-log.ts';

const BYTES = 1024 * 1024;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zab-batch-log-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe.each(SYNC_WAYS)('a log that syncs by %s', (way) => {
  it('tells what is on disk once it is in the file, in order, and gathers meanwhile', async () => {
    const file = join(folder, 'log');
    const handle = await openFilled(file, BYTES, way);
    const told: number[] = [];
    const expected = Buffer.from(Array.from({ length: 100 }, (_, index) => index + 1));
    await new Promise<void>((resolve) => {
      const log = new BatchLog(handle, BYTES, way, (count) => {
        told.push(count);
        expect(readFileSync(file).subarray(0, count)).toEqual(expected.subarray(0, count));
        if (count === 100) resolve();
      });
      for (const byte of expected) log.append(Buffer.from([byte]), 1);
    });
    await handle.close();
    // All of one turn are one batch.
    expect(told).toEqual([100]);
  });

  it('begins anew at the end of its file', async () => {
    const file = join(folder, 'log');
    const handle = await openFilled(file, BYTES, way);
    await new Promise<void>((resolve) => {
      const log = new BatchLog(handle, BYTES, way, (count) => {
        if (count === 1) log.append(Buffer.alloc(0.6 * BYTES, 2), 1);
        else resolve();
      });
      log.append(Buffer.alloc(0.6 * BYTES, 1), 1);
    });
    await handle.close();
    const bytes = readFileSync(file);
    expect(bytes.length).toBe(BYTES);
    expect(bytes[0]).toBe(2);
  });
});
