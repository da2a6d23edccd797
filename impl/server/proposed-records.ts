/** What a leader has proposed and not delivered yet, as it was before it was encoded. */
import { Fifo } from '../broadcast/fifo.ts';
import { zxidLess, zxidsEqual, type Zxid } from '../broadcast/zxid.ts';
import type { TransactionRecord } from '../wire/transaction-record.ts';

export class ProposedRecords {
  /** Zxids ascending. */
  readonly #records = new Fifo<TransactionRecord>();

  add(record: TransactionRecord): void {
    this.#records.push(record);
  }

  /** The record with that zxid, if it is here; those before it are forgotten. */
  take(zxid: Zxid): TransactionRecord | undefined {
    for (let record = this.#records.first; record !== undefined; record = this.#records.first) {
      if (zxidLess(zxid, record.header.zxid)) return undefined;
      this.#records.shift();
      if (zxidsEqual(zxid, record.header.zxid)) return record;
    }
    return undefined;
  }
}
