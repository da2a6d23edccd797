/** The files in a data directory: `log.<zxid>` and `snapshot.<zxid>`, the zxid in hexadecimal. */
import { readdir } from 'node:fs/promises';

import { compareZxids, formatZxid, zxid, type Zxid } from '../broadcast/zxid.ts';
import { DiskError } from './disk-error.ts';

export type DataFileKind = 'log' | 'snapshot';

export interface DataFile {
  readonly kind: DataFileKind;
  readonly name: string;
  /** Of a log, that of its first transaction; of a snapshot, that of the last one in it. */
  readonly zxid: Zxid;
}

/** Where a server keeps its data; may be one directory. */
export interface Directories {
  /** Snapshots and epochs. */
  readonly data: string;
  readonly log: string;
}

export function dataFileName(kind: DataFileKind, z: Zxid): string {
  return `${kind}.${formatZxid(z).slice('0x'.length)}`;
}

/** What a file's name says; undefined for files that are not ours to read. */
export function parseDataFileName(name: string): DataFile | undefined {
  const match = /^(log|snapshot)\.([0-9a-f]{1,16})$/.exec(name);
  const digits = match?.[2]?.padStart(16, '0');
  if (match === null || digits === undefined) return undefined;
  return {
    kind: match[1] === 'log' ? 'log' : 'snapshot',
    name,
    zxid: zxid(Number.parseInt(digits.slice(0, 8), 16), Number.parseInt(digits.slice(8), 16)),
  };
}

/** The files of a kind in a directory, ascending. */
export async function dataFiles(directory: string, kind: DataFileKind): Promise<DataFile[]> {
  const names = await readdir(directory).catch((error: unknown) => {
    throw DiskError.from(`cannot read ${directory}`, error);
  });
  return names
    .map(parseDataFileName)
    .filter((file) => file !== undefined)
    .filter((file) => file.kind === kind)
    .sort((a, b) => compareZxids(a.zxid, b.zxid));
}
