/** A server that follows, or observes: its connection with the leader, over which it passes on what its clients want to change. */
import { Fifo } from '../broadcast/fifo.ts';
import type { ServerId } from '../protocol/ensemble.ts';
import type { Event } from '../protocol/events.ts';
import type { FollowerMessage, Message } from '../protocol/messages.ts';
import type { ForwardedRequest } from '../service/forwarded-request.ts';
import type { ServiceState } from '../service/service-state.ts';
import { OperationNumber } from '../wire/client-request.ts';
import type { Decoded } from '../wire/malformed.ts';
import { PacketType, type QuorumPacket } from '../wire/quorum-packet.ts';
import { Deadline } from './deadline.ts';
import { LearnerLink, type LearnerLinkOptions } from './quorum/learner-link.ts';
import type { RoleHost } from './role-host.ts';
import { decodeRevalidated, pingPacket, requestPacket, revalidatePacket } from './service-packets.ts';
import type { ServerContext } from './server-context.ts';

export class Following implements RoleHost {
  readonly mode: 'follower' | 'observer';
  readonly #context: ServerContext;
  readonly #leader: ServerId;
  readonly #link: LearnerLink;
  readonly #deadline: Deadline;
  /** Who waits for the leader's word on a session. */
  readonly #revalidations = new Map<bigint, ((alive: boolean) => void)[]>();
  /** Syncs that the leader has not answered yet; it answers in order. */
  readonly #syncs = new Fifo<{ readonly sessionId: bigint; readonly cxid: number }>();

  constructor(
    context: ServerContext,
    linkOptions: Omit<LearnerLinkOptions, 'listener' | 'historyEnd' | 'delivered'>,
  ) {
    const { host, logger, service, peer } = context;
    const { leader, observer } = linkOptions;
    this.mode = observer ? 'observer' : 'follower';
    this.#context = context;
    this.#leader = leader;
    this.#deadline = new Deadline(context.initLimitMs);
    this.#link = LearnerLink.open({
      ...linkOptions,
      historyEnd: () => peer.lastZxid,
      delivered: () => service.state.lastZxid,
      listener: {
        connected: () => {
          host.give({ type: 'connected', peer: leader });
        },
        snapshot: (state) => {
          host.inTurn(() => {
            service.received(state);
            return undefined;
          }, leader);
        },
        message: (message) => {
          host.give({ type: 'message', from: leader, message });
        },
        packet: (packet) => {
          host.inTurn(() => this.#receive(packet), leader);
        },
        disconnected: (reason) => {
          logger.info('the leader is gone', { server: leader, reason });
          host.give({ type: 'disconnected', peer: leader });
        },
      },
    });
  }

  get state(): ServiceState {
    return this.#context.service.state;
  }

  send(to: ServerId, message: Message): void {
    if (to === this.#leader && isFollowerMessage(message)) this.#link.send(message);
  }

  /** A follower is done with its leader only by giving its role up. */
  disconnect(): void {
    this.#link.close();
  }

  activate(): void {
    // Requests are passed on from here on; nothing is to be prepared for it.
  }

  prepared(): undefined {
    // What is delivered here came from the leader.
  }

  applied(): void {
    // What was delivered is told to the clients by the server.
  }

  settled(): void {
    // Nothing waits for it.
  }

  submit(request: ForwardedRequest): void {
    this.#link.sendPacket(requestPacket(request));
  }

  revalidate(sessionId: bigint, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const waiting = this.#revalidations.get(sessionId);
      if (waiting === undefined) this.#revalidations.set(sessionId, [resolve]);
      else waiting.push(resolve);
      this.#link.sendPacket(revalidatePacket({ sessionId, timeoutMs }));
    });
  }

  sync(sessionId: bigint, cxid: number): void {
    this.#syncs.push({ sessionId, cxid });
    this.submit({ sessionId, cxid, type: OperationNumber.sync, body: new Uint8Array(0), auth: [] });
  }

  tick(): void {
    const { host, peer } = this.#context;
    if (peer.phase === 'BROADCAST') return;
    if (this.#deadline.passed(performance.now(), peer.phase, this.#link.heardAtMs)) {
      host.give({ type: 'timeout' });
    }
  }

  close(): void {
    this.#link.close();
    // Nobody knows what became of the sessions: who waits is left waiting, on a connection that is closed.
    this.#revalidations.clear();
  }

  #receive(packet: QuorumPacket): Event | undefined {
    const { clients, logger } = this.#context;
    switch (packet.type) {
      case PacketType.PING:
        this.#link.sendPacket(pingPacket(packet, clients.touched()));
        return undefined;
      case PacketType.REVALIDATE: {
        const answer = this.#decoded(decodeRevalidated(packet));
        if (answer === undefined) return undefined;
        const waiting = this.#revalidations.get(answer.sessionId) ?? [];
        this.#revalidations.delete(answer.sessionId);
        for (const resolve of waiting) resolve(answer.alive);
        return undefined;
      }
      case PacketType.SYNC: {
        const sync = this.#syncs.shift();
        if (sync !== undefined) clients.synced(sync.sessionId, sync.cxid);
        return undefined;
      }
      default:
        logger.debug('a packet is ignored', { server: this.#leader, type: packet.type });
        return undefined;
    }
  }

  #decoded<T>(result: Decoded<T>): T | undefined {
    if (result.ok) return result.value;
    const { reason, offset } = result;
    this.#context.logger.warn('a malformed packet is ignored', { server: this.#leader, reason, offset });
    return undefined;
  }
}

function isFollowerMessage(message: Message): message is FollowerMessage {
  return message.type === 'FOLLOWERINFO' || message.type === 'ACKEPOCH' || message.type === 'ACK';
}
