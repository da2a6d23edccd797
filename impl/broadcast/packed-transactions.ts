/**
 * A block of a long history, in a few arrays of numbers and bytes. As an object with a zxid and a payload each, hundreds of
 * thousands of transactions would be looked at and moved by every collection of garbage, for which the whole server stops.
 *
 * Immutable. Transactions are made of it anew whenever they are asked for.
 */
import { assert } from './assertion.ts';
import { PackedPayloads } from './packed-payloads.ts';
import type { Transaction } from './transaction.ts';
import { zxidOf, type Zxid } from './zxid.ts';

export class PackedTransactions {
  /** The zxid at a place, from 0 on. */
  readonly zxidAt: (place: number) => Zxid;
  readonly #payloads: PackedPayloads;

  /** One or more, zxids ascending. */
  constructor(transactions: readonly Transaction[]) {
    this.zxidAt = packedZxids(transactions);
    this.#payloads = new PackedPayloads(transactions);
  }

  /** The transaction at a place, from 0 on. */
  at(place: number): Transaction {
    return { zxid: this.zxidAt(place), payload: this.#payloads.at(place) };
  }
}

/** Counted from the first one where no counter is left out, which is how it is but where epochs change. */
function packedZxids(transactions: readonly Transaction[]): (place: number) => Zxid {
  const count = transactions.length;
  const first = transactions[0]?.zxid;
  const last = transactions.at(-1)?.zxid;
  assert(first !== undefined && last !== undefined, 'a block has transactions');
  const { epoch, counter } = first;
  // They ascend, so as many as there are counters from the first to the last are all of these.
  if (last.epoch === epoch && last.counter === counter + count - 1) {
    return (place) => {
      assert(place >= 0 && place < count, 'a place lies within the block');
      return zxidOf(epoch, counter + place);
    };
  }
  const epochs = Uint32Array.from(transactions, ({ zxid }) => zxid.epoch);
  const counters = Uint32Array.from(transactions, ({ zxid }) => zxid.counter);
  return (place) => {
    const [epochThere, counterThere] = [epochs[place], counters[place]];
    assert(epochThere !== undefined && counterThere !== undefined, 'a place lies within the block');
    return zxidOf(epochThere, counterThere);
  };
}
