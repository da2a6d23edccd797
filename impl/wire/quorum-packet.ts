/**
 * Packets between a leader and its learners: ZooKeeper's record QuorumPacket, written to the stream without a frame.
 *
 *     int type; long zxid; buffer data; vector<Id> authinfo;    Id: ustring scheme; ustring id;
 */
import { Buffer } from 'node:buffer';

import { PayloadRun, PLACE_FIELDS } from '../broadcast/payload-run.ts';
import { Slice } from '../broadcast/payload.ts';
import { TransactionRun } from '../broadcast/transaction-run.ts';
import { MAX_UINT32, zxidOf, type Zxid } from '../broadcast/zxid.ts';
import { dataViewOf } from './big-endian.ts';
import { IncomingBytes } from './incoming-bytes.ts';
import { JuteReader } from './jute-reader.ts';
import { JuteWriter } from './jute-writer.ts';
import { decoded, MalformedInput, type Malformed } from './malformed.ts';
import { countOfVector, endOfBuffer, expectedEndOfBuffer, LENGTH_BYTES } from './measure.ts';

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
export const NO_ZXID = zxidOf(MAX_UINT32, MAX_UINT32);

const NOBODY: readonly AuthId[] = [];

/** Proposals that there is room for at first; there is more once more come together. */
const PLACES_MIN = 64;

const FIXED_BYTES = 4 + 8 + 4;
const AUTH_ID_BYTES_MIN = 8;
/** A client authenticates in a handful of ways; a length beyond this is nonsense. */
const AUTH_IDS_MAX = 1024;

export function encodeQuorumPacket(packet: QuorumPacket): Buffer {
  const writer = new JuteWriter(FIXED_BYTES + (packet.data?.length ?? 0) + authInfoBytes(packet.authinfo));
  writer.int(packet.type).zxid(packet.zxid).buffer(packet.data);
  // ZooKeeper writes null where nobody has authenticated.
  writer.vector(packet.authinfo.length === 0 ? null : packet.authinfo, ({ scheme, id }) => {
    writer.string(scheme).string(id);
  });
  return writer.finish();
}

/** Bytes of identities, as most are: in ASCII. */
function authInfoBytes(authinfo: readonly AuthId[]): number {
  let length = LENGTH_BYTES;
  for (const { scheme, id } of authinfo) length += AUTH_ID_BYTES_MIN + scheme.length + id.length;
  return length;
}

/** Bytes of a packet that has neither data nor authinfo, which most have: ACK, COMMIT, …. */
export const BARE_BYTES = FIXED_BYTES + LENGTH_BYTES;

/**
 * Writes such packets at `at`, one behind the other: of one type and epoch, `count` of them, their counters one after the
 * other from `counter` on.
 */
export function writeBarePackets(
  into: DataView,
  at: number,
  type: number,
  epoch: number,
  counter: number,
  count: number,
): void {
  for (let i = 0, start = at; i < count; i++, start += BARE_BYTES) {
    into.setInt32(start, type);
    into.setUint32(start + 4, epoch);
    into.setUint32(start + 8, counter + i);
    into.setInt32(start + 12, -1);
    into.setInt32(start + 16, -1);
  }
}

/** Has a packet come at `at`, all of it, that has neither data nor authinfo? */
function isBareAt(view: DataView, at: number): boolean {
  return view.byteLength - at >= BARE_BYTES && view.getInt32(at + 12) === -1 && view.getInt32(at + 16) === -1;
}

function readBareAt(view: DataView, at: number): QuorumPacket {
  return { type: view.getInt32(at), zxid: readZxidAt(view, at), data: null, authinfo: NOBODY };
}

/** The zxid of the packet that begins at `at`. */
function readZxidAt(view: DataView, at: number): Zxid {
  return zxidOf(view.getUint32(at + 4), view.getUint32(at + 8));
}

function readAuthId(reader: JuteReader): AuthId {
  return { scheme: reader.string('scheme'), id: reader.string('id') };
}

/** A packet; that more bytes are needed for one; or that what came is none, for good. */
export type NextPacket =
  | { readonly ok: true; readonly packet: QuorumPacket }
  | { readonly ok: true; readonly packet: undefined }
  | Malformed;

const MORE: NextPacket = { ok: true, packet: undefined };

/** Takes packets off a stream. After SNAP the stream is another one: `rest` is its beginning. */
export class QuorumPacketReader {
  readonly #bytesMax: number;
  readonly #waiting = new IncomingBytes();
  /** What waits, and where in it the next packet begins. Views for a chunk: one for a packet would cost as much as it. */
  #bytes: Buffer = Buffer.alloc(0);
  #view = dataViewOf(this.#bytes);
  #at = 0;
  /** Bytes of the stream before #bytes. */
  #before: number;
  /** Where proposals that come together lie, while they are being counted. */
  #places: Uint32Array = new Uint32Array(PLACE_FIELDS * PLACES_MIN);
  /** The identities that were read last, and the bytes that they were. */
  #lastAuthInfo: { readonly bytes: Uint8Array; readonly authinfo: readonly AuthId[] } = {
    bytes: new Uint8Array(0),
    authinfo: NOBODY,
  };

  /**
   * `bytesMax`: the longest data that is accepted, and the longest authinfo; so a packet takes little more than twice that.
   * For learners that are known it is jute.maxbuffer and its extra size. `offset`: bytes of the stream that others have read.
   */
  constructor(bytesMax: number, offset = 0) {
    this.#bytesMax = bytesMax;
    this.#before = offset;
  }

  /** Bytes of the stream before the next packet. */
  get offset(): number {
    return this.#before + this.#at;
  }

  /** Bytes that came from the stream. Take all packets before the next ones. */
  push(chunk: Buffer): void {
    this.#skipTaken();
    this.#waiting.push(chunk);
    this.#look();
  }

  next(): NextPacket {
    const bytes = this.#bytes;
    const at = this.#at;
    if (isBareAt(this.#view, at)) {
      this.#at = at + BARE_BYTES;
      return { ok: true, packet: readBareAt(this.#view, at) };
    }
    const result = decoded(() => {
      const end = this.#endOfPacket(bytes, at);
      return end === undefined ? undefined : { end, packet: this.#read(new JuteReader(bytes, at), end) };
    });
    if (!result.ok) return { ...result, offset: this.#before + result.offset };
    if (result.value === undefined) return MORE;
    this.#at = result.value.end;
    return { ok: true, packet: result.value.packet };
  }

  /**
   * Takes the PROPOSALs that come next, if there is one: as far as all of them is there, their zxids follow one another, and
   * nobody's identity goes with them. As many calls of `next` say the same, with objects and a closure for each.
   */
  proposals(): TransactionRun | undefined {
    const bytes = this.#bytes;
    const view = this.#view;
    const { length: byteLength } = bytes;
    let at = this.#at;
    let count = 0;
    let first: Zxid | undefined;
    let places = this.#places;
    while (byteLength - at >= BARE_BYTES && view.getInt32(at) === PacketType.PROPOSAL) {
      const length = view.getInt32(at + FIXED_BYTES - LENGTH_BYTES);
      const end = at + FIXED_BYTES + length;
      if (length < 0 || length > this.#bytesMax || byteLength - end < LENGTH_BYTES) break;
      if (view.getInt32(end) !== -1) break;
      if (first === undefined) first = readZxidAt(view, at);
      else if (view.getUint32(at + 8) !== first.counter + count || view.getUint32(at + 4) !== first.epoch)
        break;
      if (PLACE_FIELDS * count === places.length) places = this.#morePlaces();
      places[PLACE_FIELDS * count] = at + FIXED_BYTES;
      places[PLACE_FIELDS * count + 1] = length;
      count++;
      at = end + LENGTH_BYTES;
    }
    this.#at = at;
    if (first === undefined) return undefined;
    // A learner that is brought up to date is sent them one by one, and many: an array of numbers for each would be longer.
    const payloads =
      count === 1
        ? [new Slice(bytes, places[0] ?? 0, places[1] ?? 0)]
        : new PayloadRun(bytes, places.slice(0, PLACE_FIELDS * count));
    return new TransactionRun(first, payloads);
  }

  /**
   * Takes what comes right behind this packet, the last one that was taken, and overtakes it: packets of the same type, each
   * for a later proposal of the same epoch. Where they are cumulative, as ACK and COMMIT are, the last one says it all; this
   * is its zxid.
   */
  takeOvertaking({ type, zxid }: QuorumPacket): Zxid {
    const view = this.#view;
    const { epoch } = zxid;
    let { counter } = zxid;
    let at = this.#at;
    while (
      counter > 0 &&
      isBareAt(view, at) &&
      view.getInt32(at) === type &&
      view.getUint32(at + 4) === epoch &&
      view.getUint32(at + 8) > counter
    ) {
      counter = view.getUint32(at + 8);
      at += BARE_BYTES;
    }
    this.#at = at;
    return counter === zxid.counter ? zxid : zxidOf(epoch, counter);
  }

  /** All bytes that wait. */
  rest(): Buffer {
    this.#skipTaken();
    const rest = this.#waiting.take(this.#waiting.length);
    this.#before += rest.length;
    this.#look();
    return rest;
  }

  #look(): void {
    this.#bytes = this.#waiting.peek();
    this.#view = dataViewOf(this.#bytes);
  }

  #morePlaces(): Uint32Array {
    const places = new Uint32Array(2 * this.#places.length);
    places.set(this.#places);
    this.#places = places;
    return places;
  }

  /** A packet, all of which is there, up to `end`. */
  #read(reader: JuteReader, end: number): QuorumPacket {
    return {
      type: reader.int('type'),
      zxid: reader.zxid('zxid'),
      data: reader.buffer('data'),
      authinfo: this.#readAuthInfo(reader, end),
    };
  }

  /** Requests of one client after the other come with the same identities, which are not read anew. */
  #readAuthInfo(reader: JuteReader, end: number): readonly AuthId[] {
    const at = reader.offset;
    if (end - at === LENGTH_BYTES) return NOBODY;
    if (isAt(this.#bytes, at, end, this.#lastAuthInfo.bytes)) return this.#lastAuthInfo.authinfo;
    const authinfo = reader.vector('authinfo', AUTH_ID_BYTES_MIN, readAuthId);
    this.#lastAuthInfo = { bytes: new Uint8Array(this.#bytes.subarray(at, end)), authinfo };
    return authinfo;
  }

  #skipTaken(): void {
    this.#waiting.skip(this.#at);
    this.#before += this.#at;
    this.#at = 0;
  }

  /** Where the packet at `start` ends, undefined when not all of it has come. */
  #endOfPacket(bytes: Buffer, start: number): number | undefined {
    if (bytes.length - start < FIXED_BYTES) return undefined;
    const at = endOfBuffer(bytes, start + FIXED_BYTES - LENGTH_BYTES, this.#bytesMax, 'data');
    return at === undefined ? undefined : this.#endOfAuthInfo(bytes, at);
  }

  /** Where the identities at `start` end, undefined when not all of them have come: they are not waited for if too long. */
  #endOfAuthInfo(bytes: Buffer, start: number): number | undefined {
    const count = countOfVector(bytes, start, AUTH_IDS_MAX, 'authinfo');
    if (count === undefined) return undefined;
    let at = start + LENGTH_BYTES;
    for (let strings = 2 * count; strings > 0; strings--) {
      const end = expectedEndOfBuffer(bytes, at, this.#bytesMax, 'authinfo');
      if (end === undefined) return undefined;
      if (end - start > this.#bytesMax) {
        throw new MalformedInput(
          `authinfo: at least ${end - start} bytes; at most ${this.#bytesMax} are accepted`,
          start,
        );
      }
      at = end;
    }
    return at > bytes.length ? undefined : at;
  }
}

/** Are the bytes from `at` to `end` these ones? */
function isAt(bytes: Uint8Array, at: number, end: number, expected: Uint8Array): boolean {
  if (end - at !== expected.length) return false;
  for (let i = 0; i < expected.length; i++) {
    if (bytes[at + i] !== expected[i]) return false;
  }
  return true;
}
