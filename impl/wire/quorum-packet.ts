/**
 * Packets between a leader and its learners: ZooKeeper's record QuorumPacket, written to the stream without a frame.
 *
 *     int type; long zxid; buffer data; vector<Id> authinfo;    Id: ustring scheme; ustring id;
 */
import type { Buffer } from 'node:buffer';

import type { Zxid } from '../broadcast/zxid.ts';
import { IncomingBytes } from './incoming-bytes.ts';
import { JuteReader } from './jute-reader.ts';
import { JuteWriter } from './jute-writer.ts';
import { decoded, type Malformed } from './malformed.ts';
import { countOfVector, endOfBuffer, LENGTH_BYTES } from './measure.ts';

/** The numbers of the packets, by their names in ZooKeeper. */
export const PacketType = {
  REQUEST: 1,
  PROPOSAL: 2,
  ACK: 3,
  COMMIT: 4,
  PING: 5,
  REVALIDATE: 6,
  SYNC: 7,
  INFORM: 8,
  COMMITANDACTIVATE: 9,
  NEWLEADER: 10,
  FOLLOWERINFO: 11,
  UPTODATE: 12,
  DIFF: 13,
  TRUNC: 14,
  SNAP: 15,
  OBSERVERINFO: 16,
  LEADERINFO: 17,
  ACKEPOCH: 18,
  INFORMANDACTIVATE: 19,
} as const;

/** An identity by which a client authenticated. */
export interface AuthId {
  readonly scheme: string;
  readonly id: string;
}

export interface QuorumPacket {
  /** One of `PacketType`, or a number that we do not know. */
  readonly type: number;
  readonly zxid: Zxid;
  readonly data: Uint8Array | null;
  readonly authinfo: readonly AuthId[];
}

/** The zxid field of packets that do not speak of one: -1 as a long. */
export const NO_ZXID: Zxid = { epoch: 0xffff_ffff, counter: 0xffff_ffff };

const FIXED_BYTES = 4 + 8 + 4;
const AUTH_ID_BYTES_MIN = 8;
/** A client authenticates in a handful of ways; a length beyond this is nonsense. */
const AUTH_IDS_MAX = 1024;
const AUTH_STRING_BYTES_MAX = 64 * 1024;

export function encodeQuorumPacket(packet: QuorumPacket): Buffer {
  const writer = new JuteWriter(FIXED_BYTES + 4 + (packet.data?.length ?? 0));
  writer.int(packet.type).zxid(packet.zxid).buffer(packet.data);
  // ZooKeeper writes null where nobody has authenticated.
  writer.vector(packet.authinfo.length === 0 ? null : packet.authinfo, ({ scheme, id }) => {
    writer.string(scheme).string(id);
  });
  return writer.finish();
}

function readQuorumPacket(reader: JuteReader): QuorumPacket {
  return {
    type: reader.int('type'),
    zxid: reader.zxid('zxid'),
    data: reader.buffer('data'),
    authinfo: reader.vector('authinfo', AUTH_ID_BYTES_MIN, () => ({
      scheme: reader.string('scheme'),
      id: reader.string('id'),
    })),
  };
}

/** A packet; that more bytes are needed for one; or that what came is none, for good. */
export type NextPacket =
  | { readonly ok: true; readonly packet: QuorumPacket }
  | { readonly ok: true; readonly packet: undefined }
  | Malformed;

const MORE: NextPacket = { ok: true, packet: undefined };

/** Takes packets off a stream. After SNAP the stream is another one: `rest` is its beginning. */
export class QuorumPacketReader {
  readonly #dataBytesMax: number;
  readonly #waiting = new IncomingBytes();
  #offset: number;

  /**
   * `dataBytesMax`: the longest data that is accepted, jute.maxbuffer and its extra size. `offset`: bytes of the stream
   * that others have read.
   */
  constructor(dataBytesMax: number, offset = 0) {
    this.#dataBytesMax = dataBytesMax;
    this.#offset = offset;
  }

  /** Bytes of the stream before the next packet. */
  get offset(): number {
    return this.#offset;
  }

  /** Bytes that came from the stream. Take all packets before the next ones. */
  push(chunk: Buffer): void {
    this.#waiting.push(chunk);
  }

  next(): NextPacket {
    const bytes = this.#waiting.peek();
    const result = decoded(() => {
      const length = this.#measure(bytes);
      return length === undefined ? undefined : { length, packet: readQuorumPacket(new JuteReader(bytes)) };
    });
    if (!result.ok) return { ...result, offset: this.#offset + result.offset };
    if (result.value === undefined) return MORE;
    this.#waiting.skip(result.value.length);
    this.#offset += result.value.length;
    return { ok: true, packet: result.value.packet };
  }

  /** All bytes that wait. */
  rest(): Buffer {
    const rest = this.#waiting.take(this.#waiting.length);
    this.#offset += rest.length;
    return rest;
  }

  /** Length of the packet at the start of `bytes`, undefined when not all of it has come. */
  #measure(bytes: Buffer): number | undefined {
    if (bytes.length < FIXED_BYTES) return undefined;
    let at = endOfBuffer(bytes, FIXED_BYTES - 4, this.#dataBytesMax, 'data');
    if (at === undefined) return undefined;
    const count = countOfVector(bytes, at, AUTH_IDS_MAX, 'authinfo');
    if (count === undefined) return undefined;
    at += LENGTH_BYTES;
    for (let strings = 2 * count; strings > 0; strings--) {
      at = endOfBuffer(bytes, at, AUTH_STRING_BYTES_MAX, 'authinfo');
      if (at === undefined) return undefined;
    }
    return at;
  }
}
