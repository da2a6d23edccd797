/**
 * Runs a peer: gives it one event at a time, and carries out its effects in their order, as the contract at the top of
 * `impl/protocol/peer.ts` asks.
 *
 * While an epoch is on its way to the disk nothing else happens: what comes meanwhile waits in line. When the peer gives
 * up its role, or is done with a learner, what waits from those connections is dropped.
 */
import { assert } from '../broadcast/assertion.ts';
import { Fifo } from '../broadcast/fifo.ts';
import type { HistoryContent } from '../broadcast/history.ts';
import type { Transactions } from '../broadcast/transaction-run.ts';
import type { Zxid } from '../broadcast/zxid.ts';
import type { AbandonReason, Effect, Refusal } from '../protocol/effects.ts';
import type { ServerId } from '../protocol/ensemble.ts';
import type { Event } from '../protocol/events.ts';
import type { Message } from '../protocol/messages.ts';
import type { Peer } from '../protocol/peer.ts';

/** What the effects of a peer are carried out by. */
export interface PeerSurroundings {
  append(transactions: Transactions): void;
  truncate(zxid: Zxid): void;
  installSnapshot(history: HistoryContent): void;
  /** On disk when the promise is fulfilled; rejected when the disk fails, which ends the server. */
  storeEpoch(name: 'acceptedEpoch' | 'currentEpoch', epoch: number): Promise<void>;
  send(to: ServerId, message: Message): void;
  disconnect(peer: ServerId, reason: Refusal): void;
  abandon(reason: AbandonReason): void;
  deliver(transactions: Transactions): void;
  deliverSnapshot(zxid: Zxid): void;
  /** An event was taken, and its effects carried out: role and phase may be others now. */
  settled(): void;
  /** The peer, or what carries its effects out, has failed: nothing more is given to it. */
  failed(error: unknown): void;
}

/** An event, or what is to be done in its turn and perhaps gives one. */
type Turn = Event | (() => Event | undefined);

interface Waiting {
  readonly turn: Turn;
  readonly origin: Origin;
}

/**
 * Where a turn comes from, and with what it is dropped: the connection with a server, the role that the peer has, or
 * neither.
 */
export type Origin = ServerId | 'role' | 'server';

export class PeerHost {
  readonly #peer: Peer;
  readonly #around: PeerSurroundings;
  readonly #line = new Fifo<Waiting>();
  #busy = false;
  #stopped = false;

  constructor(peer: Peer, around: PeerSurroundings) {
    this.#peer = peer;
    this.#around = around;
  }

  /** Gives an event to the peer, behind those that wait. */
  give(event: Event): void {
    if (this.#stopped) return;
    // Most find nobody in line, and need no place in it.
    if (this.#busy) this.#line.push({ turn: event, origin: originOf(event) });
    else this.#run(event);
  }

  /** Has something done behind the events that wait; it may answer with an event, which the peer is given at once. */
  inTurn(work: () => Event | undefined, origin: Origin): void {
    if (this.#stopped) return;
    if (this.#busy) this.#line.push({ turn: work, origin });
    else this.#run(work);
  }

  /** What waits and comes from the connection with that server is forgotten. */
  drop(server: ServerId): void {
    this.#drop((origin) => origin === server);
  }

  /** Nothing more is given to the peer. */
  stop(): void {
    this.#stopped = true;
    this.#line.clear();
  }

  /** Takes a turn, then works the line off, up to its end or to a write that must be waited for. */
  #run(first?: Turn): void {
    this.#busy = true;
    try {
      for (
        let turn = first ?? this.#line.shift()?.turn;
        turn !== undefined;
        turn = this.#line.shift()?.turn
      ) {
        const event = typeof turn === 'function' ? turn() : turn;
        const write = event === undefined ? undefined : this.#perform(this.#peer.step(event), 0);
        if (this.#stopped) return;
        if (write !== undefined) {
          this.#resumeAfter(write);
          return;
        }
      }
      this.#busy = false;
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Carries effects out from one on; a promise when the rest has to wait for the disk. */
  #perform(effects: readonly Effect[], from: number): Promise<void> | undefined {
    for (let at = from; at < effects.length; at++) {
      const effect = effects[at];
      assert(effect !== undefined, 'effects have no holes');
      const write = this.#carryOut(effect);
      if (write !== undefined) return this.#performAfter(write, effects, at + 1);
    }
    this.#around.settled();
    return undefined;
  }

  async #performAfter(
    write: Promise<Event | undefined>,
    effects: readonly Effect[],
    from: number,
  ): Promise<void> {
    const ended = await write;
    if (this.#stopped) return;
    await this.#perform(effects, from);
    if (ended !== undefined && this.#isRunning()) await this.#perform(this.#peer.step(ended), 0);
  }

  /** A call of its own: what was awaited may have stopped it. */
  #isRunning(): boolean {
    return !this.#stopped;
  }

  #resumeAfter(write: Promise<void>): void {
    write.then(
      () => {
        if (!this.#stopped) this.#run();
      },
      (error: unknown) => {
        this.#fail(error);
      },
    );
  }

  /** A promise for what is on disk before anything else may happen; it may give the event that says so. */
  #carryOut(effect: Effect): Promise<Event | undefined> | undefined {
    const around = this.#around;
    switch (effect.type) {
      case 'send':
        around.send(effect.to, effect.message);
        return undefined;
      case 'append':
        around.append(effect.transactions);
        return undefined;
      case 'truncate':
        around.truncate(effect.zxid);
        return undefined;
      case 'installSnapshot':
        around.installSnapshot(effect.history);
        return undefined;
      case 'storeAcceptedEpoch':
        return around.storeEpoch('acceptedEpoch', effect.epoch).then(() => undefined);
      case 'storeCurrentEpoch': {
        const { epoch } = effect;
        return around.storeEpoch('currentEpoch', epoch).then(() => ({ type: 'currentEpochStored', epoch }));
      }
      case 'deliver':
        around.deliver(effect.transactions);
        return undefined;
      case 'deliverSnapshot':
        around.deliverSnapshot(effect.zxid);
        return undefined;
      case 'disconnect':
        this.#drop((origin) => origin === effect.peer);
        around.disconnect(effect.peer, effect.reason);
        return undefined;
      case 'abandon':
        this.#drop((origin) => origin !== 'server');
        around.abandon(effect.reason);
        return undefined;
    }
  }

  /** What waits and comes from there is forgotten. */
  #drop(comesFrom: (origin: Origin) => boolean): void {
    const kept = [...this.#line].filter(({ origin }) => !comesFrom(origin));
    this.#line.clear();
    for (const waiting of kept) this.#line.push(waiting);
  }

  #fail(error: unknown): void {
    if (this.#stopped) return;
    this.stop();
    this.#around.failed(error);
  }
}

function originOf(event: Event): Origin {
  switch (event.type) {
    case 'message':
      return event.from;
    case 'connected':
    case 'disconnected':
      return event.peer;
    case 'timeout':
    case 'propose':
      return 'role';
    case 'elected':
    case 'logDurable':
    case 'currentEpochStored':
    case 'compacted':
      return 'server';
  }
}
