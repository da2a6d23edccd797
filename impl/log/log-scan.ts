/**
 * Reads a log file back, entry by entry, and decides what the bytes after the last whole entry are.
 *
 * A crash while entries are written leaves the beginning of what was written, then zeroes or the end of the file: a *torn*
 * tail, none of which was acknowledged, because acknowledgements wait for the sync. Everything else that is not an entry
 * is *damage*: what was acknowledged may be in it or behind it, so it is refused and a person must look. The cases, in
 * the order in which they are decided:
 *
 * | what stands at the end of the whole entries                     | is                        |
 * | ---------------------------------------------------------------- | ------------------------- |
 * | nothing, or zeroes                                               | the end                   |
 * | fewer bytes than the checksum and the length take                | torn                      |
 * | length 0, and zeroes to the end                                  | torn                      |
 * | length 0, and something else behind it                           | damage                    |
 * | a length that no transaction has, or larger than the bound       | damage                    |
 * | an end mark, and the checksum is right                           | an entry                  |
 * | the checksum is right for a shorter transaction, end mark behind | damage: of the length     |
 * | no end mark: zeroes, or the end of the file, from there on       | torn                      |
 * | anything else                                                    | damage                    |
 */
import { Buffer } from 'node:buffer';

import { formatZxid, zxidLess, zxidsEqual, type Zxid } from '../broadcast/zxid.ts';
import type { Transaction } from '../broadcast/transaction.ts';
import { zxidOfTransaction } from '../wire/transaction-record.ts';
import { adler32, ADLER32_EMPTY } from './adler32.ts';
import { DiskError } from './disk-error.ts';
import { FilePieces } from './file-pieces.ts';
import {
  END_MARK,
  entryBytes,
  HEADER_BYTES,
  MAGIC,
  PREFIX_BYTES,
  TRANSACTION_BYTES_MIN,
  VERSION,
} from './log-format.ts';

export type LogEnd =
  /** After the last entry there is nothing, or what was made for later entries. */
  | { readonly type: 'whole' }
  /** An entry was begun and not finished. */
  | { readonly type: 'torn'; readonly reason: string }
  /** What was acknowledged may be lost. */
  | { readonly type: 'damaged'; readonly offset: number; readonly reason: string };

export interface ScannedLog {
  /** How many whole entries the file has. */
  readonly entries: number;
  /** The zxid of the last of them; what was given as the one before the file if there is none. */
  readonly last: Zxid;
  /** The offset behind the last whole entry. */
  readonly endOffset: number;
  readonly end: LogEnd;
}

export interface ScanOptions {
  /** The longest transaction that is accepted, in bytes. */
  readonly transactionBytesMax: number;
  /** The first zxid of the file, as its name says it. */
  readonly firstZxid: Zxid;
  /** A zxid that is before it. */
  readonly after: Zxid;
}

/** Told of every whole entry, in order: the transaction, and the offset at which its entry begins. */
export type EntryVisitor = (transaction: Transaction, offset: number) => void;

/**
 * Reads a log file, piece by piece. The payloads share memory with others of their piece.
 * @throws DiskError when the file cannot be read
 */
export async function scanLog(file: string, options: ScanOptions, visit: EntryVisitor): Promise<ScannedLog> {
  try {
    const pieces = await FilePieces.open(file);
    try {
      return await scan(pieces, options, visit);
    } finally {
      await pieces.close();
    }
  } catch (error) {
    throw DiskError.from(`cannot read ${file}`, error);
  }
}

async function scan(pieces: FilePieces, options: ScanOptions, visit: EntryVisitor): Promise<ScannedLog> {
  let entries = 0;
  let last = options.after;
  let at = 0;
  const ended = (end: LogEnd): ScannedLog => ({ entries, last, endOffset: at, end });
  const damaged = (offset: number, reason: string): ScannedLog => ended({ type: 'damaged', offset, reason });

  const header = await pieces.load(0, HEADER_BYTES);
  if (header.length < HEADER_BYTES || (isZero(header) && (await pieces.isZeroFrom(HEADER_BYTES)))) {
    return ended({ type: 'torn', reason: 'the file has no header' });
  }
  if (header.readUInt32BE(0) !== MAGIC) return damaged(0, 'the file does not begin with ZKLG');
  if (header.readUInt32BE(4) !== VERSION) {
    return damaged(4, `version ${header.readUInt32BE(4)} of the format; only ${VERSION} is known`);
  }
  at = HEADER_BYTES;
  for (;;) {
    const payload = await readEntry(pieces, at, options.transactionBytesMax);
    if (!Buffer.isBuffer(payload)) return ended(payload);
    const zxid = zxidOfTransaction(payload);
    if (zxid === undefined) return damaged(at, 'the transaction has no zxid');
    if (entries === 0 && !zxidsEqual(zxid, options.firstZxid)) {
      return damaged(at, `the first zxid is ${formatZxid(zxid)}, not that of the file’s name`);
    }
    if (!zxidLess(last, zxid)) {
      return damaged(at, `zxid ${formatZxid(zxid)} comes after ${formatZxid(last)}`);
    }
    visit({ zxid, payload }, at);
    entries++;
    last = zxid;
    at += entryBytes(payload.length);
  }
}

/** The transaction whose entry begins at `at`, or what stands there instead; decided by the table above. */
async function readEntry(
  pieces: FilePieces,
  at: number,
  transactionBytesMax: number,
): Promise<Buffer | LogEnd> {
  const prefix = await pieces.load(at, PREFIX_BYTES);
  if (isZero(prefix) && (await pieces.isZeroFrom(at + prefix.length))) return { type: 'whole' };
  if (prefix.length < PREFIX_BYTES) {
    return { type: 'torn', reason: 'the file ends within the length of an entry' };
  }
  const checksum = prefix.readUInt32BE(4);
  const length = prefix.readInt32BE(8);
  const payloadAt = at + PREFIX_BYTES;
  if (length === 0) {
    return (await pieces.isZeroFrom(payloadAt))
      ? { type: 'torn', reason: 'an entry has no length, and nothing follows' }
      : { type: 'damaged', offset: at + 8, reason: 'an entry has no length, and something follows' };
  }
  if (length < TRANSACTION_BYTES_MIN || length > transactionBytesMax) {
    // Not torn: the higher bytes of a length alone make a smaller one, which is 0 or far above the least.
    return {
      type: 'damaged',
      offset: at + 8,
      reason: `an entry of ${length} bytes; ${TRANSACTION_BYTES_MIN} to ${transactionBytesMax} are accepted`,
    };
  }
  const rest = await pieces.load(payloadAt, length + 1);
  const marked = rest[length] === END_MARK;
  if (marked && prefix.readUInt32BE(0) === 0) {
    const payload = rest.subarray(0, length);
    if (adler32(payload) === checksum) return payload;
  }
  const shorter = lengthByChecksum(await pieces.load(payloadAt, transactionBytesMax + 1), checksum);
  if (shorter !== undefined && shorter !== length) {
    return {
      type: 'damaged',
      offset: at + 8,
      reason: `an entry says that it has ${length} bytes; by its checksum it has ${shorter}`,
    };
  }
  if (!marked && (await pieces.isZeroFrom(payloadAt + length))) {
    return { type: 'torn', reason: 'an entry was not written to its end' };
  }
  return {
    type: 'damaged',
    offset: at,
    reason: marked ? 'the checksum of an entry is wrong' : 'an entry has no end mark',
  };
}

/** How many of the first of these bytes have this checksum and an end mark behind them? The fewest, if any. */
function lengthByChecksum(bytes: Buffer, checksum: number): number | undefined {
  let sum = ADLER32_EMPTY;
  let counted = 0;
  for (let mark = bytes.indexOf(END_MARK); mark >= 0; mark = bytes.indexOf(END_MARK, mark + 1)) {
    sum = adler32(bytes.subarray(counted, mark), sum);
    counted = mark;
    if (sum === checksum && mark >= TRANSACTION_BYTES_MIN) return mark;
  }
  return undefined;
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}
