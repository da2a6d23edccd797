/**
 * Where a batch of the log is written and synced: on the main thread, or in the thread pool.
 *
 * A sync of a fast disk takes less time than waking a thread of the pool and being woken by it, and on busy processors much
 * less; but while it lasts the main thread does nothing else. So small batches are written here, as long as the disk is
 * fast; the batches of a loaded server, during whose syncs there is enough to do, are not.
 */
import { payloadBytesOf } from '../broadcast/payload-layout.ts';
import type { Transactions } from '../broadcast/transaction-run.ts';

/** The most transactions of a batch that is written on the main thread. */
const TRANSACTIONS_MAX = 8;
/** The most bytes of each of them, in the mean; what is longer takes the disk longer. */
const PAYLOAD_BYTES_MAX = 4096;
/** A write that took longer than that was a slow one. */
const SLOW_MS = 2;
/** So long after a slow one all go to the thread pool. */
const AVOIDED_MS = 500;

export class BatchPlace {
  #avoidedUntilMs = -Infinity;

  /** Is this batch best written on the main thread? */
  isHere(transactions: Transactions, nowMs: number): boolean {
    return (
      nowMs >= this.#avoidedUntilMs &&
      transactions.length <= TRANSACTIONS_MAX &&
      payloadBytesOf(transactions, 0, transactions.length) <= PAYLOAD_BYTES_MAX * transactions.length
    );
  }

  /** A batch was written on the main thread, from one time to another. */
  took(fromMs: number, toMs: number): void {
    if (toMs - fromMs > SLOW_MS) this.#avoidedUntilMs = toMs + AVOIDED_MS;
  }
}
