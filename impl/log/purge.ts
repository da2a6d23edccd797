/** Removes snapshots and logs that nobody needs any more, as ZooKeeper's autopurge does. */
import { rm } from 'node:fs/promises';
import path from 'node:path';

import { zxidLess } from '../broadcast/zxid.ts';
import { syncDirectory } from './atomic-file.ts';
import { dataFiles, type DataFile, type Directories } from './data-files.ts';
import { DiskError } from './disk-error.ts';

/**
 * Leaves the `retained` newest snapshots (at least one), not counting those named in `broken`, and the logs from the one
 * that goes through the zxid of the oldest of these on. Snapshots go first, oldest first: a crash meanwhile leaves none
 * without its log.
 * @throws DiskError when a file cannot be removed
 */
export async function purge(
  directories: Directories,
  retained: number,
  broken: ReadonlySet<string>,
): Promise<void> {
  const snapshots = await dataFiles(directories.data, 'snapshot');
  const oldest = snapshots.filter(({ name }) => !broken.has(name)).slice(-Math.max(1, retained))[0];
  if (oldest === undefined) return;
  await remove(directories.data, snapshots.slice(0, snapshots.indexOf(oldest)));
  const logs = await dataFiles(directories.log, 'log');
  const through = logs.findLastIndex(({ zxid }) => !zxidLess(oldest.zxid, zxid));
  await remove(directories.log, logs.slice(0, Math.max(0, through)));
}

async function remove(directory: string, files: readonly DataFile[]): Promise<void> {
  for (const { name } of files) {
    await rm(path.join(directory, name)).catch((error: unknown) => {
      throw DiskError.from(`cannot remove ${path.join(directory, name)}`, error);
    });
  }
  if (files.length > 0) await syncDirectory(directory);
}
