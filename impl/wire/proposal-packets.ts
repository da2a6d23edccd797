/**
 * PROPOSAL packets, of which a connection carries more bytes than of all others: those of a run are written one behind the
 * other at once, without a record for each.
 *
 *     int type; long zxid; buffer transaction; int -1, for nobody's identity
 */
import { Buffer } from 'node:buffer';

import { bytesOf } from '../broadcast/payload.ts';
import type { Transaction } from '../broadcast/transaction.ts';
import { dataViewOf } from './big-endian.ts';
import { BARE_BYTES, PacketType } from './quorum-packet.ts';

/** Memory beyond this is not kept for the next ones. */
const KEPT_BYTES_MAX = 4 * 1024 * 1024;

/** Bytes, and a view of them for integers. */
interface Memory {
  readonly bytes: Buffer;
  readonly view: DataView;
}

export class ProposalPackets {
  #memory = memoryOf(0);

  /** The packets of transactions, in order. The bytes are written over by the next call. */
  encode(transactions: readonly Transaction[]): Buffer {
    let length = 0;
    for (const { payload } of transactions) length += BARE_BYTES + payload.length;
    const { bytes, view } = this.#room(length);
    let at = 0;
    for (const { zxid, payload } of transactions) {
      view.setInt32(at, PacketType.PROPOSAL);
      view.setUint32(at + 4, zxid.epoch);
      view.setUint32(at + 8, zxid.counter);
      view.setInt32(at + 12, payload.length);
      bytes.set(bytesOf(payload), at + 16);
      view.setInt32(at + 16 + payload.length, -1);
      at += BARE_BYTES + payload.length;
    }
    return bytes.subarray(0, length);
  }

  #room(length: number): Memory {
    const kept = this.#memory.bytes.length;
    if (length <= kept) return this.#memory;
    const longer = memoryOf(Math.max(length, Math.min(2 * kept, KEPT_BYTES_MAX)));
    if (longer.bytes.length <= KEPT_BYTES_MAX) this.#memory = longer;
    return longer;
  }
}

function memoryOf(length: number): Memory {
  const bytes = Buffer.allocUnsafeSlow(length);
  return { bytes, view: dataViewOf(bytes) };
}

/** The packets of transactions, in order. */
export function encodeProposals(transactions: readonly Transaction[]): Buffer {
  return new ProposalPackets().encode(transactions);
}
