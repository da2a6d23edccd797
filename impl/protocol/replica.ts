/**
 * What a server has whatever its role: what is on disk or on its way there, and how much of it was delivered.
 *
 * Each change that the host must carry out adds its effect here, so that what the peer believes and what the host is
 * asked for cannot part.
 */
import { assert } from '../broadcast/assertion.ts';
import { History, type HistoryContent } from '../broadcast/history.ts';
import { quorumSize } from '../broadcast/quorum-acks.ts';
import type { Transactions } from '../broadcast/transaction-run.ts';
import { ZERO_ZXID, zxidLess, zxidsEqual, type Zxid } from '../broadcast/zxid.ts';
import type { Effect } from './effects.ts';
import type { PeerConfig, ServerId } from './ensemble.ts';

/** The part of a snapshot that a replica is restored from. */
export interface ReplicaState {
  readonly acceptedEpoch: number;
  readonly currentEpoch: number;
  readonly history: HistoryContent;
  readonly basePosition: number;
  readonly durable: number;
  readonly cutPending: boolean;
  readonly committed: number;
  readonly delivered: Zxid;
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
  #delivered = ZERO_ZXID;

  constructor(config: PeerConfig) {
    const { id, ensemble } = config;
    assert(ensemble.length > 1, 'an ensemble has two servers or more');
    assert(new Set(ensemble).size === ensemble.length, 'an ensemble names each server once');
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

  /**
   * Length of the prefix of the history that was delivered since the server started, what the base stands for included;
   * one less than the base's position while a snapshot was taken from the leader that is still to be delivered.
   */
  get committed(): number {
    return this.#committed;
  }

  /** The zxid up to which the service has what was delivered; that of its snapshot after a start. */
  get delivered(): Zxid {
    return this.#delivered;
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

  append(transactions: Transactions, effects: Effect[]): void {
    this.#history.append(transactions);
    effects.push({ type: 'append', transactions });
  }

  /** Spec: `Replace` with nothing in place of what is cut. */
  truncate(n: number, effects: Effect[]): void {
    assert(n < this.#history.length, 'a cut takes something away');
    assert(this.synced, 'the log is on disk when it is cut');
    assert(n >= this.#committed, 'what was delivered is never cut');
    effects.push({ type: 'truncate', zxid: this.#history.zxidAt(n) });
    this.#cutPending = true;
    this.#history.truncate(n);
    this.#durable = n;
  }

  /**
   * Has this history all that was delivered? What its base stands for cannot be looked at: where the base comes after the
   * last delivery it is taken on trust, as the leader's snapshot is.
   */
  keepsDelivered(content: HistoryContent): boolean {
    const delivered = this.#delivered;
    if (zxidLess(delivered, content.base)) return true;
    // Of a snapshot that was taken and not delivered nothing is known but its zxid, which is beyond the delivery.
    if (this.#history.isBeforeBase(delivered)) return new History(content).positionOf(delivered) >= 0;
    return !zxidLess(this.#history.agreedUpTo(content), delivered);
  }

  /**
   * Spec: `Replace` of what follows the common prefix. A base that stands for transactions counts as one position: what
   * it stands for is on disk as a whole or not at all, and delivered as a whole.
   */
  installSnapshot(content: HistoryContent, effects: Effect[]): void {
    assert(this.synced, 'the log is on disk when it is replaced');
    effects.push({ type: 'installSnapshot', history: content });
    const agreed = this.#history.agreedUpTo(content);
    this.#cutPending = !zxidsEqual(agreed, this.#history.lastZxid);
    this.#history = new History(content, zxidsEqual(content.base, ZERO_ZXID) ? 0 : 1);
    this.#durable = Math.max(0, this.#history.positionOf(agreed));
    this.#committed = Math.max(0, this.#history.positionOf(this.#delivered));
  }

  /** The disk has the first k transactions, and every cut. Spec: `Sync`. */
  durableUpTo(k: number): void {
    assert(k >= this.#durable && k <= this.#history.length, 'the durable prefix grows within the history');
    this.#durable = k;
    this.#cutPending = false;
  }

  /** Delivers the first n transactions, as far as that is news. */
  commitUpTo(n: number, effects: Effect[]): void {
    const history = this.#history;
    assert(n <= history.length, 'what is committed is in the history');
    if (n <= this.#committed) return;
    const snapshotFirst = this.#committed < history.basePosition;
    if (snapshotFirst) effects.push({ type: 'deliverSnapshot', zxid: history.base });
    const transactions = history.between(snapshotFirst ? history.basePosition : this.#committed, n);
    if (transactions.length > 0) effects.push({ type: 'deliver', transactions });
    this.#committed = n;
    this.#delivered = history.zxidAt(n);
    history.pack(n);
  }

  /** What lies before zxid is in a snapshot on disk: forgets it, as far as the log on disk reaches. */
  compact(zxid: Zxid): void {
    const n = this.#history.positionOf(zxid);
    if (n <= this.#history.basePosition) return;
    assert(n <= this.#committed, 'a snapshot is of what was delivered');
    this.#history.compact(Math.min(n, this.#durable));
  }

  restore(state: ReplicaState): void {
    this.#acceptedEpoch = state.acceptedEpoch;
    this.#currentEpoch = state.currentEpoch;
    this.#history = new History(state.history, state.basePosition);
    this.#durable = state.durable;
    this.#cutPending = state.cutPending;
    this.#committed = state.committed;
    this.#delivered = state.delivered;
  }
}
