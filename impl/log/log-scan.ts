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
import type { Buffer } from 'node:buffer';

import { formatZxid, zxidLess, type Zxid } from '../broadcast/zxid.ts';
import type { Transaction } from '../broadcast/transaction.ts';
import { zxidOfTransaction } from '../wire/transaction-record.ts';
import { adler32, ADLER32_EMPTY } from './adler32.ts';
import { END_MARK, HEADER_BYTES, MAGIC, PREFIX_BYTES, TRANSACTION_BYTES_MIN, VERSION } from './log-format.ts';

export type LogEnd =
  /** After the last entry there is nothing, or what was made for later entries. */
  | { readonly type: 'whole' }
  /** An entry was begun and not finished. */
  | { readonly type: 'torn'; readonly reason: string }
  /** What was acknowledged may be lost. */
  | { readonly type: 'damaged'; readonly offset: number; readonly reason: string };

export interface ScannedLog {
  readonly transactions: readonly Transaction[];
  /** For each transaction, the offset at which its entry begins. */
  readonly offsets: readonly number[];
  /** The offset behind the last whole entry. */
  readonly endOffset: number;
  readonly end: LogEnd;
}

export interface ScanOptions {
  /** The longest transaction that is accepted, in bytes. */
  readonly transactionBytesMax: number;
  /** The first zxid of the file, as its name says it. */
  readonly firstZxid: Zxid;
  /** The zxid before it. */
  readonly after: Zxid;
}

/** Reads the whole of a log file. The payloads share memory with `bytes`. */
export function scanLog(bytes: Buffer, options: ScanOptions): ScannedLog {
  const transactions: Transaction[] = [];
  const offsets: number[] = [];
  let at = HEADER_BYTES;
  let last = options.after;
  const ended = (end: LogEnd): ScannedLog => ({ transactions, offsets, endOffset: at, end });
  const damaged = (offset: number, reason: string): ScannedLog => ended({ type: 'damaged', offset, reason });

  if (bytes.length < HEADER_BYTES || isZero(bytes, 0)) {
    at = 0;
    return ended({ type: 'torn', reason: 'the file has no header' });
  }
  if (bytes.readUInt32BE(0) !== MAGIC) return damaged(0, 'the file does not begin with ZKLG');
  if (bytes.readUInt32BE(4) !== VERSION) {
    return damaged(4, `version ${bytes.readUInt32BE(4)} of the format; only ${VERSION} is known`);
  }
  for (;;) {
    const entry = readEntry(bytes, at, options.transactionBytesMax);
    if (entry.type !== 'entry') return ended(entry);
    const zxid = zxidOfTransaction(entry.payload);
    if (zxid === undefined) return damaged(at, 'the transaction has no zxid');
    if (
      transactions.length === 0 &&
      (zxidLess(zxid, options.firstZxid) || zxidLess(options.firstZxid, zxid))
    ) {
      return damaged(at, `the first zxid is ${formatZxid(zxid)}, not that of the file’s name`);
    }
    if (!zxidLess(last, zxid)) {
      return damaged(at, `zxid ${formatZxid(zxid)} comes after ${formatZxid(last)}`);
    }
    transactions.push({ zxid, payload: entry.payload });
    offsets.push(at);
    last = zxid;
    at = entry.end;
  }
}

interface Entry {
  readonly type: 'entry';
  readonly payload: Buffer;
  /** The offset behind the entry. */
  readonly end: number;
}

/** What stands at `at`; the table at the top of the module says how it is decided. */
function readEntry(bytes: Buffer, at: number, transactionBytesMax: number): Entry | LogEnd {
  if (isZero(bytes, at)) return { type: 'whole' };
  if (bytes.length - at < PREFIX_BYTES) {
    return { type: 'torn', reason: 'the file ends within the length of an entry' };
  }
  const length = bytes.readInt32BE(at + 8);
  const payloadAt = at + PREFIX_BYTES;
  if (length === 0) {
    return isZero(bytes, payloadAt)
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
  const markAt = payloadAt + length;
  const checksum = bytes.readUInt32BE(at + 4);
  const marked = bytes[markAt] === END_MARK;
  if (marked && bytes.readUInt32BE(at) === 0) {
    const payload = bytes.subarray(payloadAt, markAt);
    if (adler32(payload) === checksum) return { type: 'entry', payload, end: markAt + 1 };
  }
  const shorter = lengthByChecksum(bytes, payloadAt, checksum);
  if (shorter !== undefined && shorter !== length) {
    return {
      type: 'damaged',
      offset: at + 8,
      reason: `an entry says that it has ${length} bytes; by its checksum it has ${shorter}`,
    };
  }
  if (!marked && isZero(bytes, markAt))
    return { type: 'torn', reason: 'an entry was not written to its end' };
  return {
    type: 'damaged',
    offset: at,
    reason: marked ? 'the checksum of an entry is wrong' : 'an entry has no end mark',
  };
}

/** Of the bytes from `from` on, how many have this checksum and an end mark behind them? The fewest, if any. */
function lengthByChecksum(bytes: Buffer, from: number, checksum: number): number | undefined {
  let sum = ADLER32_EMPTY;
  let counted = from;
  for (let mark = bytes.indexOf(END_MARK, from); mark >= 0; mark = bytes.indexOf(END_MARK, mark + 1)) {
    sum = adler32(bytes.subarray(counted, mark), sum);
    counted = mark;
    if (sum === checksum && mark - from >= TRANSACTION_BYTES_MIN) return mark - from;
  }
  return undefined;
}

/** Are there only zeroes, or nothing, from `from` on? */
function isZero(bytes: Buffer, from: number): boolean {
  for (let i = from; i < bytes.length; i++) if (bytes[i] !== 0) return false;
  return true;
}
