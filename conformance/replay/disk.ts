/** A server's disk, and what else its host remembers. All of it immutable: each operation answers with another one. */
import type { HistoryContent } from '../../impl/broadcast/history.ts';
import type { Transactions } from '../../impl/broadcast/transaction-run.ts';
import { transactionsEqual, type Transaction } from '../../impl/broadcast/transaction.ts';
import { ZERO_ZXID, zxidsEqual, type Zxid } from '../../impl/broadcast/zxid.ts';

/** What survives a crash, and what a crash may take. */
export interface Disk {
  readonly acceptedEpoch: number;
  readonly currentEpoch: number;
  readonly history: readonly Transaction[];
  /** Length of the prefix of the history that a crash cannot take. */
  readonly durable: number;
  /** What was cut off the history, as long as a crash can bring it back. */
  readonly cutTail: readonly Transaction[];
}

/** One server without its peer. */
export interface Host {
  readonly disk: Disk;
  /** The epoch whose storing has begun and not ended. */
  readonly pendingEpoch: number | null;
  /** Transactions delivered since the start. */
  readonly delivered: number;
}

/** What a peer asked for that its host cannot do. The sentence has no subject: it is the peer. */
export class HostRefusal extends Error {
  override readonly name = 'HostRefusal';
}

export const emptyHost: Host = {
  disk: { acceptedEpoch: 0, currentEpoch: 0, history: [], durable: 0, cutTail: [] },
  pendingEpoch: null,
  delivered: 0,
};

export function appended(disk: Disk, transactions: Transactions): Disk {
  return { ...disk, history: [...disk.history, ...transactions] };
}

/** The log with everything after a zxid cut off. */
export function truncated(disk: Disk, zxid: Zxid): Disk {
  return replaced(disk, lengthUpTo(disk.history, zxid), []);
}

/** A peer's history in the specification's terms: nothing of it is in a snapshot only. */
export function wholeHistory({ base, transactions }: HistoryContent): readonly Transaction[] {
  if (!zxidsEqual(base, ZERO_ZXID)) throw new HostRefusal('has forgotten the beginning of its history');
  return transactions;
}

/** The log made equal to another history: what they have in common stays. */
export function installed(disk: Disk, history: readonly Transaction[]): Disk {
  const { length } = history;
  let common = 0;
  for (; common < length; common += 1) {
    const mine = disk.history[common];
    const theirs = history[common];
    if (mine === undefined || theirs === undefined || !transactionsEqual(mine, theirs)) break;
  }
  return replaced(disk, common, history.slice(common));
}

/** Everything after the first transactions is cut, and others are put in its place; the cut is not synced yet. */
function replaced(disk: Disk, keep: number, tail: readonly Transaction[]): Disk {
  if (disk.cutTail.length > 0) throw new HostRefusal('cuts a log whose last cut is not synced');
  return {
    ...disk,
    history: [...disk.history.slice(0, keep), ...tail],
    durable: Math.min(disk.durable, keep),
    cutTail: disk.history.slice(keep),
  };
}

/** A sync of the first transactions of the log, and of every cut. */
export function synced(disk: Disk, length: number): Disk {
  return { ...disk, durable: Math.max(disk.durable, length), cutTail: [] };
}

/** How a crash can leave the log. */
export type CrashChoice =
  /** That many transactions are read back. */
  | { readonly kind: 'keep'; readonly length: number }
  /** A cut had not reached the disk: that many of the transactions that were cut off are read back. */
  | { readonly kind: 'uncut'; readonly length: number };

/** All ways in which a crash can leave this disk. */
export function crashChoices(disk: Disk): CrashChoice[] {
  const choices: CrashChoice[] = [];
  for (let length = disk.durable; length <= disk.history.length; length += 1)
    choices.push({ kind: 'keep', length });
  for (let length = 1; length <= disk.cutTail.length; length += 1) choices.push({ kind: 'uncut', length });
  return choices;
}

/** What is found after a crash. What was read back beyond `durable` is not known to be on disk. */
export function crashed(disk: Disk, choice: CrashChoice): Disk {
  const history =
    choice.kind === 'keep'
      ? disk.history.slice(0, choice.length)
      : [...disk.history.slice(0, disk.durable), ...disk.cutTail.slice(0, choice.length)];
  return { ...disk, history, cutTail: [] };
}

/** Position of a zxid in a log: the length of the prefix that it ends. */
function lengthUpTo(history: readonly Transaction[], zxid: Zxid): number {
  if (zxid.epoch === 0 && zxid.counter === 0) return 0;
  const index = history.findIndex((transaction) => zxidsEqual(transaction.zxid, zxid));
  if (index < 0)
    throw new HostRefusal(`cuts its log after ${zxid.epoch}.${zxid.counter}, which is not in it`);
  return index + 1;
}
