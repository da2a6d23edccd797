/** Cuts the end of a log on disk off. */
import { rm } from 'node:fs/promises';
import path from 'node:path';

import { formatZxid, ZERO_ZXID, zxidLess, zxidsEqual, type Zxid } from '../broadcast/zxid.ts';
import { syncDirectory, syncFile } from './atomic-file.ts';
import { dataFiles } from './data-files.ts';
import { DiskError, REMEDY } from './disk-error.ts';
import type { RecoveryOptions } from './log-recovery.ts';
import { scanLog } from './log-scan.ts';

/**
 * Removes what comes after `zxid`, newest file first, so that a crash meanwhile leaves a beginning of what was there; on
 * disk when it returns. Nothing is removed when the log does not go through `zxid`.
 * @throws DiskError when `zxid` is neither in the log nor its base, or the disk would not do it
 */
export async function cutLog(directory: string, zxid: Zxid, options: RecoveryOptions): Promise<void> {
  const files = await dataFiles(directory, 'log');
  const kept = files.filter((file) => !zxidLess(zxid, file.zxid));
  const through = kept.at(-1);
  let found = zxidsEqual(zxid, options.base);
  /** Where in the last file that is kept the cut comes. */
  let cutAt: number | undefined;
  const file = through && path.join(directory, through.name);
  if (through !== undefined && file !== undefined) {
    const { end } = await scanLog(
      file,
      { ...options, firstZxid: through.zxid, after: ZERO_ZXID },
      (entry, offset) => {
        if (zxidsEqual(entry.zxid, zxid)) found = true;
        if (cutAt === undefined && zxidLess(zxid, entry.zxid)) cutAt = offset;
      },
    );
    if (end.type === 'damaged') {
      throw new DiskError(`${file}: offset ${end.offset}: ${end.reason}; ${REMEDY}`);
    }
  }
  if (!found) {
    throw new DiskError(
      `the log in ${directory} is to be cut behind ${formatZxid(zxid)}, which is not in it; let this server start with empty directories`,
    );
  }
  for (const { name } of files.slice(kept.length).reverse()) {
    await rm(path.join(directory, name));
    await syncDirectory(directory);
  }
  if (file !== undefined && cutAt !== undefined) await syncFile(file, cutAt);
}
