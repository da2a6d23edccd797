import { describe, expect, it } from 'vitest';

import type { LoadJob } from './load-job.ts';
import { outstandingAt } from './serve-load.ts';

function outstanding(connections: number, each: number): number[] {
  const job: LoadJob = {
    servers: [],
    connections,
    outstanding: each,
    ratePerSecond: undefined,
    payloadBytes: 0,
    warmupSeconds: 0,
    seconds: 1,
    binMs: 1000,
    reconnect: false,
  };
  return Array.from({ length: connections }, (_, place) => outstandingAt(job, place));
}

describe('requests under way', () => {
  it('are the same on each connection, or spread so that their sum is kept', () => {
    expect(outstanding(3, 200)).toEqual([200, 200, 200]);
    expect(outstanding(6, 10 / 6).reduce((sum, count) => sum + count, 0)).toBe(10);
    expect(outstanding(7, 1000 / 7).reduce((sum, count) => sum + count, 0)).toBe(1000);
  });
});
