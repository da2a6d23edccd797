import { Buffer } from 'node:buffer';

import { describe, expect, it } from 'vitest';

import { OPEN_ACL } from '../wire/acl.ts';
import type { TransactionBody } from '../wire/transaction-body.ts';
import { decodeTransaction, encodeTransaction } from '../wire/transaction-record.ts';
import { ServiceState } from './service-state.ts';
import { snapshotChunks } from './snapshot-format.ts';
import { SnapshotStream } from './snapshot-stream.ts';

const CHUNK_BYTES = 64 * 1024;
/** What short data may share with others. */
const SLAB_BYTES = Buffer.poolSize;

const PATH = '/a';
const zxid = { epoch: 1, counter: 1 };

/** Applies a transaction that came in a chunk together with much else. */
function applyFromChunk(state: ServiceState, body: TransactionBody): void {
  const header = { sessionId: 1n, cxid: 1, zxid, time: 0 };
  const bytes = encodeTransaction({ header, body, digest: undefined });
  const chunk = Buffer.alloc(CHUNK_BYTES);
  chunk.set(bytes, 100);
  const decoded = decodeTransaction(chunk.subarray(100, 100 + bytes.length));
  if (!decoded.ok) throw new Error(decoded.reason);
  state.apply(decoded.value);
}

function created(data: Uint8Array | null): TransactionBody {
  return { type: 'create', path: PATH, data, acl: OPEN_ACL, ephemeral: false, parentCversion: -1 };
}

function dataOf(state: ServiceState): Uint8Array | null | undefined {
  return state.tree.get(PATH)?.data;
}

describe('the data that a node keeps', () => {
  const sizes = [0, 1, 100, 4000, 5000, 10_000];

  it.each(sizes)('hold on to no chunk that they came in: create of %d bytes', (length) => {
    const state = new ServiceState();
    const data = Buffer.alloc(length, 'zab');
    applyFromChunk(state, created(data));
    expect(Buffer.from(dataOf(state) ?? 'missing')).toEqual(data);
    expect(dataOf(state)?.buffer.byteLength).toBeLessThanOrEqual(Math.max(SLAB_BYTES, length));
  });

  it.each(sizes)(
    'hold on to no chunk that they came in once it is released: setData of %d bytes',
    (length) => {
      const state = new ServiceState();
      const data = Buffer.alloc(length, 'zab');
      applyFromChunk(state, created(null));
      expect(dataOf(state)).toBeNull();
      applyFromChunk(state, { type: 'setData', path: PATH, data, version: 1 });
      state.tree.releaseChunks();
      expect(Buffer.from(dataOf(state) ?? 'missing')).toEqual(data);
      expect(dataOf(state)?.buffer.byteLength).toBeLessThanOrEqual(Math.max(SLAB_BYTES, length));
      applyFromChunk(state, { type: 'setData', path: PATH, data: null, version: 2 });
      expect(dataOf(state)).toBeNull();
    },
  );

  it('hold on to no chunk of the snapshot that they came in', () => {
    const state = new ServiceState();
    applyFromChunk(state, created(Buffer.from('zab')));
    const bytes = Buffer.concat([...snapshotChunks(state)]);
    const chunk = Buffer.alloc(CHUNK_BYTES);
    chunk.set(bytes);
    const stream = new SnapshotStream(zxid, CHUNK_BYTES);
    stream.push(chunk.subarray(0, bytes.length));
    const next = stream.next();
    if (!next.ok || next.state === undefined) throw new Error('all of the snapshot came');
    expect(dataOf(next.state)).toEqual(Buffer.from('zab'));
    expect(dataOf(next.state)?.buffer.byteLength).toBeLessThanOrEqual(SLAB_BYTES);
  });

  it('are not copied where they are most of what came', () => {
    const state = new ServiceState();
    applyFromChunk(state, created(Buffer.alloc(CHUNK_BYTES - 1000)));
    expect(dataOf(state)?.buffer.byteLength).toBe(CHUNK_BYTES);
  });
});
