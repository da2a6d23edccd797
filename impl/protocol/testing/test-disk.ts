/** The disk of a server in a TestCluster, and the whole histories that it is made of. */
import { assert } from '../../broadcast/assertion.ts';
import type { HistoryContent } from '../../broadcast/history.ts';
import { transactionsEqual, type Transaction } from '../../broadcast/transaction.ts';
import { ZERO_ZXID, zxidsEqual, type Zxid } from '../../broadcast/zxid.ts';

/** What a server would find after a crash, and what it could find. */
export interface TestDisk {
  acceptedEpoch: number;
  currentEpoch: number;
  history: readonly Transaction[];
  durable: number;
  cutTail: readonly Transaction[];
  /** A write of the current epoch that has begun. */
  pendingEpoch: number | undefined;
  /** How many transactions the newest snapshot stands for; the log need not have them. */
  snapshot: number;
  /** What a crash brings back while a snapshot of the leader is being installed, whose history has `installed` entries. */
  replaced:
    | { readonly history: readonly Transaction[]; readonly snapshot: number; readonly installed: number }
    | undefined;
}

export function isSame(a: Transaction | undefined, b: Transaction | undefined): boolean {
  return a !== undefined && b !== undefined && transactionsEqual(a, b);
}

export function contentAfter(history: readonly Transaction[], n: number): HistoryContent {
  return { base: zxidAt(history, n), transactions: history.slice(n) };
}

/** How many transactions there are up to one that is there, or to ZERO_ZXID. */
export function lengthUpTo(history: readonly Transaction[], zxid: Zxid): number {
  const length = history.findIndex((t) => zxidsEqual(t.zxid, zxid)) + 1;
  assert(length > 0 || zxidsEqual(zxid, ZERO_ZXID), 'the zxid is in the history');
  return length;
}

export function zxidAt(history: readonly Transaction[], n: number): Zxid {
  return history[n - 1]?.zxid ?? ZERO_ZXID;
}

/** What follows the first n entries is replaced; the cut reaches the disk at the next sync. */
export function replace(disk: TestDisk, n: number, rest: readonly Transaction[]): void {
  assert(n <= disk.durable, 'what is cut was on disk');
  disk.cutTail = disk.history.slice(n);
  disk.history = [...disk.history.slice(0, n), ...rest];
  disk.durable = n;
}
