/**
 * The learner's end of the connection with its leader. It connects, trying again for a while; from there on its events
 * are `connected`, what the leader says in the order in which it says it, and `disconnected`, once, whatever the reason.
 */
import type { Buffer } from 'node:buffer';

import { ZERO_ZXID, type Zxid } from '../../broadcast/zxid.ts';
import type { ServerId } from '../../protocol/ensemble.ts';
import type { FollowerMessage, LeaderMessage } from '../../protocol/messages.ts';
import type { ServiceState } from '../../service/service-state.ts';
import type { Malformed } from '../../wire/malformed.ts';
import type { Address } from '../../wire/notification.ts';
import { encodeQuorumPacket, PacketType, type QuorumPacket } from '../../wire/quorum-packet.ts';
import { packetOf, ZAB_1_0, type PacketContext } from '../../wire/zab-packets.ts';
import type { Logger } from '../logger.ts';
import { Connection, WAITING_BYTES_MAX } from './connection.ts';
import { connectToLeader } from './connect-to-leader.ts';
import { LearnerStream, type Heard } from './learner-stream.ts';
import { LearnerMessages } from './learner-messages.ts';
import type { QuorumLimits } from './limits.ts';

export interface LearnerLinkListener {
  /** The connection is up; FOLLOWERINFO is expected next. */
  connected(): void;
  /** The state at the base of the history that the next message, SNAP, carries. */
  snapshot(state: ServiceState): void;
  message(message: LeaderMessage): void;
  /** A packet that is not of the protocol: SYNC, REVALIDATE; and PING, which is to be sent back. */
  packet(packet: QuorumPacket): void;
  /** There is no connection, or no longer, not by `close`. */
  disconnected(reason: string): void;
}

export interface LearnerLinkOptions extends QuorumLimits {
  readonly leader: ServerId;
  /** Where the leader may be reached; all are tried at once. */
  readonly addresses: readonly Address[];
  readonly myId: ServerId;
  /** Does this server only observe? */
  readonly observer: boolean;
  /** Last zxid of this server's history, when it is asked for. */
  readonly historyEnd: () => Zxid;
  /** Last zxid that this server's service has. */
  readonly delivered: () => Zxid;
  readonly logger: Logger;
  readonly listener: LearnerLinkListener;
}

export class LearnerLink {
  readonly #options: LearnerLinkOptions;
  readonly #context: PacketContext;
  readonly #messages: LearnerMessages;
  readonly #stream: LearnerStream;
  readonly #ticks: NodeJS.Timeout;
  readonly #connecting = new AbortController();
  #connection: Connection | undefined;

  private constructor(options: LearnerLinkOptions) {
    this.#options = options;
    const { myId, observer, dataBytesMax, listener, historyEnd, delivered } = options;
    this.#context = learnerContext(myId);
    const host = {
      historyEnd,
      delivered,
      // One packet may be several events, and each may make the listener close the connection.
      snapshot: (state: ServiceState) => {
        if (this.#open) listener.snapshot(state);
      },
      message: (message: LeaderMessage) => {
        if (this.#open) listener.message(message);
      },
      packet: (packet: QuorumPacket) => {
        if (this.#open) listener.packet(packet);
      },
    };
    this.#messages = new LearnerMessages(host, observer);
    this.#stream = new LearnerStream(dataBytesMax);
    this.#ticks = setInterval(() => {
      // After a pause of this process what came meanwhile is read first, and then the silence is judged.
      setImmediate(() => {
        this.#tick();
      });
    }, options.tickTimeMs / 2);
  }

  /** Begins to connect, until initLimit; no event comes from within the call. */
  static open(options: LearnerLinkOptions): LearnerLink {
    const link = new LearnerLink(options);
    void link.#connect();
    return link;
  }

  /** When the leader was last heard from; 0 while there is no connection. */
  get heardAtMs(): number {
    return this.#connection?.heardAtMs ?? 0;
  }

  /** Dropped where there is no connection. */
  send(message: FollowerMessage): void {
    switch (message.type) {
      case 'FOLLOWERINFO': {
        const packet = packetOf(message, this.#context);
        this.sendPacket(this.#options.observer ? { ...packet, type: PacketType.OBSERVERINFO } : packet);
        break;
      }
      case 'ACKEPOCH':
        this.sendPacket(packetOf(message, this.#context));
        break;
      case 'ACK':
        for (const { epoch, from, to } of this.#messages.acknowledge(message.zxid)) {
          this.#connection?.sendBareRun(PacketType.ACK, epoch, from, to);
        }
        break;
    }
  }

  /** Dropped where there is no connection. */
  sendPacket(packet: QuorumPacket): void {
    this.#connection?.send(encodeQuorumPacket(packet));
  }

  /** Closes the connection, or stops connecting; no event comes any more. */
  close(): void {
    clearInterval(this.#ticks);
    this.#connecting.abort();
    this.#connection?.close();
  }

  get #open(): boolean {
    return this.#connection?.open === true;
  }

  async #connect(): Promise<void> {
    const { leader, addresses, logger, listener, tickTimeMs, initLimit } = this.#options;
    const { signal } = this.#connecting;
    const result = await connectToLeader(addresses, tickTimeMs * initLimit, signal);
    if (signal.aborted) {
      if (typeof result !== 'string') result.destroy();
      return;
    }
    if (typeof result === 'string') {
      clearInterval(this.#ticks);
      listener.disconnected(result);
      return;
    }
    const owner = {
      receive: (chunk: Buffer) => this.#receive(chunk),
      closed: (reason: string) => {
        clearInterval(this.#ticks);
        listener.disconnected(reason);
      },
    };
    const { waitingBytesMax = WAITING_BYTES_MAX } = this.#options;
    this.#connection = new Connection(result, owner, { logger, name: { leader }, waitingBytesMax });
    listener.connected();
  }

  #receive(chunk: Buffer): Malformed | undefined {
    this.#stream.push(chunk);
    while (this.#open) {
      const proposals = this.#stream.proposals();
      if (proposals !== undefined) {
        this.#messages.propose(proposals);
        continue;
      }
      const { offset } = this.#stream;
      const next = this.#stream.next();
      if (!next.ok) return next;
      if (next.heard === undefined) break;
      const reason = this.#take(next.heard);
      if (reason !== undefined) return { ok: false, reason, offset };
    }
    return undefined;
  }

  #take(heard: Heard): string | undefined {
    if (heard.type === 'snapshot') {
      this.#messages.takeSnapshot(heard.zxid, heard.state);
      return undefined;
    }
    const { packet } = heard;
    if (packet.type !== PacketType.COMMIT || !this.#messages.active) return this.#messages.take(packet);
    // COMMITs that come together are one for the peer, to which they are cumulative.
    return this.#messages.take({ ...packet, zxid: this.#stream.takeOvertaking(packet) });
  }

  #tick(): void {
    const { tickTimeMs, initLimit, syncLimit } = this.#options;
    const { active } = this.#messages;
    const silentMs = this.#connection?.silentMs ?? 0;
    const silentMsMax = tickTimeMs * (active ? syncLimit : initLimit);
    if (silentMs <= silentMsMax) return;
    this.#connection?.end(
      `nothing came for ${Math.round(silentMs)} ms; ${active ? 'syncLimit' : 'initLimit'} allows ${silentMsMax} ms`,
    );
  }
}

/** The context of a learner's packets; what only a leader says is not used. */
function learnerContext(myId: ServerId): PacketContext {
  return {
    learner: { serverId: BigInt(myId), protocolVersion: ZAB_1_0, configurationVersion: 0n },
    committed: ZERO_ZXID,
    configuration: new Uint8Array(0),
  };
}
