import { beforeEach, describe, expect, it } from 'vitest';

import { encodeTransaction } from '../wire/transaction-record.ts';
import { ServiceState } from '../service/service-state.ts';
import { Service } from './service.ts';
import { Snapshots } from './snapshots.ts';

/** Saved snapshots and what was forgotten, by the counters of their zxids. */
let saved: number[];
let compacted: number[];
let failures: unknown[];
let ends: { resolve: () => void; reject: (error: Error) => void }[];
let service: Service;
let snapshots: Snapshots;

beforeEach(() => {
  saved = [];
  compacted = [];
  failures = [];
  ends = [];
  // A snapshot each two transactions.
  service = new Service(new ServiceState(), { transactions: 2, bytes: 1_000_000 }, () => 1);
  snapshots = new Snapshots({
    service,
    save: ({ counter }) => {
      saved.push(counter);
      return new Promise((resolve, reject) => {
        ends.push({ resolve, reject });
      });
    },
    compacted: ({ counter }) => compacted.push(counter),
    failed: (error) => failures.push(error),
  });
});

function apply(from: number, to: number): void {
  for (let counter = from; counter <= to; counter++) {
    const zxid = { epoch: 1, counter };
    const header = { sessionId: 0n, cxid: 0, zxid, time: 0 };
    const record = { header, body: { type: 'createSession', timeoutMs: 1000 }, digest: undefined } as const;
    service.apply({ zxid, payload: encodeTransaction(record) });
    snapshots.applied();
  }
}

async function end(number: number, error?: Error): Promise<void> {
  if (error === undefined) ends[number]?.resolve();
  else ends[number]?.reject(error);
  await new Promise((resolve) => setImmediate(resolve));
}

describe('a snapshot', () => {
  it('leaves nodes without the chunks that their data came in', () => {
    const chunk = new Uint8Array(100_000);
    const put = (counter: number): void => {
      service.state.tree.setData('/zookeeper', chunk.subarray(0, 50), counter, { epoch: 1, counter }, 0);
    };
    const held = (): number | undefined => service.state.tree.get('/zookeeper')?.data?.buffer.byteLength;
    put(1);
    apply(1, 1);
    expect(held()).toBe(chunk.length);
    apply(2, 2);
    expect(saved).toEqual([2]);
    expect(held()).toBeLessThan(chunk.length);
  });

  it('is not taken while another one is being saved, and then at once', async () => {
    apply(1, 9);
    expect(saved).toEqual([2]);
    await end(0);
    apply(10, 11);
    expect(saved).toEqual([2, 10]);
    await end(1);
    apply(12, 12);
    expect(saved).toEqual([2, 10, 12]);
  });

  it('lets go of what lies before the one before it', async () => {
    apply(1, 2);
    await end(0);
    expect(compacted).toEqual([]);
    apply(3, 4);
    await end(1);
    expect(compacted).toEqual([2]);
    snapshots.installed();
    apply(5, 6);
    await end(2);
    expect(compacted).toEqual([2]);
  });

  it('that cannot be saved is told', async () => {
    apply(1, 2);
    const error = new Error('the disk is full');
    await end(0, error);
    expect([failures, compacted]).toEqual([[error], []]);
  });
});
