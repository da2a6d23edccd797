/** What a leader has proposed and not delivered yet, as it was before it was encoded. */
import { zxidLess, zxidsEqual, type Zxid } from '../broadcast/zxid.ts';
import type { TransactionRecord } from '../wire/transaction-record.ts';

/** Records that were taken are let go of in batches of this many. */
const TAKEN_KEPT_MAX = 1024;

export class ProposedRecords {
  /** Zxids ascending; those before #next were taken. */
  #records: TransactionRecord[] = [];
  #next = 0;

  add(record: TransactionRecord): void {
    this.#records.push(record);
  }

  /** The record with that zxid, if it is here; those before it are forgotten. */
  take(zxid: Zxid): TransactionRecord | undefined {
    for (let record = this.#records[this.#next]; record !== undefined; record = this.#records[this.#next]) {
      if (zxidLess(zxid, record.header.zxid)) return undefined;
      this.#next++;
      if (this.#next === this.#records.length || this.#next >= TAKEN_KEPT_MAX) {
        this.#records = this.#records.slice(this.#next);
        this.#next = 0;
      }
      if (zxidsEqual(zxid, record.header.zxid)) return record;
    }
    return undefined;
  }
}
