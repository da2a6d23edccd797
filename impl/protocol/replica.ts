/**
 * What a server has whatever its role: what is on disk or on its way there, and how much of it was delivered.
 *
 * Each change that the host must carry out adds its effect here, so that what the peer believes and what the host is
 * asked for cannot part.
 */
import { assert } from '../broadcast/assertion.ts';
import { History } from '../broadcast/history.ts';
import { quorumSize } from '../broadcast/quorum-acks.ts';
import type { Transaction } from '../broadcast/transaction.ts';
import type { Effect } from './effects.ts';
import type { PeerConfig, ServerId } from './ensemble.ts';

/** The part of a snapshot that a replica is restored from. */
export interface ReplicaState {
  readonly acceptedEpoch: number;
  readonly currentEpoch: number;
  readonly history: readonly Transaction[];
  readonly durable: number;
  readonly cutPending: boolean;
  readonly committed: number;
}

export class Replica {
  readonly id: ServerId;
  readonly ensemble: readonly ServerId[];
  readonly quorum: number;
  #acceptedEpoch = 0;
  #currentEpoch = 0;
  #history = new History();
  #durable = 0;
  #cutPending = false;
  #committed = 0;

  constructor(config: PeerConfig) {
    const { id, ensemble } = config;
    assert(ensemble.length > 1, 'an ensemble has two servers or more');
    assert(new Set(ensemble).size === ensemble.length, 'an ensemble names each server once');
    assert(ensemble.includes(id), 'a peer is a server of its ensemble');
    this.id = id;
    this.ensemble = ensemble;
    this.quorum = quorumSize(ensemble.length);
  }

  /** The last epoch whose LEADERINFO the server answered; f.p in the paper. */
  get acceptedEpoch(): number {
    return this.#acceptedEpoch;
  }

  /** The last epoch whose NEWLEADER the server acknowledged; f.a in the paper. */
  get currentEpoch(): number {
    return this.#currentEpoch;
  }

  get history(): History {
    return this.#history;
  }

  /** Length of the prefix of the history that a crash cannot take. */
  get durable(): number {
    return this.#durable;
  }

  /** May a crash bring back what was cut off the history? */
  get cutPending(): boolean {
    return this.#cutPending;
  }

  /** Length of the prefix of the history that was delivered since the server started. */
  get committed(): number {
    return this.#committed;
  }

  /** Is every change of the log on disk? Spec: `Synced`. */
  get synced(): boolean {
    return this.#durable === this.#history.length && !this.#cutPending;
  }

  acceptEpoch(epoch: number, effects: Effect[]): void {
    assert(epoch > this.#acceptedEpoch, 'the accepted epoch grows');
    this.#acceptedEpoch = epoch;
    effects.push({ type: 'storeAcceptedEpoch', epoch });
  }

  /** The disk has the accepted epoch as the current one. */
  currentEpochStored(): void {
    this.#currentEpoch = this.#acceptedEpoch;
  }

  append(transaction: Transaction, effects: Effect[]): void {
    this.#history.append(transaction);
    effects.push({ type: 'append', transaction });
  }

  /** Spec: `Replace` with nothing in place of what is cut. */
  truncate(n: number, effects: Effect[]): void {
    assert(n < this.#history.length, 'a cut takes something away');
    effects.push({ type: 'truncate', zxid: this.#history.zxidAt(n) });
    this.#cut(n);
  }

  /** Spec: `Replace` of what follows the common prefix, of length n. */
  installSnapshot(n: number, history: readonly Transaction[], effects: Effect[]): void {
    effects.push({ type: 'installSnapshot', history });
    this.#cut(n);
    for (let i = n; i < history.length; i++) {
      const transaction = history[i];
      assert(transaction !== undefined, 'a history has no holes');
      this.#history.append(transaction);
    }
  }

  /** The disk has the first k transactions, and every cut. Spec: `Sync`. */
  durableUpTo(k: number): void {
    assert(k >= this.#durable && k <= this.#history.length, 'the durable prefix grows within the history');
    this.#durable = k;
    this.#cutPending = false;
  }

  /** Delivers the first n transactions, as far as that is news. */
  commitUpTo(n: number, effects: Effect[]): void {
    assert(n <= this.#history.length, 'what is committed is in the history');
    for (let i = this.#committed + 1; i <= n; i++) {
      effects.push({ type: 'deliver', transaction: this.#history.at(i) });
      this.#committed = i;
    }
  }

  restore(state: ReplicaState): void {
    this.#acceptedEpoch = state.acceptedEpoch;
    this.#currentEpoch = state.currentEpoch;
    this.#history = new History(state.history);
    this.#durable = state.durable;
    this.#cutPending = state.cutPending;
    this.#committed = state.committed;
  }

  #cut(n: number): void {
    assert(this.synced, 'the log is on disk when it is cut');
    assert(n >= this.#committed, 'what was delivered is never cut');
    this.#cutPending = n < this.#history.length;
    this.#history.truncate(n);
    this.#durable = n;
  }
}
