/**
 * PROPOSAL packets, of which a connection carries more bytes than of all others: those of a run are written one behind the
 * other at once, without a record for each.
 *
 *     int type; long zxid; buffer transaction; int -1, for nobody's identity
 */
import { Buffer } from 'node:buffer';

import type { Transaction } from '../broadcast/transaction.ts';
import { BARE_BYTES, PacketType } from './quorum-packet.ts';

/** The packets of transactions, in order. */
export function encodeProposals(transactions: readonly Transaction[]): Buffer {
  let length = 0;
  for (const { payload } of transactions) length += BARE_BYTES + payload.length;
  const bytes = Buffer.allocUnsafe(length);
  let at = 0;
  for (const { zxid, payload } of transactions) {
    bytes.writeInt32BE(PacketType.PROPOSAL, at);
    bytes.writeUInt32BE(zxid.epoch, at + 4);
    bytes.writeUInt32BE(zxid.counter, at + 8);
    bytes.writeInt32BE(payload.length, at + 12);
    bytes.set(payload, at + 16);
    bytes.writeInt32BE(-1, at + 16 + payload.length);
    at += BARE_BYTES + payload.length;
  }
  return bytes;
}
