/** Snapshots of more than one piece. */
import { Buffer } from 'node:buffer';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { zxid } from '../broadcast/zxid.ts';
import { snapshotChunks } from '../service/snapshot-format.ts';
import type { ServiceState } from '../service/service-state.ts';
import { newestSnapshot, writeSnapshotFile, type StateStream } from './snapshot-file.ts';
import { createNode, nodesOf, readState, stateAfter } from './testing/transactions.ts';

const NEWER = zxid(1, 4);
const NEWER_FILE = 'snapshot.100000004';
const MIB = 1 << 20;

let directory: string;
let state: ServiceState;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'zab-snapshot-'));
  // The pieces end within the data of nodes.
  state = stateAfter([1, 2, 3, 4].map((counter) => createNode(1, counter, 700_000)));
  await writeSnapshotFile(directory, zxid(1, 1), snapshotChunks(stateAfter([createNode(1, 1)])));
  await writeSnapshotFile(directory, NEWER, snapshotChunks(state));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

describe('a snapshot of several pieces', () => {
  it('is read a piece at a time', async () => {
    const pieces: number[] = [];
    const { found } = await newestSnapshot(directory, (at, offset): StateStream<ServiceState> => {
      const stream = readState(at, offset);
      return {
        get offset() {
          return stream.offset;
        },
        push: (chunk) => {
          pieces.push(chunk.length);
          stream.push(chunk);
        },
        next: () => stream.next(),
        rest: () => stream.rest(),
      };
    });
    expect(nodesOf(found?.value ?? stateAfter([]))).toEqual(nodesOf(state));
    expect(pieces).toHaveLength(3);
    expect(Math.max(...pieces)).toBe(MIB);
  });

  it.each([0, 15, 16, 20, MIB + 16, 2 * MIB + 16, 2_700_000, -14, -13, -1])(
    'is left aside when its file ends at %i',
    async (at) => {
      const file = path.join(directory, NEWER_FILE);
      await truncate(file, at < 0 ? (await readFile(file)).length + at : at);
      const { found, skipped } = await newestSnapshot(directory, readState);
      expect(found?.zxid).toEqual(zxid(1, 1));
      expect(skipped.map(({ name }) => name)).toEqual([NEWER_FILE]);
    },
  );

  it.each([MIB - 100, MIB + 100, 2 * MIB + 100, -14, -13, -1])(
    'is left aside when its byte %i is another one',
    async (at) => {
      const file = path.join(directory, NEWER_FILE);
      const bytes = await readFile(file);
      const place = at < 0 ? bytes.length + at : at;
      bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
      await writeFile(file, bytes);
      const { found, skipped } = await newestSnapshot(directory, readState);
      expect(found?.zxid).toEqual(zxid(1, 1));
      expect(skipped).toHaveLength(1);
    },
  );

  it('may have something behind its seal', async () => {
    const file = path.join(directory, NEWER_FILE);
    await writeFile(file, Buffer.alloc(3 * MIB, 1), { flag: 'a' });
    const { found } = await newestSnapshot(directory, readState);
    expect(found?.zxid).toEqual(NEWER);
  });
});
