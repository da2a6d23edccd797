/** What a directory of log files holds when a server starts; mends what a crash left, and only that. */
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';

import { compareZxids, ZERO_ZXID, type Zxid } from '../broadcast/zxid.ts';
import type { Transaction } from '../broadcast/transaction.ts';
import { syncDirectory, syncFile } from './atomic-file.ts';
import { DiskError } from './disk-error.ts';
import { parseDataFileName, type DataFile } from './log-names.ts';
import { scanLog, type ScannedLog } from './log-scan.ts';

/** A torn tail that was cut off. */
export interface CutTail {
  readonly file: string;
  readonly offset: number;
  readonly reason: string;
}

export interface RecoveredLog {
  readonly transactions: readonly Transaction[];
  readonly cut: CutTail | undefined;
}

export interface RecoveryOptions {
  /** The longest transaction that is accepted, in bytes. */
  readonly transactionBytesMax: number;
}

/** The log files of a directory, oldest first. */
export async function logFiles(directory: string): Promise<DataFile[]> {
  const names = await readdir(directory);
  return names
    .map(parseDataFileName)
    .filter((file): file is DataFile => file?.kind === 'log')
    .sort((a, b) => compareZxids(a.zxid, b.zxid));
}

/**
 * Reads the log, cuts a torn tail off, and syncs all of it: what is returned is on disk.
 * @throws DiskError naming file and offset, where something that was acknowledged may be lost
 */
export async function recoverLog(directory: string, options: RecoveryOptions): Promise<RecoveredLog> {
  const files = await logFiles(directory);
  const transactions: Transaction[] = [];
  let cut: CutTail | undefined;
  let last: Zxid = ZERO_ZXID;
  for (const [index, { name, zxid }] of files.entries()) {
    const file = path.join(directory, name);
    const scanned = scanLog(await readLog(file), { ...options, firstZxid: zxid, after: last });
    const torn = scanned.end.type === 'torn';
    if (torn && index < files.length - 1) {
      throw new DiskError(
        `${file}: offset ${scanned.endOffset}: ${reasonOf(scanned)}, and another log follows it; restore the file from a backup, or let this server start with an empty directory`,
      );
    }
    if (scanned.end.type === 'damaged') {
      throw new DiskError(
        `${file}: offset ${scanned.end.offset}: ${scanned.end.reason}; restore the file from a backup, or let this server start with an empty directory`,
      );
    }
    for (const transaction of scanned.transactions) transactions.push(transaction);
    last = transactions.at(-1)?.zxid ?? ZERO_ZXID;
    if (torn) cut = { file, offset: scanned.endOffset, reason: reasonOf(scanned) };
    await settle(file, scanned);
  }
  if (files.length > 0) await syncDirectory(directory);
  return { transactions, cut };
}

function reasonOf({ end }: ScannedLog): string {
  return end.type === 'whole' ? '' : end.reason;
}

async function readLog(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw DiskError.from(`cannot read ${file}`, error);
  }
}

/** Cuts a torn tail off and syncs: what was read may still be on its way to the disk. A file of nothing else goes. */
async function settle(file: string, { end, endOffset, transactions }: ScannedLog): Promise<void> {
  try {
    if (end.type === 'torn' && transactions.length === 0) {
      await rm(file);
      return;
    }
    await syncFile(file, end.type === 'torn' ? endOffset : undefined);
  } catch (error) {
    throw DiskError.from(`cannot settle ${file}`, error);
  }
}
