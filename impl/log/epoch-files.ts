/**
 * `acceptedEpoch` and `currentEpoch` (f.p and f.a of the paper), each a file with a decimal number, as ZooKeeper has them.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { isUint32 } from '../broadcast/zxid.ts';
import { replaceFile } from './atomic-file.ts';
import { DiskError } from './disk-error.ts';

export type EpochName = 'acceptedEpoch' | 'currentEpoch';

/**
 * The epoch that a file holds; undefined when there is no such file.
 * @throws DiskError when what is there is no epoch
 */
export async function readEpoch(directory: string, name: EpochName): Promise<number | undefined> {
  const file = path.join(directory, name);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw DiskError.from(`cannot read ${file}`, error);
  }
  const epoch = Number(text.trim());
  if (!/^\s*\d+\s*$/.test(text) || !isUint32(epoch)) {
    throw new DiskError(
      `${file}: ${JSON.stringify(text.slice(0, 40))} is no epoch; a number from 0 to 4294967295 is expected`,
    );
  }
  return epoch;
}

/** Stores an epoch; it is on disk when this returns. */
export async function storeEpoch(directory: string, name: EpochName, epoch: number): Promise<void> {
  await replaceFile(path.join(directory, name), String(epoch));
}
