/**
 * The observers of a leader: each has its feed (`impl/protocol/observer-feed.ts`), which decides what it is told. All of
 * this happens in its turn, between two events of the peer, which does not know of it.
 */
import type { Transaction } from '../broadcast/transaction.ts';
import type { Refusal } from '../protocol/effects.ts';
import type { ServerId } from '../protocol/ensemble.ts';
import type { FollowerMessage, LeaderMessage } from '../protocol/messages.ts';
import { ObserverFeed } from '../protocol/observer-feed.ts';
import type { Peer } from '../protocol/peer.ts';

/** The connections with observers. */
export interface ObserverConnections {
  send(to: ServerId, message: LeaderMessage): void;
  /** The same transaction to all of them. */
  inform(observers: readonly ServerId[], transaction: Transaction): void;
  /** Closes a connection, and forgets what has come on it. */
  disconnect(observer: ServerId, reason: Refusal): void;
}

export class Observers {
  readonly #leader: Peer;
  readonly #connections: ObserverConnections;
  readonly #feeds = new Map<ServerId, ObserverFeed>();

  constructor(leader: Peer, connections: ObserverConnections) {
    this.#leader = leader;
    this.#connections = connections;
  }

  connected(observer: ServerId): void {
    this.#feeds.set(observer, new ObserverFeed(this.#leader));
  }

  disconnected(observer: ServerId): void {
    this.#feeds.delete(observer);
  }

  receive(observer: ServerId, message: FollowerMessage): void {
    const feed = this.#feeds.get(observer);
    if (feed === undefined) return;
    const out: LeaderMessage[] = [];
    const reason = feed.receive(message, out);
    this.#send(observer, out);
    if (reason === undefined) return;
    this.#feeds.delete(observer);
    this.#connections.disconnect(observer, reason);
  }

  /** An event of the peer is over: the epoch may be established now. */
  settled(): void {
    for (const [observer, feed] of this.#feeds) {
      if (!feed.waits) continue;
      const out: LeaderMessage[] = [];
      feed.established(out);
      this.#send(observer, out);
    }
  }

  /** The leader has delivered a transaction. */
  delivered(transaction: Transaction): void {
    if (this.#feeds.size === 0) return;
    const informed = [...this.#feeds].filter(([, feed]) => feed.informs).map(([observer]) => observer);
    this.#connections.inform(informed, transaction);
  }

  #send(observer: ServerId, messages: readonly LeaderMessage[]): void {
    for (const message of messages) this.#connections.send(observer, message);
  }
}
