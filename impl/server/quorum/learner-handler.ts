/**
 * The leader's end of the connection with one learner. It begins when the learner has said who it is.
 *
 * Messages become packets and packets messages, in order; no decision of the protocol is made here. What differs between
 * the two, that the peer's acknowledgements and commits are cumulative and the packets are not, is evened out.
 */
import type { Buffer } from 'node:buffer';

import { lastZxidIn, zxidRunsOf } from '../../broadcast/transaction-list.ts';
import { ZERO_ZXID, type Zxid } from '../../broadcast/zxid.ts';
import type { ServerId } from '../../protocol/ensemble.ts';
import type { FollowerMessage, LeaderMessage, Proposal } from '../../protocol/messages.ts';
import type { Malformed } from '../../wire/malformed.ts';
import {
  encodeQuorumPacket,
  PacketType,
  QuorumPacketReader,
  type QuorumPacket,
} from '../../wire/quorum-packet.ts';
import { messageOf, packetOf, type PacketContext, type PacketMessage } from '../../wire/zab-packets.ts';
import { AckGate } from './ack-gate.ts';
import type { Connection, ConnectionOwner } from './connection.ts';
import type { QuorumLimits } from './limits.ts';
import { PendingZxids } from './pending-zxids.ts';
import { SyncLimit } from './sync-limit.ts';
import { Synchronization, type ServiceSnapshot } from './synchronization.ts';

/** Observers learn what is committed and have no vote. */
export type LearnerKind = 'follower' | 'observer';

export interface LearnerEvents {
  message(message: FollowerMessage): void;
  packet(packet: QuorumPacket): void;
  closed(reason: string): void;
}

export interface LearnerHandlerOptions {
  readonly peer: ServerId;
  readonly kind: LearnerKind;
  readonly connection: Connection;
  /** Bytes that came on the connection before what this is to read. */
  readonly offset: number;
  readonly limits: QuorumLimits;
  readonly context: PacketContext;
  /** The state of the service now. */
  readonly snapshot: () => ServiceSnapshot;
  /** The packets of a proposal, which every learner is sent the same; valid until the next call. */
  readonly encode: (message: Proposal) => Uint8Array;
  readonly events: LearnerEvents;
}

export class LearnerHandler implements ConnectionOwner {
  readonly peer: ServerId;
  readonly kind: LearnerKind;
  readonly connection: Connection;
  readonly #options: LearnerHandlerOptions;
  readonly #reader: QuorumPacketReader;
  readonly #gate = new AckGate();
  readonly #syncLimit = new SyncLimit();
  /** Proposals on this connection whose COMMIT is still to come. */
  readonly #uncommitted = new PendingZxids();
  /** What has come of the messages that bring the learner up to date; undefined when none of them is awaited. */
  #synchronization: Synchronization | undefined;
  /** UPTODATE was sent. */
  #active = false;

  constructor(options: LearnerHandlerOptions) {
    this.peer = options.peer;
    this.kind = options.kind;
    this.connection = options.connection;
    this.#options = options;
    this.#reader = new QuorumPacketReader(options.limits.dataBytesMax, options.offset);
  }

  send(message: LeaderMessage): void {
    switch (message.type) {
      case 'DIFF':
      case 'TRUNC':
      case 'SNAP':
        this.#synchronization = Synchronization.begun(message, this.#options.snapshot);
        break;
      case 'PROPOSAL':
        this.#propose(message);
        break;
      case 'COMMIT':
        this.#commit(message.zxid);
        break;
      case 'NEWLEADER': {
        const synchronization = this.#synchronization;
        this.#synchronization = undefined;
        this.#gate.newLeaderSent(message.zxid.epoch);
        if (synchronization === undefined) {
          this.#write(message);
          break;
        }
        for (const zxids of synchronization.uncommitted()) this.#uncommitted.add(zxids);
        this.connection.stream(synchronization.packets(message, this.#options.context));
        break;
      }
      case 'UPTODATE':
        this.#active = true;
        this.#write(message);
        break;
      case 'LEADERINFO':
        this.#write(message);
        break;
    }
  }

  sendPacket(packet: QuorumPacket): void {
    this.connection.send(encodeQuorumPacket(packet));
  }

  receive(chunk: Buffer): Malformed | undefined {
    this.#reader.push(chunk);
    while (this.connection.open) {
      const { offset } = this.#reader;
      const next = this.#reader.next();
      if (!next.ok) return next;
      if (next.packet === undefined) break;
      const reason = this.take(this.#lastOfRun(next.packet));
      if (reason !== undefined) return { ok: false, reason, offset };
    }
    return undefined;
  }

  closed(reason: string): void {
    this.#options.events.closed(reason);
  }

  /** Takes a packet of the learner; a string says what is wrong with it. */
  take(packet: QuorumPacket): string | undefined {
    switch (packet.type) {
      case PacketType.REQUEST:
      case PacketType.REVALIDATE:
      case PacketType.SYNC:
      case PacketType.PING:
        this.#options.events.packet(packet);
        return undefined;
    }
    const result = messageOf(packet);
    if (!result.ok) return result.reason;
    const message = result.value;
    switch (message?.type) {
      case 'FOLLOWERINFO':
      case 'ACKEPOCH':
        this.#options.events.message(message);
        return undefined;
      case 'ACK':
        for (const ack of this.#gate.pass(message)) {
          if (!this.connection.open) break;
          this.#syncLimit.acknowledged(ack.zxid);
          this.#options.events.message(ack);
        }
        return undefined;
      case undefined:
      default:
        return `no learner sends a packet of type ${packet.type}`;
    }
  }

  /** Time has passed: ends a connection whose learner is too slow, or says that the leader is there. */
  tick(lastProposed: Zxid): void {
    const { tickTimeMs, initLimit, syncLimit } = this.#options.limits;
    const acknowledged = this.#gate.newLeaderAcknowledged;
    const silentMs = this.connection.silentMs;
    const silentMsMax = tickTimeMs * (acknowledged ? syncLimit : initLimit);
    if (silentMs > silentMsMax) {
      this.connection.end(
        `nothing came for ${Math.round(silentMs)} ms; ${acknowledged ? 'syncLimit' : 'initLimit'} allows ${silentMsMax} ms`,
      );
      return;
    }
    const waitedMs = this.#syncLimit.waitedMs(performance.now());
    if (waitedMs > tickTimeMs * syncLimit) {
      this.connection.end(
        `a proposal was not acknowledged for ${Math.round(waitedMs)} ms; syncLimit allows ${tickTimeMs * syncLimit} ms`,
      );
      return;
    }
    if (this.#active)
      this.sendPacket({ type: PacketType.PING, zxid: lastProposed, data: null, authinfo: [] });
  }

  /** ACKs that come together are one for the peer, to which they are cumulative. */
  #lastOfRun(packet: QuorumPacket): QuorumPacket {
    if (packet.type !== PacketType.ACK || !this.#gate.newLeaderAcknowledged) return packet;
    return { ...packet, zxid: this.#reader.takeOvertaking(packet) };
  }

  #propose(message: Proposal): void {
    const { transactions } = message;
    if (this.#synchronization !== undefined) {
      this.#synchronization.propose(transactions);
      return;
    }
    for (const zxids of zxidRunsOf(transactions)) this.#uncommitted.add(zxids);
    const last = lastZxidIn(transactions);
    if (last !== undefined && this.#gate.newLeaderAcknowledged && this.kind === 'follower') {
      this.#syncLimit.proposed(last, performance.now());
    }
    this.connection.send(this.#options.encode(message));
  }

  #commit(upTo: Zxid): void {
    if (this.#synchronization !== undefined) {
      this.#synchronization.commit(upTo);
      return;
    }
    for (const { epoch, from, to } of this.#uncommitted.takeUpTo(upTo))
      this.connection.sendBareRun(PacketType.COMMIT, epoch, from, to);
  }

  #write(message: PacketMessage): void {
    this.connection.send(encodeQuorumPacket(packetOf(message, this.#options.context)));
  }
}

/** The context of a leader's packets; what only a learner says is not used. */
export function leaderContext(myId: ServerId, configuration: Uint8Array): PacketContext {
  return {
    learner: { serverId: BigInt(myId), protocolVersion: 0, configurationVersion: 0n },
    committed: ZERO_ZXID,
    configuration,
  };
}
