import { describe, expect, it } from 'vitest';

import { zxid } from '../broadcast/zxid.ts';
import type { TransactionRecord } from '../wire/transaction-record.ts';
import { ProposedRecords } from './proposed-records.ts';

function record(counter: number): TransactionRecord {
  return {
    header: { sessionId: 1n, cxid: counter, zxid: zxid(2, counter), time: 0 },
    body: { type: 'delete', path: `/${counter}` },
    digest: undefined,
  };
}

describe('what a leader has proposed', () => {
  it('is given back once, by its zxid, whatever was delivered in between', () => {
    const records = new ProposedRecords();
    const all = Array.from({ length: 3000 }, (_, at) => record(at + 1));
    for (const each of all) records.add(each);
    expect(records.take(zxid(1, 7))).toBeUndefined();
    expect(records.take(zxid(2, 1))).toBe(all[0]);
    expect(records.take(zxid(2, 1))).toBeUndefined();
    for (const each of all.slice(10)) expect(records.take(each.header.zxid)).toBe(each);
    expect(records.take(zxid(2, 3001))).toBeUndefined();
  });
});
