/** The replicated state of one server, and when a snapshot of it is taken. */
import type { Transaction } from '../broadcast/transaction.ts';
import { zxidLess, zxidsEqual, type Zxid } from '../broadcast/zxid.ts';
import type { Applied, ServiceState } from '../service/service-state.ts';
import { decodeTransaction, type TransactionRecord } from '../wire/transaction-record.ts';

/** At most this much lies between two snapshots. */
export interface SnapshotInterval {
  readonly transactions: number;
  readonly bytes: number;
}

export class Service {
  #state: ServiceState;
  /** The state that came with the snapshot that was received last. */
  #received: ServiceState | undefined;
  /** The state of the snapshot that the log begins with, as long as it is not delivered. */
  #installed: ServiceState | undefined;
  /** Transactions until the next snapshot, and bytes of them; negative when it is time. */
  #left = 0;
  #bytesLeft = 0;
  readonly #interval: SnapshotInterval;
  readonly #random: () => number;

  /** `random`: a number from 0 to 1. */
  constructor(state: ServiceState, interval: SnapshotInterval, random: () => number = Math.random) {
    this.#state = state;
    this.#interval = interval;
    this.#random = random;
    this.#beginInterval();
  }

  get state(): ServiceState {
    return this.#state;
  }

  /** A snapshot came, of this state; the peer may refuse what came with it. */
  received(state: ServiceState): void {
    this.#received = state;
  }

  /** The snapshot that was received is taken: the state that the log begins with from now on, at `base`. */
  install(base: Zxid): ServiceState {
    if (this.#received === undefined || !zxidsEqual(this.#received.lastZxid, base)) {
      throw new Error('a snapshot is received before it is installed');
    }
    this.#installed = this.#received;
    this.#received = undefined;
    return this.#installed;
  }

  /** The state of the snapshot that was installed takes the place of this one. */
  replace(): void {
    if (this.#installed === undefined) throw new Error('a snapshot is installed before it is delivered');
    this.#state = this.#installed;
    this.#installed = undefined;
    this.#beginInterval();
  }

  /** What a learner is given: the log behind it is known. That is not the present state when a snapshot is not delivered. */
  get forLearners(): ServiceState {
    const installed = this.#installed;
    return installed !== undefined && zxidLess(this.#state.lastZxid, installed.lastZxid)
      ? installed
      : this.#state;
  }

  /**
   * Applies a transaction that was delivered; `known` is what it says, where that is known.
   * @throws Error when its bytes are no transaction: the servers of an ensemble would not agree on what it does
   */
  apply(
    transaction: Transaction,
    known?: TransactionRecord,
  ): { readonly record: TransactionRecord; readonly result: Applied } {
    const record = known ?? recordOf(transaction);
    const result = this.#state.apply(record);
    this.#left--;
    this.#bytesLeft -= transaction.payload.length;
    return { record, result };
  }

  /** Is it time for a snapshot? Says so once, and begins to count anew. */
  takesSnapshot(): Zxid | undefined {
    if (this.#left > 0 && this.#bytesLeft > 0) return undefined;
    this.#beginInterval();
    return this.#state.lastZxid;
  }

  /** Not all servers of an ensemble take their snapshots at the same time. */
  #beginInterval(): void {
    const share = 0.5 + this.#random() / 2;
    this.#left = Math.ceil(share * this.#interval.transactions);
    this.#bytesLeft = Math.ceil(share * this.#interval.bytes);
  }
}

function recordOf({ zxid, payload }: Transaction): TransactionRecord {
  const decoded = decodeTransaction(payload);
  if (decoded.ok) return decoded.value;
  const { reason, offset } = decoded;
  throw new Error(`transaction ${zxid.epoch}.${zxid.counter}: offset ${offset}: ${reason}`);
}
