/**
 * What brings a learner up to date, as bytes: DIFF, TRUNC, or SNAP with a snapshot; the proposals that it lacks, each with
 * its COMMIT where it is committed; and NEWLEADER.
 *
 * The messages of spec `CatchUp` come one after the other and are put together here until NEWLEADER, because what the
 * first packet says depends on the COMMIT that comes among the last: COMMIT of what the learner has already cannot be
 * sent to an Apache follower, so DIFF carries up to where the leader has committed.
 */
import { zxidRunsOf } from '../../broadcast/transaction-list.ts';
import type { Transactions, ZxidRun } from '../../broadcast/transaction-run.ts';
import type { Transaction } from '../../broadcast/transaction.ts';
import { ZERO_ZXID, zxidLess, type Zxid } from '../../broadcast/zxid.ts';
import type { Diff, NewLeader, Snap, Trunc } from '../../protocol/messages.ts';
import { encodeProposals } from '../../wire/proposal-packets.ts';
import { encodeQuorumPacket, PacketType } from '../../wire/quorum-packet.ts';
import { packetOf, type PacketContext, type PacketMessage } from '../../wire/zab-packets.ts';
import { SIGNATURE } from './learner-stream.ts';

/** The state of the service at `zxid`, in pieces. */
export interface ServiceSnapshot {
  readonly zxid: Zxid;
  readonly chunks: Iterable<Uint8Array>;
}

export class Synchronization {
  readonly #first: Diff | Trunc | ServiceSnapshot;
  readonly #proposals: Transaction[] = [];
  #committed: Zxid = ZERO_ZXID;

  private constructor(first: Diff | Trunc | ServiceSnapshot) {
    this.#first = first;
  }

  /** Begun by a message; `snapshot` is that of the service now, which has delivered some of the history. */
  static begun(message: Diff | Trunc | Snap, snapshot: () => ServiceSnapshot): Synchronization {
    if (message.type !== 'SNAP') return new Synchronization(message);
    const first = snapshot();
    const synchronization = new Synchronization(first);
    synchronization.propose(message.history.transactions.filter(({ zxid }) => zxidLess(first.zxid, zxid)));
    return synchronization;
  }

  propose(transactions: Transactions): void {
    for (const transaction of transactions) this.#proposals.push(transaction);
  }

  commit(zxid: Zxid): void {
    this.#committed = zxid;
  }

  /** Zxids of the proposals that the learner is not told to commit yet. */
  uncommitted(): readonly ZxidRun[] {
    return zxidRunsOf(this.#proposals.filter(({ zxid }) => zxidLess(this.#committed, zxid)));
  }

  /** The packets, made as they are asked for: together they may be as long as the history. */
  *packets(newLeader: NewLeader, context: PacketContext): Generator<Uint8Array> {
    const encode = (message: PacketMessage): Uint8Array =>
      encodeQuorumPacket(packetOf(message, { ...context, committed: this.#committed }));
    if ('type' in this.#first) {
      yield encode(this.#first);
    } else {
      const { zxid, chunks } = this.#first;
      yield encodeQuorumPacket({ type: PacketType.SNAP, zxid, data: null, authinfo: [] });
      yield* chunks;
      yield SIGNATURE;
    }
    for (const transaction of this.#proposals) {
      const { zxid } = transaction;
      yield encodeProposals([transaction]);
      if (!zxidLess(this.#committed, zxid)) yield encode({ type: 'COMMIT', zxid });
    }
    yield encode(newLeader);
  }
}
