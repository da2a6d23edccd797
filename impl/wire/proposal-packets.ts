/**
 * PROPOSAL packets, of which a connection carries more bytes than of all others: those of a run are written one behind the
 * other at once, without a record for each.
 *
 *     int type; long zxid; buffer transaction; int -1, for nobody's identity
 */
import { Buffer } from 'node:buffer';

import { PayloadLayout } from '../broadcast/payload-layout.ts';
import { PLACE_FIELDS } from '../broadcast/payload-run.ts';
import { zxidRunsOf } from '../broadcast/transaction-list.ts';
import type { Transactions } from '../broadcast/transaction-run.ts';
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
  encode(transactions: Transactions): Buffer {
    const { length: count } = transactions;
    const places = new Uint32Array(PLACE_FIELDS * count);
    const layout = new PayloadLayout(places);
    layout.add(transactions, 0, count);
    // All payloads are copied there together. They lie behind where the packets will end, so that none is written over what
    // is still to be moved: to move them costs less than as many views to copy from.
    const source = BARE_BYTES * count;
    const { bytes, view } = this.#room(source + layout.length);
    layout.copyTo(bytes, source);
    let at = 0;
    let field = 0;
    for (const { epoch, from, to } of zxidRunsOf(transactions)) {
      for (let counter = from; counter <= to; counter++) {
        const begin = source + (places[field++] ?? 0);
        const length = places[field++] ?? 0;
        view.setInt32(at, PacketType.PROPOSAL);
        view.setUint32(at + 4, epoch);
        view.setUint32(at + 8, counter);
        view.setInt32(at + 12, length);
        bytes.copyWithin(at + 16, begin, begin + length);
        view.setInt32(at + 16 + length, -1);
        at += BARE_BYTES + length;
      }
    }
    return bytes.subarray(0, at);
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
export function encodeProposals(transactions: Transactions): Buffer {
  return new ProposalPackets().encode(transactions);
}
