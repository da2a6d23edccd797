/**
 * The leader's quorum port: where learners connect. Open while the server leads, and only then.
 *
 * A learner's first packet says who it is; from there on the events of one learner are `connected`, what it says in the
 * order in which it says it, and `disconnected`, unless the connection is closed from here. No event comes from within a
 * call.
 *
 * Events may wait in line at the listener, and what they make it say is for the connection that they came on. So a
 * learner's new connection is spoken to only once the listener has taken its `connected`, and admits it.
 */
import type { Buffer } from 'node:buffer';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { lastZxidIn } from '../../broadcast/transaction-list.ts';
import type { Transaction } from '../../broadcast/transaction.ts';
import { zxidLess, ZERO_ZXID, type Zxid } from '../../broadcast/zxid.ts';
import { serverId, type ServerId } from '../../protocol/ensemble.ts';
import type { FollowerMessage, LeaderMessage, Proposal } from '../../protocol/messages.ts';
import type { Malformed } from '../../wire/malformed.ts';
import type { Address } from '../../wire/notification.ts';
import { ProposalPackets } from '../../wire/proposal-packets.ts';
import {
  encodeQuorumPacket,
  PacketType,
  QuorumPacketReader,
  type QuorumPacket,
} from '../../wire/quorum-packet.ts';
import { informPacket, learnerInfoOf, type PacketContext } from '../../wire/zab-packets.ts';
import type { Logger } from '../logger.ts';
import { Connection, WAITING_BYTES_MAX } from './connection.ts';
import { LearnerHandler, leaderContext, type LearnerKind } from './learner-handler.ts';
import type { QuorumLimits } from './limits.ts';
import type { ServiceSnapshot } from './synchronization.ts';

/** The data of the packet that says who a learner is: 20 bytes, and no authinfo; some more may come with later versions. */
const INFO_BYTES_MAX = 256;

/** Connections that have not said yet who they are. */
const STRANGERS_MAX = 64;

export interface LeaderPortListener {
  /**
   * A learner of the ensemble has said who it is; its FOLLOWERINFO comes next, as a message. What is sent to it goes out
   * on this connection from the call of `admit` on; on none before.
   */
  connected(peer: ServerId, kind: LearnerKind, admit: () => void): void;
  message(peer: ServerId, message: FollowerMessage): void;
  /** A packet that is not of the protocol: REQUEST, REVALIDATE, SYNC, or PING with the sessions that were touched. */
  packet(peer: ServerId, packet: QuorumPacket): void;
  /** The connection ended, not by `disconnect` or `close`. */
  disconnected(peer: ServerId, reason: string): void;
}

export interface LeaderPortOptions extends QuorumLimits {
  readonly listen: Address;
  readonly myId: ServerId;
  readonly voters: ReadonlySet<ServerId>;
  readonly observers: ReadonlySet<ServerId>;
  /** The ensemble as text, which NEWLEADER carries. */
  readonly configuration: Uint8Array;
  /** The state of the service now, for a learner that is sent SNAP; what is delivered later does not show. */
  readonly snapshot: () => ServiceSnapshot;
  readonly logger: Logger;
  readonly listener: LeaderPortListener;
}

export class LeaderPort {
  readonly #options: LeaderPortOptions;
  readonly #context: PacketContext;
  readonly #server: Server;
  readonly #strangers = new Set<Connection>();
  /** The newest connection of each learner. */
  readonly #learners = new Map<ServerId, LearnerHandler>();
  /** The connection that each learner is spoken to on: its newest one, once that is admitted. */
  readonly #addressees = new Map<ServerId, LearnerHandler>();
  readonly #ticks: NodeJS.Timeout;
  /** The largest zxid that was proposed, or (e, 0) of NEWLEADER; PING carries it. */
  #lastProposed: Zxid = ZERO_ZXID;
  readonly #packets = new ProposalPackets();
  /** The proposal whose packets were made last: it goes to one learner after the other. */
  #encoded: { readonly message: Proposal; readonly bytes: Uint8Array } | undefined;
  #closed = false;

  private constructor(options: LeaderPortOptions) {
    this.#options = options;
    this.#context = leaderContext(options.myId, options.configuration);
    this.#server = createServer((socket) => {
      this.#accept(socket);
    });
    this.#ticks = setInterval(() => {
      // After a pause of this process what came meanwhile is read first, and then the silence is judged.
      setImmediate(() => {
        this.#tick();
      });
    }, options.tickTimeMs / 2);
  }

  /** Listens on the quorum port. Rejects when it cannot. */
  static async open(options: LeaderPortOptions): Promise<LeaderPort> {
    const port = new LeaderPort(options);
    try {
      await new Promise<void>((resolve, reject) => {
        port.#server.once('error', reject);
        port.#server.listen(options.listen.port, options.listen.host, () => {
          port.#server.off('error', reject);
          port.#server.on('error', (error) => {
            options.logger.warn('a learner could not be accepted', { reason: error.message });
          });
          resolve();
        });
      });
    } catch (error) {
      clearInterval(port.#ticks);
      throw error;
    }
    return port;
  }

  /** The port that is listened on. */
  get port(): number {
    // What listens on TCP has an address with a port.
    // eslint-disable-next-line @typescript-eslint/consistent-type-assertions
    return (this.#server.address() as AddressInfo).port;
  }

  /** Learners that have said who they are and are still connected. */
  connectedLearners(): readonly ServerId[] {
    return [...this.#learners.keys()];
  }

  /** Is a learner taking what brings it up to date? Small amounts are taken at once. */
  get streaming(): boolean {
    return [...this.#learners.values()].some(({ connection }) => connection.streaming);
  }

  /** To a learner whose connection is not admitted nothing is sent. */
  send(peer: ServerId, message: LeaderMessage): void {
    const last = message.type === 'PROPOSAL' ? lastZxidIn(message.transactions) : undefined;
    if (last !== undefined) this.#proposed(last);
    if (message.type === 'NEWLEADER') this.#proposed(message.zxid);
    this.#addressees.get(peer)?.send(message);
  }

  /** Tells observers of a transaction that was delivered. */
  inform(observers: Iterable<ServerId>, transaction: Transaction): void {
    let bytes: Uint8Array | undefined;
    for (const observer of observers) {
      const addressee = this.#addressees.get(observer);
      if (addressee === undefined) continue;
      bytes ??= encodeQuorumPacket(informPacket(transaction));
      addressee.connection.send(bytes);
    }
  }

  sendPacket(peer: ServerId, packet: QuorumPacket): void {
    this.#addressees.get(peer)?.sendPacket(packet);
  }

  /** Closes the connection with a learner, admitted or not; no event answers it. */
  disconnect(peer: ServerId): void {
    this.#learners.get(peer)?.connection.close();
    this.#forget(peer);
  }

  /** Closes all connections and the port; no event comes any more. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#ticks);
    for (const peer of this.connectedLearners()) this.disconnect(peer);
    for (const connection of this.#strangers) connection.close();
    this.#strangers.clear();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  /** Waits for who connects to say who it is, for a while. */
  #accept(socket: Socket): void {
    const { logger, tickTimeMs, initLimit, waitingBytesMax = WAITING_BYTES_MAX } = this.#options;
    const name = { address: socket.remoteAddress };
    if (this.#closed || this.#strangers.size >= STRANGERS_MAX) {
      logger.warn('a quorum connection is refused: too many have not said who they are', name);
      socket.destroy();
      return;
    }
    const reader = new QuorumPacketReader(INFO_BYTES_MAX);
    const owner = {
      receive: (chunk: Buffer): Malformed | undefined => {
        reader.push(chunk);
        const next = reader.next();
        if (!next.ok) return next;
        if (next.packet === undefined) return undefined;
        forget();
        return this.#introduce(connection, next.packet, reader);
      },
      closed: (): void => {
        forget();
      },
    };
    const connection = new Connection(socket, owner, { logger, name, waitingBytesMax });
    const timeout = setTimeout(() => {
      connection.end('it did not say who it is; initLimit is over');
    }, tickTimeMs * initLimit);
    const forget = (): void => {
      clearTimeout(timeout);
      this.#strangers.delete(connection);
    };
    this.#strangers.add(connection);
  }

  /** Makes a connection that of a learner. */
  #introduce(
    connection: Connection,
    packet: QuorumPacket,
    reader: QuorumPacketReader,
  ): Malformed | undefined {
    const { logger, listener } = this.#options;
    const kind = KINDS.get(packet.type);
    if (kind === undefined) {
      const reason = `a packet of type ${packet.type}; FOLLOWERINFO or OBSERVERINFO comes first`;
      return { ok: false, reason, offset: 0 };
    }
    const info = learnerInfoOf(packet);
    if (!info.ok) return info;
    const peer = this.#member(info.value.serverId, kind);
    if (peer === undefined) {
      connection.end(`server ${info.value.serverId} is no ${kind} of this ensemble`);
      return undefined;
    }
    const handler = new LearnerHandler({
      peer,
      kind,
      connection,
      offset: reader.offset,
      limits: this.#options,
      context: this.#context,
      snapshot: this.#options.snapshot,
      encode: (message) => this.#encode(message),
      events: {
        message: (message) => {
          listener.message(peer, message);
        },
        packet: (received) => {
          listener.packet(peer, received);
        },
        closed: (reason) => {
          this.#forget(peer);
          listener.disconnected(peer, reason);
        },
      },
    });
    connection.handOver(handler, { server: peer });
    if (this.#learners.has(peer)) {
      this.disconnect(peer);
      logger.info('a learner connects again', { server: peer });
      listener.disconnected(peer, 'it connected again');
    }
    this.#learners.set(peer, handler);
    listener.connected(peer, kind, () => {
      if (this.#learners.get(peer) === handler) this.#addressees.set(peer, handler);
    });
    if (!connection.open) return undefined;
    // An OBSERVERINFO says the same, and who sent it is told already.
    const reason = handler.take({ ...packet, type: PacketType.FOLLOWERINFO });
    return reason === undefined ? handler.receive(reader.rest()) : { ok: false, reason, offset: 0 };
  }

  #forget(peer: ServerId): void {
    this.#learners.delete(peer);
    this.#addressees.delete(peer);
  }

  /** The server of that kind with this id; undefined when there is none, or it is this one. */
  #member(id: bigint, kind: LearnerKind): ServerId | undefined {
    const { myId, voters, observers } = this.#options;
    if (id <= 0n || id > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
    const peer = serverId(Number(id));
    return peer !== myId && (kind === 'follower' ? voters : observers).has(peer) ? peer : undefined;
  }

  #encode(message: Proposal): Uint8Array {
    if (this.#encoded?.message !== message) {
      this.#encoded = { message, bytes: this.#packets.encode(message.transactions) };
    }
    return this.#encoded.bytes;
  }

  #proposed(zxid: Zxid): void {
    if (zxidLess(this.#lastProposed, zxid)) this.#lastProposed = zxid;
  }

  #tick(): void {
    for (const learner of this.#learners.values()) learner.tick(this.#lastProposed);
  }
}

const KINDS: ReadonlyMap<number, LearnerKind> = new Map([
  [PacketType.FOLLOWERINFO, 'follower'],
  [PacketType.OBSERVERINFO, 'observer'],
]);
