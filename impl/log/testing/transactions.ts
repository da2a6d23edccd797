/** Transactions for tests: each creates a node of its own, so that the tree tells which of them took effect. */
import type { Transaction } from '../../broadcast/transaction.ts';
import { zxid, type Zxid } from '../../broadcast/zxid.ts';
import { ServiceState } from '../../service/service-state.ts';
import { SnapshotStream } from '../../service/snapshot-stream.ts';
import { OPEN_ACL } from '../../wire/acl.ts';
import { decodeTransaction, encodeTransaction } from '../../wire/transaction-record.ts';

/** The transaction with that zxid, which creates `/n<epoch>-<counter>`, with data of so many bytes. */
export function createNode(epoch: number, counter: number, dataBytes = 3): Transaction {
  return {
    zxid: zxid(epoch, counter),
    payload: encodeTransaction({
      header: { sessionId: 1n, cxid: counter, zxid: zxid(epoch, counter), time: 1_700_000_000_000 },
      body: {
        type: 'create',
        path: `/n${epoch}-${counter}`,
        data: new Uint8Array(dataBytes).fill(counter),
        acl: OPEN_ACL,
        ephemeral: false,
        parentCversion: counter,
      },
      digest: undefined,
    }),
  };
}

/** The state that comes of a state (the first one if none is given) by these transactions. */
export function stateAfter(transactions: readonly Transaction[], state = new ServiceState()): ServiceState {
  for (const { payload } of transactions) {
    const record = decodeTransaction(payload);
    if (!record.ok) throw new Error(record.reason);
    state.apply(record.value);
  }
  return state;
}

/** Reads what `stateAfter` gives, from a snapshot. */
export function readState(at: Zxid, offset: number): SnapshotStream {
  return new SnapshotStream(at, 1 << 21, offset);
}

/** The nodes that `createNode` made. */
export function nodesOf(state: ServiceState): string[] {
  return state.tree
    .entries()
    .map(([path]) => path)
    .filter((path) => path.startsWith('/n'))
    .sort();
}
