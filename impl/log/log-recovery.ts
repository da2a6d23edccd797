/** What a directory of log files holds when a server starts; mends what a crash left, and only that. */
import { rm } from 'node:fs/promises';
import path from 'node:path';

import { formatZxid, ZERO_ZXID, zxidLess, type Zxid } from '../broadcast/zxid.ts';
import type { Transaction } from '../broadcast/transaction.ts';
import { syncDirectory, syncFile } from './atomic-file.ts';
import { DiskError, REMEDY } from './disk-error.ts';
import { dataFiles, type DataFile } from './data-files.ts';
import { scanLog, type ScannedLog } from './log-scan.ts';

export interface RecoveredLog {
  /** What comes after the base. */
  readonly transactions: readonly Transaction[];
  /** What a person should know, a line each: what was cut off. */
  readonly notes: readonly string[];
}

export interface RecoveryOptions {
  /** The longest transaction that is accepted, in bytes. */
  readonly transactionBytesMax: number;
  /** What is up to here is known from a snapshot: it is not needed, and files with nothing else are not read. */
  readonly base: Zxid;
}

/**
 * Reads the log behind the base, cuts a torn tail off, and syncs what was read: all that is returned is on disk.
 *
 * A torn tail with another log behind it is what a server leaves that does not cut, as Apache's does not. It is accepted
 * when the other log goes on with the very next zxid: then nothing that was acknowledged can have been in the tail.
 * @throws DiskError naming file and offset, where something that was acknowledged may be lost
 */
export async function recoverLog(directory: string, options: RecoveryOptions): Promise<RecoveredLog> {
  const files = neededAfter(options.base, await dataFiles(directory, 'log'));
  const transactions: Transaction[] = [];
  const scans: { readonly file: string; readonly scanned: ScannedLog }[] = [];
  /** Up to where the state or the log is known. */
  let known = options.base;
  let last = ZERO_ZXID;
  for (const [index, { name, zxid }] of files.entries()) {
    const file = path.join(directory, name);
    if (zxidLess(known, zxid) && !mayFollow(known, zxid)) {
      throw new DiskError(
        `${file}: begins with ${formatZxid(zxid)}, and nothing is there between ${formatZxid(known)} and that: a log or snapshot is missing; ${REMEDY}`,
      );
    }
    const scanned = await scanLog(file, { ...options, firstZxid: zxid, after: last }, (transaction) => {
      if (zxidLess(options.base, transaction.zxid)) transactions.push(transaction);
    });
    last = scanned.last;
    if (zxidLess(known, last)) known = last;
    const next = files[index + 1];
    refuseDamage(file, scanned, next === undefined || isNext(known, next.zxid));
    scans.push({ file, scanned });
  }
  // Only now that nothing was refused is anything changed.
  const notes: string[] = [];
  for (const { file, scanned } of scans) {
    await settle(file, scanned);
    if (scanned.end.type === 'torn') {
      notes.push(`${file} cut at offset ${scanned.endOffset}: ${scanned.end.reason}`);
    }
  }
  if (files.length > 0) await syncDirectory(directory);
  return { transactions, notes };
}

/** Of the log files, ascending, those that may have something behind the base. */
function neededAfter(base: Zxid, files: readonly DataFile[]): readonly DataFile[] {
  const from = files.findLastIndex(({ zxid }) => !zxidLess(base, zxid) || isNext(base, zxid));
  return files.slice(Math.max(0, from));
}

/** Is b the zxid after a in the same epoch? */
function isNext(a: Zxid, b: Zxid): boolean {
  return a.epoch === b.epoch && b.counter === a.counter + 1;
}

/** Can b be the next after a? A new epoch begins at 1; whether one without a transaction was skipped is not known. */
function mayFollow(a: Zxid, b: Zxid): boolean {
  return isNext(a, b) || (a.epoch < b.epoch && b.counter === 1);
}

/** @throws DiskError unless the file is whole, or torn where nothing that was acknowledged can be behind the break */
function refuseDamage(file: string, { end, endOffset }: ScannedLog, mayBeTorn: boolean): void {
  if (end.type === 'damaged') {
    throw new DiskError(`${file}: offset ${end.offset}: ${end.reason}; ${REMEDY}`);
  }
  if (end.type === 'torn' && !mayBeTorn) {
    throw new DiskError(`${file}: offset ${endOffset}: ${end.reason}, and another log follows it; ${REMEDY}`);
  }
}

/** Cuts a torn tail off and syncs: what was read may still be on its way to the disk. A file without entries goes. */
async function settle(file: string, { end, endOffset, entries }: ScannedLog): Promise<void> {
  try {
    if (entries === 0) await rm(file);
    else await syncFile(file, end.type === 'torn' ? endOffset : undefined);
  } catch (error) {
    throw DiskError.from(`cannot settle ${file}`, error);
  }
}
