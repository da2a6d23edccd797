/**
 * What servers say to each other besides the protocol, on the same connections: requests of clients on their way to the
 * leader, sessions, and the operation sync. ZooKeeper's packets REQUEST, SYNC, REVALIDATE and PING.
 *
 *     REQUEST data: long sessionId; int cxid; int type; the request's bytes
 *     SYNC has no data: it answers the oldest REQUEST of the operation sync that is not answered yet
 *     REVALIDATE data: long sessionId; int timeout        answer: long sessionId; boolean alive
 *     PING data of a learner: { long sessionId; int timeout } of each session heard from
 */
import { Buffer } from 'node:buffer';

import { ZERO_ZXID } from '../broadcast/zxid.ts';
import { decodeWhole } from '../wire/jute-reader.ts';
import { JuteWriter } from '../wire/jute-writer.ts';
import type { Decoded } from '../wire/malformed.ts';
import { NO_ZXID, PacketType, type QuorumPacket } from '../wire/quorum-packet.ts';
import type { ForwardedRequest } from '../service/forwarded-request.ts';

const REQUEST_HEADER_BYTES = 16;
const TOUCHED_BYTES = 12;

export function requestPacket(request: ForwardedRequest): QuorumPacket {
  const { sessionId, cxid, type: operation, body, auth } = request;
  const writer = new JuteWriter(REQUEST_HEADER_BYTES + body.length);
  const data = writer.long(sessionId).int(cxid).int(operation).raw(body).finish();
  return { type: PacketType.REQUEST, zxid: NO_ZXID, data, authinfo: auth };
}

export function decodeRequestPacket({ data, authinfo }: QuorumPacket): Decoded<ForwardedRequest> {
  const bytes = data ?? Buffer.alloc(0);
  return decodeWhole('a forwarded request', bytes, (reader) => {
    const sessionId = reader.long('sessionId');
    const cxid = reader.int('cxid');
    const type = reader.int('type');
    return { sessionId, cxid, type, body: reader.rest(), auth: authinfo };
  });
}

/** What a learner asked for with the operation sync has happened. */
export const SYNC_PACKET: QuorumPacket = { type: PacketType.SYNC, zxid: ZERO_ZXID, data: null, authinfo: [] };

export interface Revalidation {
  readonly sessionId: bigint;
  readonly timeoutMs: number;
}

export function revalidatePacket({ sessionId, timeoutMs }: Revalidation): QuorumPacket {
  return {
    type: PacketType.REVALIDATE,
    zxid: NO_ZXID,
    data: new JuteWriter(TOUCHED_BYTES).long(sessionId).int(timeoutMs).finish(),
    authinfo: [],
  };
}

export function decodeRevalidation({ data }: QuorumPacket): Decoded<Revalidation> {
  return decodeWhole('REVALIDATE', data ?? Buffer.alloc(0), (reader) => ({
    sessionId: reader.long('sessionId'),
    timeoutMs: reader.int('timeout'),
  }));
}

export function revalidatedPacket(sessionId: bigint, alive: boolean): QuorumPacket {
  return {
    type: PacketType.REVALIDATE,
    zxid: NO_ZXID,
    data: new JuteWriter(9).long(sessionId).boolean(alive).finish(),
    authinfo: [],
  };
}

export function decodeRevalidated({
  data,
}: QuorumPacket): Decoded<{ readonly sessionId: bigint; readonly alive: boolean }> {
  return decodeWhole('the answer to REVALIDATE', data ?? Buffer.alloc(0), (reader) => ({
    sessionId: reader.long('sessionId'),
    alive: reader.boolean('alive'),
  }));
}

/** The answer to a PING of the leader: the sessions that were heard from, and the timeout of each in milliseconds. */
export function pingPacket(ping: QuorumPacket, touched: ReadonlyMap<bigint, number>): QuorumPacket {
  const writer = new JuteWriter(touched.size * TOUCHED_BYTES);
  for (const [sessionId, timeoutMs] of touched) writer.long(sessionId).int(timeoutMs);
  return { type: PacketType.PING, zxid: ping.zxid, data: writer.finish(), authinfo: [] };
}

export function decodePing({ data }: QuorumPacket): Decoded<readonly Revalidation[]> {
  return decodeWhole('PING', data ?? Buffer.alloc(0), (reader) => {
    const touched: Revalidation[] = [];
    while (reader.remaining > 0) {
      touched.push({ sessionId: reader.long('sessionId'), timeoutMs: reader.int('timeout') });
    }
    return touched;
  });
}
