/**
 * PROPOSAL packets, of which a connection carries more bytes than of all others: those of a run are written one behind the
 * other at once, without a record for each.
 *
 *     int type; long zxid; buffer transaction; int -1, for nobody's identity
 */
import { Buffer } from 'node:buffer';

import type { Transaction } from '../broadcast/transaction.ts';
import { writeInt32 } from './big-endian.ts';
import { BARE_BYTES, PacketType } from './quorum-packet.ts';

/** The packets of transactions, in order. */
export function encodeProposals(transactions: readonly Transaction[]): Buffer {
  let length = 0;
  for (const { payload } of transactions) length += BARE_BYTES + payload.length;
  const bytes = Buffer.allocUnsafe(length);
  let at = 0;
  for (const { zxid, payload } of transactions) {
    writeInt32(bytes, at, PacketType.PROPOSAL);
    writeInt32(bytes, at + 4, zxid.epoch);
    writeInt32(bytes, at + 8, zxid.counter);
    writeInt32(bytes, at + 12, payload.length);
    bytes.set(payload, at + 16);
    writeInt32(bytes, at + 16 + payload.length, -1);
    at += BARE_BYTES + payload.length;
  }
  return bytes;
}
