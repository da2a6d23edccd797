import { describe, expect, it } from 'vitest';

import { zxid } from '../broadcast/zxid.ts';
import { ServiceState } from '../service/service-state.ts';
import { encodeTransaction } from '../wire/transaction-record.ts';
import { Service } from './service.ts';

/** After how many transactions of so many bytes each a snapshot is due, and the next one. */
function dueAfter(service: Service, dataBytes: number): number[] {
  const due: number[] = [];
  for (let counter = 1; counter <= 100; counter++) {
    const z = zxid(1, counter);
    const payload = encodeTransaction({
      header: { sessionId: 1n, cxid: counter, zxid: z, time: 0 },
      body: { type: 'setData', path: '/zookeeper', data: new Uint8Array(dataBytes), version: counter },
      digest: undefined,
    });
    service.apply({ zxid: z, payload });
    if (service.takesSnapshot() !== undefined) due.push(counter);
  }
  return due;
}

describe('a snapshot is due', () => {
  it('after so many transactions, or fewer when they are long', () => {
    const interval = { transactions: 40, bytes: 100_000 };
    expect(dueAfter(new Service(new ServiceState(), interval, () => 1), 10)).toEqual([40, 80]);
    expect(dueAfter(new Service(new ServiceState(), interval, () => 0), 10)).toEqual([20, 40, 60, 80, 100]);
    expect(dueAfter(new Service(new ServiceState(), interval, () => 1), 10_000)).toEqual(
      Array.from({ length: 10 }, (_, at) => 10 * (at + 1)),
    );
  });
});
