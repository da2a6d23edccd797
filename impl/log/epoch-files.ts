/**
 * `acceptedEpoch` and `currentEpoch` (f.p and f.a of the paper), each a file with a decimal number, as ZooKeeper has them.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { isUint32 } from '../broadcast/zxid.ts';
import { replaceFile } from './atomic-file.ts';
import { DiskError, hasCode, REMEDY } from './disk-error.ts';

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
    if (hasCode(error, 'ENOENT')) return undefined;
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

/** What a server has promised and joined, as its directory tells. */
export interface RecoveredEpochs {
  readonly acceptedEpoch: number;
  readonly currentEpoch: number;
  readonly notes: readonly string[];
}

/**
 * Reads both. Where files are missing the epoch of the last zxid stands for them, as ZooKeeper has it: a server that ran
 * alone has none. A log whose last epoch is above `currentEpoch` is no error: a crash came between the two.
 * @throws DiskError when what is there cannot be, because a promise was lost
 */
export async function recoverEpochs(directory: string, lastEpoch: number): Promise<RecoveredEpochs> {
  const storedCurrent = await readEpoch(directory, 'currentEpoch');
  const storedAccepted = await readEpoch(directory, 'acceptedEpoch');
  const currentEpoch = storedCurrent ?? lastEpoch;
  const accepted = storedAccepted ?? lastEpoch;
  if (accepted < currentEpoch && storedCurrent !== undefined) {
    const file = path.join(directory, 'acceptedEpoch');
    throw new DiskError(
      `${file}: ${storedAccepted === undefined ? 'it is not there, and the last zxid is of epoch' : 'it holds epoch'} ${accepted}, below currentEpoch, which is ${currentEpoch}; ${REMEDY}`,
    );
  }
  // To have promised more than was promised is safe.
  const acceptedEpoch = Math.max(accepted, lastEpoch);
  const notes =
    storedAccepted !== undefined && storedAccepted < acceptedEpoch
      ? [
          `${directory}: acceptedEpoch is ${storedAccepted}, the last zxid of epoch ${lastEpoch}: that is taken`,
        ]
      : [];
  return { acceptedEpoch, currentEpoch, notes };
}
