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

import { adler32 } from './adler32.ts';

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
  bytes.writeUInt32BE(MAGIC, 0);
  bytes.writeUInt32BE(VERSION, 4);
  return bytes;
}

/** Bytes of an entry whose transaction has that many. */
export function entryBytes(transactionBytes: number): number {
  return PREFIX_BYTES + transactionBytes + 1;
}

/** Writes the entry of a transaction at `at`; returns where it ends. */
export function writeEntry(into: Buffer, at: number, transaction: Uint8Array): number {
  into.writeUInt32BE(0, at);
  into.writeUInt32BE(adler32(transaction), at + 4);
  into.writeInt32BE(transaction.length, at + 8);
  into.set(transaction, at + PREFIX_BYTES);
  const end = at + PREFIX_BYTES + transaction.length;
  into[end] = END_MARK;
  return end + 1;
}
