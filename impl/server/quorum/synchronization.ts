/**
 * What brings a learner up to date, as bytes: DIFF or TRUNC, the proposals that it lacks, each with its COMMIT where it
 * is committed, and NEWLEADER.
 *
 * The messages of spec `CatchUp` come one after the other and are put together here until NEWLEADER, because what the
 * first packet says depends on the COMMIT that comes among the last: COMMIT of what the learner has already cannot be
 * sent to an Apache follower, so DIFF carries up to where the leader has committed.
 */
import { ZERO_ZXID, zxidLess, type Zxid } from '../../broadcast/zxid.ts';
import type { Diff, NewLeader, Proposal, Trunc } from '../../protocol/messages.ts';
import { encodeQuorumPacket } from '../../wire/quorum-packet.ts';
import { packetOf, type PacketContext, type PacketMessage } from '../../wire/zab-packets.ts';

export class Synchronization {
  readonly #first: Diff | Trunc;
  readonly #proposals: Proposal[] = [];
  #committed: Zxid = ZERO_ZXID;

  constructor(first: Diff | Trunc) {
    this.#first = first;
  }

  propose(message: Proposal): void {
    this.#proposals.push(message);
  }

  commit(zxid: Zxid): void {
    this.#committed = zxid;
  }

  /** Zxids of the proposals that the learner is not told to commit yet. */
  uncommitted(): readonly Zxid[] {
    return this.#proposals
      .map(({ transaction }) => transaction.zxid)
      .filter((zxid) => zxidLess(this.#committed, zxid));
  }

  /** The packets, made as they are asked for: together they may be as long as the history. */
  *packets(newLeader: NewLeader, context: PacketContext): Generator<Uint8Array> {
    const encode = (message: PacketMessage): Uint8Array =>
      encodeQuorumPacket(packetOf(message, { ...context, committed: this.#committed }));
    yield encode(this.#first);
    for (const proposal of this.#proposals) {
      const { zxid } = proposal.transaction;
      yield encode(proposal);
      if (!zxidLess(this.#committed, zxid)) yield encode({ type: 'COMMIT', zxid });
    }
    yield encode(newLeader);
  }
}
