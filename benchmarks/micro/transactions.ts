/** The transactions that all parts work on: `setData` of 100 bytes, as `zab bench` asks for by default. */
import { Buffer } from 'node:buffer';

import { TransactionRun } from '../../impl/broadcast/transaction-run.ts';
import type { Zxid } from '../../impl/broadcast/zxid.ts';
import { encodeTransactions, type TransactionRecord } from '../../impl/wire/transaction-record.ts';

export const PATH = '/zab-bench/0';
export const DATA = Buffer.alloc(100, 'zab');
export const SESSION = 0x100_0000_0000n;

export function recordOf(zxid: Zxid): TransactionRecord {
  return {
    header: { sessionId: SESSION, cxid: zxid.counter, zxid, time: 1_700_000_000_000 },
    body: { type: 'setData', path: PATH, data: DATA, version: zxid.counter },
    digest: undefined,
  };
}

/** `count` transactions of an epoch, from its first on, as what comes together is proposed. */
export function transactionsOf(epoch: number, count: number): TransactionRun {
  const zxidAt = (index: number): Zxid => ({ epoch, counter: index + 1 });
  const records = Array.from({ length: count }, (_, index) => recordOf(zxidAt(index)));
  return new TransactionRun(zxidAt(0), encodeTransactions(records));
}
