/**
 * A server that leads: its port for learners, and what it decides for the clients of all servers.
 *
 * Requests are prepared in the order in which they are proposed, those of a chunk together, behind what the peer was given
 * before.
 */
import { setTimeout as pause } from 'node:timers/promises';

import type { Transaction } from '../broadcast/transaction.ts';
import { nextZxid, zxidLess, type Zxid } from '../broadcast/zxid.ts';
import { quorumSize } from '../broadcast/quorum-acks.ts';
import type { Refusal } from '../protocol/effects.ts';
import type { ServerId } from '../protocol/ensemble.ts';
import type { Event } from '../protocol/events.ts';
import type { FollowerMessage, LeaderMessage, Message } from '../protocol/messages.ts';
import type { ForwardedRequest } from '../service/forwarded-request.ts';
import { LeaderService } from '../service/leader-service.ts';
import { SessionTracker } from '../service/session-tracker.ts';
import { OperationNumber } from '../wire/client-request.ts';
import type { Decoded } from '../wire/malformed.ts';
import { PacketType, type QuorumPacket } from '../wire/quorum-packet.ts';
import { encodeTransactions, type TransactionRecord } from '../wire/transaction-record.ts';
import { Deadline } from './deadline.ts';
import { PatientClock } from './patient-clock.ts';
import { LeaderPort, type LeaderPortListener, type LeaderPortOptions } from './quorum/leader-port.ts';
import { ProposedRecords } from './proposed-records.ts';
import { Observers } from './observers.ts';
import type { RoleHost } from './role-host.ts';
import {
  decodePing,
  decodeRequestPacket,
  decodeRevalidation,
  revalidatedPacket,
  SYNC_PACKET,
} from './service-packets.ts';
import type { ServerContext } from './server-context.ts';

/** Milliseconds after which a server that cannot listen for learners gives up, and between two attempts. */
const LISTEN_MS_MAX = 3000;
const LISTEN_PAUSE_MS = 200;

/** What came in the present chunk: a request to write, or a sync, for which what came before it counts. */
type Gathered = { readonly from: ServerId } & (
  { readonly request: ForwardedRequest } | { readonly answer: () => void }
);

/** A sync that waits for what was proposed before it. */
interface PendingSync {
  /** The server that asked, over the connection that it still has. */
  readonly from: ServerId;
  readonly upTo: Zxid;
  readonly answer: () => void;
}

export class Leading implements RoleHost {
  readonly mode = 'leader';
  readonly #context: ServerContext;
  readonly #deadline: Deadline;
  /** Sessions live by it: their clients cannot be heard while this process stands still. */
  readonly #clock: PatientClock;
  readonly #observers: Observers;
  #gathered: Gathered[] = [];
  #pendingSyncs: PendingSync[] = [];
  readonly #proposed = new ProposedRecords();
  #port: LeaderPort | undefined;
  #service: LeaderService | undefined;
  #sessions: SessionTracker | undefined;
  #closed = false;

  constructor(context: ServerContext, portOptions: Omit<LeaderPortOptions, 'listener'>) {
    this.#context = context;
    this.#deadline = new Deadline(context.initLimitMs);
    this.#observers = new Observers(context.peer, {
      send: (to, message) => this.#port?.send(to, message),
      inform: (observers, transaction) => this.#port?.inform(observers, transaction),
      disconnect: (observer, reason) => {
        context.host.drop(observer);
        this.disconnect(observer, reason);
      },
    });
    this.#clock = new PatientClock(context.tickTimeMs, performance.now());
    void this.#open({ ...portOptions, listener: this.#listener() });
  }

  get state(): ServerContext['service']['state'] {
    return this.#context.service.state;
  }

  send(to: ServerId, message: Message): void {
    if (isLeaderMessage(message)) this.#port?.send(to, message);
  }

  disconnect(peer: ServerId, reason: Refusal): void {
    this.#context.logger.warn('a learner is refused', { server: peer, reason });
    this.#forgetSyncs(peer);
    this.#port?.disconnect(peer);
  }

  activate(): void {
    const { state } = this.#context.service;
    this.#sessions = new SessionTracker(state.sessions, this.#context.tickTimeMs, this.#nowMs);
    this.#service = new LeaderService(state, this.#sessions);
  }

  prepared(zxid: Zxid): TransactionRecord | undefined {
    return this.#proposed.take(zxid);
  }

  applied(transaction: Transaction, record: TransactionRecord): void {
    this.#service?.applied(record);
    this.#observers.delivered(transaction);
  }

  /** The COMMITs of what was delivered are on their way, so what is sent now comes behind them. */
  settled(): void {
    this.#observers.settled();
    this.#answerSyncs(this.state.lastZxid);
  }

  submit(request: ForwardedRequest): void {
    this.#gather({ request, from: this.#context.myId });
  }

  revalidate(sessionId: bigint, timeoutMs: number): Promise<boolean> {
    this.#context.host.inTurn(() => this.#proposeGathered(), 'role');
    return Promise.resolve(this.#moved(sessionId, timeoutMs, this.#context.myId));
  }

  sync(sessionId: bigint, cxid: number): void {
    this.#gather({
      from: this.#context.myId,
      answer: () => {
        this.#context.clients.synced(sessionId, cxid);
      },
    });
  }

  tick(): void {
    const { host, peer, clients, voters } = this.#context;
    this.#clock.tick(performance.now());
    const now = this.#nowMs;
    if (peer.phase !== 'BROADCAST') {
      const progressMs = this.#port?.streaming === true ? now : 0;
      if (this.#deadline.passed(now, peer.phase, progressMs)) host.give({ type: 'timeout' });
      return;
    }
    const connected = this.#port?.connectedLearners().filter((learner) => voters.includes(learner)) ?? [];
    if (connected.length + 1 < quorumSize(voters.length)) {
      host.give({ type: 'timeout' });
      return;
    }
    for (const [sessionId, timeoutMs] of clients.touched()) this.#sessions?.touch(sessionId, timeoutMs, now);
    for (const sessionId of this.#sessions?.expired(now) ?? []) this.submit(closeSession(sessionId));
  }

  close(): void {
    this.#closed = true;
    void this.#port?.close();
  }

  /** Tries for a while: the port may be another process's for a moment, as that of a server that is just stopping. */
  async #open(options: LeaderPortOptions): Promise<void> {
    const { logger, initLimitMs, fail } = this.#context;
    const untilMs = performance.now() + Math.min(LISTEN_MS_MAX, initLimitMs / 2);
    for (;;) {
      const port = await LeaderPort.open(options).catch((error: unknown) => String(error));
      if (typeof port !== 'string') {
        if (this.#closed) await port.close();
        else this.#port = port;
        return;
      }
      if (this.#closed) return;
      logger.warn('cannot listen for learners', { reason: port });
      if (performance.now() > untilMs) {
        const { host, port: number } = options.listen;
        fail(
          new Error(
            `cannot listen for learners on ${host}:${number}: ${port}; free the port, or give server.${this.#context.myId} another one`,
          ),
        );
        return;
      }
      await pause(LISTEN_PAUSE_MS);
    }
  }

  #listener(): LeaderPortListener {
    const { host, logger, voters } = this.#context;
    return {
      connected: (peer, kind, admit) => {
        host.inTurn(() => {
          admit();
          if (kind === 'follower') return { type: 'connected', peer };
          this.#observers.connected(peer);
          return undefined;
        }, peer);
      },
      message: (from, message) => {
        if (voters.includes(from)) host.give({ type: 'message', from, message });
        else this.#hearObserver(from, message);
      },
      packet: (from, packet) => {
        host.inTurn(() => this.#receive(from, packet), from);
      },
      disconnected: (peer, reason) => {
        logger.info('a learner is gone', { server: peer, reason });
        host.inTurn(() => {
          this.#forgetSyncs(peer);
          if (voters.includes(peer)) return { type: 'disconnected', peer };
          this.#observers.disconnected(peer);
          return undefined;
        }, peer);
      },
    };
  }

  /** What an observer says is not for the peer. */
  #hearObserver(observer: ServerId, message: FollowerMessage): void {
    this.#context.host.inTurn(() => {
      this.#observers.receive(observer, message);
      return undefined;
    }, observer);
  }

  /** The packets of a learner that are not of the protocol. */
  #receive(from: ServerId, packet: QuorumPacket): Event | undefined {
    switch (packet.type) {
      case PacketType.REQUEST: {
        const request = this.#decoded(from, decodeRequestPacket(packet));
        if (request === undefined) return undefined;
        const answer = (): void => this.#port?.sendPacket(from, SYNC_PACKET);
        this.#gather(request.type === OperationNumber.sync ? { from, answer } : { from, request });
        return undefined;
      }
      case PacketType.REVALIDATE: {
        const session = this.#decoded(from, decodeRevalidation(packet));
        if (session === undefined) return undefined;
        const { sessionId, timeoutMs } = session;
        // A request that came before it may end the session, and is of the server that the session had then.
        const proposal = this.#proposeGathered();
        this.#port?.sendPacket(from, revalidatedPacket(sessionId, this.#moved(sessionId, timeoutMs, from)));
        return proposal;
      }
      case PacketType.PING: {
        const now = this.#nowMs;
        for (const { sessionId, timeoutMs } of this.#decoded(from, decodePing(packet)) ?? []) {
          this.#sessions?.touch(sessionId, timeoutMs, now);
        }
        return undefined;
      }
      default:
        this.#context.logger.debug('a packet is ignored', { server: from, type: packet.type });
        return undefined;
    }
  }

  get #nowMs(): number {
    return this.#clock.at(performance.now());
  }

  #decoded<T>(from: ServerId, result: Decoded<T>): T | undefined {
    if (result.ok) return result.value;
    const { reason, offset } = result;
    this.#context.logger.warn('a malformed packet is ignored', { server: from, reason, offset });
    return undefined;
  }

  /** Is the session alive? Then its client is connected to that server from now on. */
  #moved(sessionId: bigint, timeoutMs: number, to: ServerId): boolean {
    return this.#sessions?.move(sessionId, timeoutMs, to, this.#nowMs) ?? false;
  }

  /**
   * What comes in one chunk of a connection is proposed together, at its end: a run costs the peer, the log and the
   * connections little more than a single proposal.
   */
  #gather(one: Gathered): void {
    if (this.#gathered.push(one) > 1) return;
    process.nextTick(() => {
      this.#context.host.inTurn(() => this.#proposeGathered(), 'role');
    });
  }

  #proposeGathered(): Event | undefined {
    const { peer } = this.#context;
    const gathered = this.#gathered;
    this.#gathered = [];
    if (this.#closed || this.#service === undefined || peer.phase !== 'BROADCAST') return undefined;
    const [wallMs, nowMs] = [Date.now(), this.#nowMs];
    const records: TransactionRecord[] = [];
    let isUsedUp = false;
    let last = peer.lastZxid;
    for (const one of gathered) {
      const { from } = one;
      if ('answer' in one) {
        this.#pendingSyncs.push({ from, upTo: last, answer: one.answer });
        continue;
      }
      const zxid = nextZxid(last, peer.acceptedEpoch);
      if (zxid === undefined) {
        isUsedUp = true;
        break;
      }
      const record = this.#service.prepare(one.request, { zxid, from, wallMs, nowMs });
      this.#proposed.add(record);
      records.push(record);
      last = zxid;
    }
    this.#answerSyncs(this.state.lastZxid);
    const encoded = encodeTransactions(records);
    // No counter is left: the peer says so itself when it is asked for one more.
    const payloads = isUsedUp ? [...encoded, new Uint8Array(0)] : encoded;
    return payloads.length === 0 ? undefined : { type: 'propose', payloads };
  }

  /** The connection over which they were asked for is gone: nobody waits for the answers. */
  #forgetSyncs(from: ServerId): void {
    this.#gathered = this.#gathered.filter((one) => one.from !== from || !('answer' in one));
    this.#pendingSyncs = this.#pendingSyncs.filter((sync) => sync.from !== from);
  }

  /** Everything up to that zxid is delivered here, and its COMMIT on its way to the learners. */
  #answerSyncs(delivered: Zxid): void {
    for (let sync = this.#pendingSyncs[0]; sync !== undefined; sync = this.#pendingSyncs[0]) {
      if (zxidLess(delivered, sync.upTo)) return;
      this.#pendingSyncs.shift();
      sync.answer();
    }
  }
}

function isLeaderMessage(message: Message): message is LeaderMessage {
  return message.type !== 'FOLLOWERINFO' && message.type !== 'ACKEPOCH' && message.type !== 'ACK';
}

/** The request that ends a session which has expired. */
function closeSession(sessionId: bigint): ForwardedRequest {
  return { sessionId, cxid: 0, type: OperationNumber.closeSession, body: new Uint8Array(0), auth: [] };
}
