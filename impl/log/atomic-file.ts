/** Changes of files and directories that are on disk when they are done. */
import { access, mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

import { DiskError, hasCode } from './disk-error.ts';

/**
 * Replaces a file: the new content is synced under another name, renamed, and the directory synced. When it returns the
 * new content is on disk.
 * @throws DiskError when the disk would not take it; the old content is there still
 */
export async function replaceFile(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${file}.tmp`;
  try {
    const handle = await open(temporary, 'w');
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    await syncDirectory(path.dirname(file));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw DiskError.from(`cannot replace ${file}`, error);
  }
}

/** Makes the names of files that were created, renamed or removed in a directory durable. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes what a file holds durable, cut to `length` bytes first if that is given. */
export async function syncFile(file: string, length?: number): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    if (length !== undefined) await handle.truncate(length);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Is there such a file or directory, as far as this process can see? */
export async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/**
 * Makes a directory and those above it, unless they are there; on disk when it returns.
 * @throws DiskError when it cannot be made
 */
export async function makeDirectory(directory: string): Promise<void> {
  try {
    await makeWithParents(path.resolve(directory));
  } catch (error) {
    throw DiskError.from(`cannot make ${directory}`, error);
  }
}

/** Level by level: where nothing can be made, as below /proc, the recursive form of `mkdir` may not end. */
async function makeWithParents(directory: string): Promise<void> {
  if (await exists(directory)) return;
  const parent = path.dirname(directory);
  await makeWithParents(parent);
  await mkdir(directory).catch((error: unknown) => {
    // Another process has made it meanwhile.
    if (!hasCode(error, 'EEXIST')) throw error;
  });
  await syncDirectory(parent);
}
