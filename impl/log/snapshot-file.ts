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
import { decoded, MalformedInput, type Decoded, type Malformed } from '../wire/malformed.ts';
import { adler32, ADLER32_EMPTY } from './adler32.ts';
import { syncDirectory, syncFile } from './atomic-file.ts';
import { DiskError, REMEDY } from './disk-error.ts';
import { FilePieces } from './file-pieces.ts';
import { dataFileName, dataFiles, parseDataFileName } from './data-files.ts';

const MAGIC = 0x5a4b534e;
const VERSION = 2;
const HEADER_BYTES = 16;
const SEAL = '/';
const SEAL_BYTES = 8 + 4 + 1;
/** Read at a time. */
const CHUNK_BYTES = 1 << 20;

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

/** Takes the service's state off the bytes of its snapshot as they come: `SnapshotStream` of impl/service. */
export interface StateStream<S> {
  /** Bytes of the file before what is read next. */
  readonly offset: number;
  push(chunk: Buffer): void;
  /** The state, once all of it has come. */
  next(): { readonly ok: true; readonly state: S | undefined } | Malformed;
  /** What came behind the snapshot. */
  rest(): Buffer;
}

/** Begins to read the snapshot of the state at `zxid`, which stands at that offset of its file. */
export type ReadState<S> = (zxid: Zxid, offset: number) => StateStream<S>;

/** Reads a snapshot file, a piece at a time. */
async function readSnapshotFile<S>(
  file: string,
  zxid: Zxid,
  readState: ReadState<S>,
): Promise<Decoded<{ readonly state: S }>> {
  try {
    const pieces = await FilePieces.open(file);
    try {
      const header = await pieces.load(0, HEADER_BYTES);
      const read = decoded(() => {
        readHeader(header);
      });
      return read.ok ? await readBody(pieces, adler32(header), readState(zxid, HEADER_BYTES)) : read;
    } finally {
      await pieces.close();
    }
  } catch (error) {
    throw DiskError.from(`cannot read ${file}`, error);
  }
}

function readHeader(bytes: Buffer): void {
  const reader = new JuteReader(bytes);
  if (reader.int('magic') !== MAGIC) throw new MalformedInput('the file does not begin with ZKSN', 0);
  const version = reader.int('version');
  if (version !== VERSION) {
    throw new MalformedInput(`version ${version} of the format; only ${VERSION} is known`, 4);
  }
  reader.long('dbid');
}

/** Reads the snapshot and its seal; `before` is the checksum of the header. */
async function readBody<S>(
  pieces: FilePieces,
  before: number,
  stream: StateStream<S>,
): Promise<Decoded<{ readonly state: S }>> {
  let checksum = before;
  for (let at = HEADER_BYTES; at < pieces.size; at += CHUNK_BYTES) {
    const chunk = await pieces.load(at, CHUNK_BYTES);
    stream.push(chunk);
    const next = stream.next();
    if (!next.ok) return next;
    const { state } = next;
    if (state === undefined) {
      checksum = adler32(chunk, checksum);
      continue;
    }
    const end = stream.offset;
    // All that came before this chunk belongs to the snapshot.
    checksum = adler32(chunk.subarray(0, chunk.length - stream.rest().length), checksum);
    const seal = await pieces.load(end, SEAL_BYTES);
    const sealed = decoded(() => {
      const reader = new JuteReader(seal);
      return reader.safeLong('checksum') === checksum && reader.string('seal') === SEAL;
    });
    return sealed.ok && sealed.value
      ? { ok: true, value: { state } }
      : { ok: false, reason: 'the checksum is wrong', offset: end };
  }
  return { ok: false, reason: 'the file ends within the snapshot', offset: stream.offset };
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
  readState: ReadState<T>,
): Promise<{ readonly found: FoundSnapshot<T> | undefined; readonly skipped: readonly SkippedSnapshot[] }> {
  const skipped: SkippedSnapshot[] = [];
  for (const { name, zxid } of (await dataFiles(directory, 'snapshot')).reverse()) {
    const file = path.join(directory, name);
    const result = await readSnapshotFile(file, zxid, readState);
    if (result.ok) {
      await refuseCompressed(directory, zxid);
      await syncFile(file).catch((error: unknown) => {
        throw DiskError.from(`cannot sync ${file}`, error);
      });
      return { found: { zxid, value: result.value.state }, skipped };
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
