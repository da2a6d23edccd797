/**
 * Puts another history in the place of the one on disk: a snapshot and the log behind it, as one step. After a crash at
 * any point there is the old history or the new one, whole.
 *
 * 1. The new files are written and synced in folders `installing`, one beside the snapshots, one beside the log, since
 *    these may be on different file systems. `log.0`, a log without entries, is put beside the old log, so that from here
 *    on there always is a log. Snapshots other than the newest one, which the old history needs, are removed.
 * 2. That newest one is moved into the folder `installing`: from this moment on the new history is the one that counts.
 * 3. The old logs are removed, the new log is moved in, then the new snapshot; then what is left over is removed.
 *
 * Up to 2, a server that starts drops the folders, and after it, it does what is left of 3: each step can be done again.
 * An Apache server, which knows nothing of this, sees the old history up to 2 and the new one when the snapshot is in its
 * place. In between it sees a log and no snapshot, with which it refuses to start: nothing of a mixture is ever served.
 */
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';

import type { Transaction } from '../broadcast/transaction.ts';
import { nextZxid, ZERO_ZXID, zxidOf, type Zxid } from '../broadcast/zxid.ts';
import { exists, syncDirectory } from './atomic-file.ts';
import { dataFileName, dataFiles, type DataFileKind, type Directories } from './data-files.ts';
import { DiskError } from './disk-error.ts';
import { EntryBuffer } from './entry-buffer.ts';
import { isWithoutEntries, LogWriter } from './log-writer.ts';
import { writeSnapshotFile } from './snapshot-file.ts';

const FOLDER = 'installing';
/** In the folder beside the snapshots: the old history's snapshot. That it is there is what decides. */
const REPLACED = 'replaced';
/** The log without entries. No transaction has that zxid. */
const PLACEHOLDER = dataFileName('log', ZERO_ZXID);

/** A history: the state at a zxid, as a snapshot tells it, and what comes after it. */
export interface NewHistory {
  readonly zxid: Zxid;
  readonly chunks: Iterable<Uint8Array>;
  readonly transactions: readonly Transaction[];
}

/**
 * Replaces what the directories hold; on disk when it returns. Nothing else writes to them meanwhile.
 * @param newest the zxid of the newest snapshot there, which is whole
 * @throws DiskError when the disk would not take it: then the old history or the new one is there
 */
export async function install(directories: Directories, newest: Zxid, history: NewHistory): Promise<void> {
  try {
    await drop(directories);
    await stage(directories, history);
    const old = dataFileName('snapshot', newest);
    await removeAll(directories.data, 'snapshot', old);
    const folder = path.join(directories.data, FOLDER);
    await rename(path.join(directories.data, old), path.join(folder, REPLACED));
    await syncDirectory(folder);
    await syncDirectory(directories.data);
    await finish(directories);
  } catch (error) {
    throw DiskError.from(`cannot install a snapshot in ${directories.data}`, error);
  }
}

/**
 * After a crash: drops an installation that was not decided, ends one that was.
 * @returns what a person should know of it
 * @throws DiskError when the disk would not take it
 */
export async function settleInstallation(directories: Directories): Promise<string | undefined> {
  try {
    const folder = path.join(directories.data, FOLDER);
    if (await exists(path.join(folder, REPLACED))) {
      await finish(directories);
      return `${folder}: a snapshot from the leader had been received; its installation was ended`;
    }
    const begun = await exists(folder);
    await drop(directories);
    return begun
      ? `${folder}: a snapshot from the leader had not been received whole; it was dropped`
      : undefined;
  } catch (error) {
    throw DiskError.from(`cannot settle an installation in ${directories.data}`, error);
  }
}

async function stage(directories: Directories, { zxid, chunks, transactions }: NewHistory): Promise<void> {
  const folders = foldersOf(directories);
  for (const folder of [folders.data, folders.log]) await mkdir(folder, { recursive: true });
  await writeSnapshotFile(folders.data, zxid, chunks);
  // There always is a log, with or without entries: that it is gone from the folder tells that it was moved.
  const first = transactions[0]?.zxid ?? nextZxid(zxid, zxid.epoch) ?? zxidOf(zxid.epoch + 1, 1);
  const buffer = new EntryBuffer();
  const log = await LogWriter.create(folders.log, first, 0, buffer);
  try {
    await log.write(transactions);
  } finally {
    await log.abandon();
  }
  await (await LogWriter.create(directories.log, ZERO_ZXID, 0, buffer)).close();
  await syncDirectory(directories.data);
  await syncDirectory(directories.log);
}

/** Step 3. */
async function finish(directories: Directories): Promise<void> {
  const folders = foldersOf(directories);
  const [snapshot] = await stagedFiles(folders.data, 'snapshot');
  // After a crash the one that was moved into the folder may be in its old place too.
  if (snapshot !== undefined) await removeAll(directories.data, 'snapshot');
  const [log] = await stagedFiles(folders.log, 'log');
  if (log !== undefined) {
    await removeAll(directories.log, 'log', PLACEHOLDER);
    await move(log, folders.log, directories.log);
  }
  if (snapshot !== undefined) await move(snapshot, folders.data, directories.data);
  await drop(directories);
}

/** Removes the folders and the log without entries. */
async function drop(directories: Directories): Promise<void> {
  const placeholder = path.join(directories.log, PLACEHOLDER);
  if (await isWithoutEntries(placeholder)) await rm(placeholder);
  const folders = foldersOf(directories);
  // The one that says what was decided goes last.
  await rm(folders.log, { recursive: true, force: true });
  await rm(folders.data, { recursive: true, force: true });
  await syncDirectory(directories.log);
  await syncDirectory(directories.data);
}

function foldersOf({ data, log }: Directories): Directories {
  return { data: path.join(data, FOLDER), log: path.join(log, FOLDER) };
}

async function stagedFiles(folder: string, kind: DataFileKind): Promise<string[]> {
  return (await exists(folder)) ? (await dataFiles(folder, kind)).map(({ name }) => name) : [];
}

/** Removes the files of a kind, but for one. */
async function removeAll(directory: string, kind: DataFileKind, but?: string): Promise<void> {
  for (const { name } of await dataFiles(directory, kind)) {
    if (name !== but) await rm(path.join(directory, name));
  }
  await syncDirectory(directory);
}

async function move(name: string, from: string, to: string): Promise<void> {
  await rename(path.join(from, name), path.join(to, name));
  await syncDirectory(to);
  await syncDirectory(from);
}
