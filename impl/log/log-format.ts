/**
 * The bytes of a log file, which are ZooKeeper's:
 *
 *     FileHeader: int magic "ZKLG"; int version 2; long dbid;
 *     entry:      long checksum; int length; the transaction; byte 0x42
 *
 * and zeroes to the end of the file, which is made longer before it is needed. The checksum is Adler-32 of the
 * transaction's bytes alone.
 */
import { Buffer } from 'node:buffer';

import { writeInt32 } from '../wire/big-endian.ts';

export const MAGIC = 0x5a4b4c47;
export const VERSION = 2;
export const HEADER_BYTES = 16;

/** What stands before the transaction in an entry: its checksum and its length. */
export const PREFIX_BYTES = 12;
/** What stands behind it. */
export const END_MARK = 0x42;
/** The shortest transaction: a header and no body. */
export const TRANSACTION_BYTES_MIN = 32;

export function fileHeader(): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  writeInt32(bytes, 0, MAGIC);
  writeInt32(bytes, 4, VERSION);
  return bytes;
}

/** Bytes of an entry whose transaction has that many. */
export function entryBytes(transactionBytes: number): number {
  return PREFIX_BYTES + transactionBytes + 1;
}
