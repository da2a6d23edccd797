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

/** Memory beyond this is not kept for the next ones. */
const KEPT_BYTES_MAX = 4 * 1024 * 1024;

export class ProposalPackets {
  #memory: Buffer = Buffer.alloc(0);

  /** The packets of transactions, in order. The bytes are written over by the next call. */
  encode(transactions: readonly Transaction[]): Buffer {
    let length = 0;
    for (const { payload } of transactions) length += BARE_BYTES + payload.length;
    const bytes = this.#room(length);
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
    return bytes.subarray(0, length);
  }

  #room(length: number): Buffer {
    if (length <= this.#memory.length) return this.#memory;
    const longer = Buffer.allocUnsafeSlow(
      Math.max(length, Math.min(2 * this.#memory.length, KEPT_BYTES_MAX)),
    );
    if (longer.length <= KEPT_BYTES_MAX) this.#memory = longer;
    return longer;
  }
}

/** The packets of transactions, in order. */
export function encodeProposals(transactions: readonly Transaction[]): Buffer {
  return new ProposalPackets().encode(transactions);
}
