/** The replicated state of one server, and when a snapshot of it is taken. */
import type { Transaction } from '../broadcast/transaction.ts';
import type { Zxid } from '../broadcast/zxid.ts';
import type { Applied, ServiceState } from '../service/service-state.ts';
import { decodeTransaction, type TransactionRecord } from '../wire/transaction-record.ts';

export class Service {
  #state: ServiceState;
  /** The state that came from the leader with the snapshot that was received last. */
  #received: ServiceState | undefined;
  /** Transactions until the next snapshot. */
  #left: number;
  readonly #snapCount: number;
  readonly #random: () => number;

  /** `snapCount`: at most so many transactions lie between two snapshots. `random`: a number from 0 to 1. */
  constructor(state: ServiceState, snapCount: number, random: () => number = Math.random) {
    this.#state = state;
    this.#snapCount = snapCount;
    this.#random = random;
    this.#left = this.#interval();
  }

  get state(): ServiceState {
    return this.#state;
  }

  /** A snapshot came; it is installed, and perhaps delivered, when the peer says so. */
  received(state: ServiceState): void {
    this.#received = state;
  }

  /** The state of the snapshot that came last. */
  get lastReceived(): ServiceState {
    if (this.#received === undefined) throw new Error('a snapshot came before it is installed');
    return this.#received;
  }

  /** The state that was received takes the place of this one. */
  replace(): void {
    this.#state = this.lastReceived;
    this.#received = undefined;
    this.#left = this.#interval();
  }

  /**
   * Applies a transaction that was delivered.
   * @throws Error when its bytes are no transaction: the servers of an ensemble would not agree on what it does
   */
  apply({ zxid, payload }: Transaction): { readonly record: TransactionRecord; readonly result: Applied } {
    const decoded = decodeTransaction(payload);
    if (!decoded.ok) {
      const { reason, offset } = decoded;
      throw new Error(`transaction ${zxid.epoch}.${zxid.counter}: offset ${offset}: ${reason}`);
    }
    const record = decoded.value;
    const result = this.#state.apply(record);
    this.#left--;
    return { record, result };
  }

  /** Is it time for a snapshot? Says so once, and begins to count anew. */
  takesSnapshot(): Zxid | undefined {
    if (this.#left > 0) return undefined;
    this.#left = this.#interval();
    return this.#state.lastZxid;
  }

  /** Not all servers of an ensemble take their snapshots at the same time. */
  #interval(): number {
    const half = Math.ceil(this.#snapCount / 2);
    return half + Math.floor(this.#random() * (this.#snapCount - half + 1));
  }
}
