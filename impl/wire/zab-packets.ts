/**
 * The messages of the protocol as packets between servers, and back. SNAP is not here: what follows that packet on the
 * stream is a snapshot, not a packet.
 *
 * | message      | zxid of the packet     | data                                            |
 * | ------------ | ---------------------- | ----------------------------------------------- |
 * | FOLLOWERINFO | (accepted epoch, 0)    | LearnerInfo: id, protocol version, configuration version |
 * | LEADERINFO   | (proposed epoch, 0)    | protocol version                                |
 * | ACKEPOCH     | last of the history    | current epoch, or -1 when it does not count     |
 * | DIFF         | up to which the leader has committed, or 0 |                             |
 * | TRUNC        | where to cut           |                                                 |
 * | PROPOSAL     | the transaction's      | the transaction                                 |
 * | COMMIT, ACK  | that of the message    |                                                 |
 * | NEWLEADER    | (epoch, 0)             | the configuration, as text                      |
 * | UPTODATE     | -1                     |                                                 |
 * | INFORM       | the transaction's      | the transaction                                 |
 */
import { Buffer } from 'node:buffer';

import { bytesOf } from '../broadcast/payload.ts';
import type { Transaction } from '../broadcast/transaction.ts';
import { ZERO_ZXID, zxidOf, type Zxid } from '../broadcast/zxid.ts';
import type { Message, Proposal, Snap } from '../protocol/messages.ts';
import { decodeWhole, type JuteReader } from './jute-reader.ts';
import { JuteWriter } from './jute-writer.ts';
import { decoded, MalformedInput, type Decoded } from './malformed.ts';
import { NO_ZXID, PacketType, type QuorumPacket } from './quorum-packet.ts';

/** The version of the quorum protocol that has LEADERINFO and ACKEPOCH: Zab 1.0. */
export const ZAB_1_0 = 0x10000;

/** Who a learner says it is, in its first packet. */
export interface LearnerInfo {
  readonly serverId: bigint;
  readonly protocolVersion: number;
  readonly configurationVersion: bigint;
}

/** What the packets say besides the message; each is used by the packets that have a place for it. */
export interface PacketContext {
  readonly learner: LearnerInfo;
  /** Up to where the leader has committed, as far as it says so; for DIFF. */
  readonly committed: Zxid;
  /** The ensemble as text, for NEWLEADER. */
  readonly configuration: Uint8Array;
}

/** Every message that is one packet: SNAP is followed by a stream, and a PROPOSAL may be many (proposal-packets.ts). */
export type PacketMessage = Exclude<Message, Snap | Proposal>;

export function packetOf(message: PacketMessage, context: PacketContext): QuorumPacket {
  switch (message.type) {
    case 'FOLLOWERINFO':
      return packet(PacketType.FOLLOWERINFO, ofEpoch(message.epoch), encodeLearnerInfo(context.learner));
    case 'LEADERINFO':
      return packet(PacketType.LEADERINFO, ofEpoch(message.epoch), new JuteWriter(4).int(ZAB_1_0).finish());
    case 'ACKEPOCH':
      return packet(PacketType.ACKEPOCH, message.zxid, new JuteWriter(4).int(message.epoch | 0).finish());
    case 'DIFF':
      return packet(PacketType.DIFF, context.committed);
    case 'TRUNC':
      return packet(PacketType.TRUNC, message.zxid);
    case 'COMMIT':
      return packet(PacketType.COMMIT, message.zxid);
    case 'NEWLEADER':
      return packet(PacketType.NEWLEADER, message.zxid, context.configuration);
    case 'ACK':
      return packet(PacketType.ACK, message.zxid);
    case 'UPTODATE':
      return packet(PacketType.UPTODATE, NO_ZXID);
  }
}

/** What an observer is told of a transaction that is committed: PROPOSAL and COMMIT in one. */
export function informPacket({ zxid, payload }: Transaction): QuorumPacket {
  return packet(PacketType.INFORM, zxid, bytesOf(payload));
}

/**
 * The message that a packet stands for; undefined for a packet that is not of the protocol (a request, a ping, …), SNAP
 * included. Malformed where the packet's data is not what its type says.
 */
export function messageOf(received: QuorumPacket): Decoded<PacketMessage | Proposal | undefined> {
  return decoded(() => readMessage(received));
}

function readMessage({ type, zxid, data }: QuorumPacket): PacketMessage | Proposal | undefined {
  switch (type) {
    case PacketType.FOLLOWERINFO:
      return { type: 'FOLLOWERINFO', epoch: zxid.epoch };
    case PacketType.LEADERINFO:
      requireZab1(wholeData('LEADERINFO', data, (reader) => reader.int('protocol version')));
      return { type: 'LEADERINFO', epoch: zxid.epoch };
    case PacketType.ACKEPOCH: {
      const epoch = wholeData('ACKEPOCH', data, (reader) => reader.int('epoch'));
      // The field is signed only for its -1: larger negative numbers are epochs past 2^31.
      return { type: 'ACKEPOCH', epoch: epoch === -1 ? -1 : epoch >>> 0, zxid };
    }
    case PacketType.DIFF:
      return { type: 'DIFF' };
    case PacketType.TRUNC:
      return { type: 'TRUNC', zxid };
    case PacketType.PROPOSAL:
      if (data === null) throw new MalformedInput('PROPOSAL: the transaction is missing', 0);
      return { type: 'PROPOSAL', transactions: [{ zxid, payload: data }] };
    case PacketType.COMMIT:
      return { type: 'COMMIT', zxid };
    case PacketType.NEWLEADER:
      return { type: 'NEWLEADER', zxid };
    case PacketType.ACK:
      return { type: 'ACK', zxid };
    case PacketType.UPTODATE:
      return { type: 'UPTODATE' };
    default:
      return undefined;
  }
}

/** Who sent a FOLLOWERINFO or an OBSERVERINFO. */
export function learnerInfoOf({ data }: QuorumPacket): Decoded<LearnerInfo> {
  return decoded(() => {
    const info = wholeData('LearnerInfo', data, (fields) => ({
      serverId: fields.long('serverid'),
      protocolVersion: fields.int('protocolVersion'),
      configurationVersion: fields.remaining === 0 ? 0n : fields.long('configVersion'),
    }));
    requireZab1(info.protocolVersion);
    return info;
  });
}

function encodeLearnerInfo({ serverId, protocolVersion, configurationVersion }: LearnerInfo): Buffer {
  return new JuteWriter(20).long(serverId).int(protocolVersion).long(configurationVersion).finish();
}

/** Servers from before Zab 1.0 skip discovery; nobody should be running one. */
function requireZab1(version: number): void {
  if (version < ZAB_1_0) {
    throw new MalformedInput(
      `protocol version 0x${version.toString(16)}; 0x${ZAB_1_0.toString(16)} is the oldest spoken here`,
      0,
    );
  }
}

function wholeData<T>(what: string, data: Uint8Array | null, read: (reader: JuteReader) => T): T {
  const result = decodeWhole(what, data ?? Buffer.alloc(0), read);
  if (!result.ok) throw new MalformedInput(`${what}: ${result.reason}`, result.offset);
  return result.value;
}

function ofEpoch(epoch: number): Zxid {
  return epoch === 0 ? ZERO_ZXID : zxidOf(epoch, 0);
}

function packet(type: number, zxid: Zxid, data: Uint8Array | null = null): QuorumPacket {
  return { type, zxid, data, authinfo: [] };
}
