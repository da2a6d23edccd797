/**
 * Snapshots on disk, in ZooKeeper's format:
 *
 *     FileHeader: int magic "ZKSN"; int version 2; long dbid -1
 *     the snapshot
 *     seal: long checksum; ustring "/"
 *
 * The checksum is Adler-32 of all bytes before it. What ZooKeeper 3.6 and later put behind the seal, a digest of the tree
 * and seals of its own, is left out when we write and not looked at when we read: it says nothing about the state.
 */
import { Buffer } from 'node:buffer';
import { open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';

import { ZERO_ZXID, zxidLess, type Zxid } from '../broadcast/zxid.ts';
import { JuteReader } from '../wire/jute-reader.ts';
import { JuteWriter } from '../wire/jute-writer.ts';
import { decoded, MalformedInput, type Decoded } from '../wire/malformed.ts';
import { adler32, ADLER32_EMPTY } from './adler32.ts';
import { syncDirectory, syncFile } from './atomic-file.ts';
import { DiskError, REMEDY } from './disk-error.ts';
import { FilePieces } from './file-pieces.ts';
import { dataFileName, dataFiles, parseDataFileName } from './data-files.ts';

const MAGIC = 0x5a4b534e;
const VERSION = 2;
const HEADER_BYTES = 16;
const SEAL = '/';

/** Stores a snapshot of the state at `zxid`; whole and on disk when this returns, or not there at all. */
export async function writeSnapshotFile(
  directory: string,
  zxid: Zxid,
  chunks: Iterable<Uint8Array>,
): Promise<void> {
  const file = path.join(directory, dataFileName('snapshot', zxid));
  const temporary = `${file}.tmp`;
  try {
    const handle = await open(temporary, 'w');
    try {
      const header = new JuteWriter(HEADER_BYTES).int(MAGIC).int(VERSION).long(-1n).finish();
      let checksum = adler32(header, ADLER32_EMPTY);
      await handle.writeFile(header);
      for (const chunk of chunks) {
        checksum = adler32(chunk, checksum);
        await handle.writeFile(chunk);
      }
      await handle.writeFile(new JuteWriter().safeLong(checksum).string(SEAL).finish());
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    await syncDirectory(directory);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw DiskError.from(`cannot write ${file}`, error);
  }
}

/** Reads the bytes of a snapshot file; `read` takes the snapshot itself off the reader. */
export function decodeSnapshotFile<T>(bytes: Buffer, read: (reader: JuteReader) => T): Decoded<T> {
  return decoded(() => {
    const reader = new JuteReader(bytes);
    if (reader.int('magic') !== MAGIC) throw new MalformedInput('the file does not begin with ZKSN', 0);
    const version = reader.int('version');
    if (version !== VERSION) {
      throw new MalformedInput(`version ${version} of the format; only ${VERSION} is known`, 4);
    }
    reader.long('dbid');
    const value = read(reader);
    const end = reader.offset;
    const checksum = reader.safeLong('checksum');
    if (reader.string('seal') !== SEAL || checksum !== adler32(bytes.subarray(0, end))) {
      throw new MalformedInput('the checksum is wrong', end);
    }
    return value;
  });
}

/** A snapshot that was left aside, and why. */
export interface SkippedSnapshot {
  readonly file: string;
  readonly name: string;
  readonly zxid: Zxid;
  readonly offset: number;
  readonly reason: string;
}

export interface FoundSnapshot<T> {
  readonly zxid: Zxid;
  readonly value: T;
}

/**
 * The newest snapshot in a directory that is whole, synced; undefined when there is none. One that is not whole is left
 * aside: a server that crashed while it wrote one leaves that behind, and an older one with the log makes up for it.
 * @throws DiskError when a file cannot be read, or there are snapshots and none is whole
 */
export async function newestSnapshot<T>(
  directory: string,
  read: (reader: JuteReader, zxid: Zxid) => T,
): Promise<{ readonly found: FoundSnapshot<T> | undefined; readonly skipped: readonly SkippedSnapshot[] }> {
  const skipped: SkippedSnapshot[] = [];
  for (const { name, zxid } of (await dataFiles(directory, 'snapshot')).reverse()) {
    const file = path.join(directory, name);
    const bytes = await readWhole(file);
    const result = decodeSnapshotFile(bytes, (reader) => read(reader, zxid));
    if (result.ok) {
      await refuseCompressed(directory, zxid);
      await syncFile(file).catch((error: unknown) => {
        throw DiskError.from(`cannot sync ${file}`, error);
      });
      return { found: { zxid, value: result.value }, skipped };
    }
    skipped.push({ file, name, zxid, offset: result.offset, reason: result.reason });
  }
  const [newest] = skipped;
  if (newest !== undefined) {
    throw new DiskError(
      `${newest.file}: offset ${newest.offset}: ${newest.reason}, and no older snapshot is whole; ${REMEDY}`,
    );
  }
  await refuseCompressed(directory, ZERO_ZXID);
  return { found: undefined, skipped };
}

/** Removes what a server that crashed while it wrote a snapshot left behind. */
export async function removeUnfinishedSnapshots(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (/^snapshot\.[0-9a-f]{1,16}\.tmp$/.test(name)) await rm(path.join(directory, name));
  }
}

/** ZooKeeper can be told to compress snapshots; to pass over one would be to take an older state for the newest. */
async function refuseCompressed(directory: string, newest: Zxid): Promise<void> {
  for (const name of await readdir(directory)) {
    const uncompressed = /^(snapshot\..*)\.(gz|snappy)$/.exec(name)?.[1];
    const file = uncompressed === undefined ? undefined : parseDataFileName(uncompressed);
    if (file === undefined || zxidLess(file.zxid, newest)) continue;
    throw new DiskError(
      `${path.join(directory, name)}: compressed snapshots are not read; start ZooKeeper once without snapshot.compression.method, so that it writes another`,
    );
  }
}

/** The bytes of a file, which may have more than `readFile` takes. */
async function readWhole(file: string): Promise<Buffer> {
  try {
    const pieces = await FilePieces.open(file);
    try {
      return await pieces.load(0, pieces.size);
    } finally {
      await pieces.close();
    }
  } catch (error) {
    throw DiskError.from(`cannot read ${file}`, error);
  }
}
