/**
 * What a learner hears from its leader, as messages of the protocol.
 *
 * Packets and messages differ in when things are known to be committed. On the wire a COMMIT follows a proposal that the
 * learner was sent on this connection; of what it had before, DIFF, TRUNC or SNAP says up to where it is committed. The
 * peer expects one COMMIT before NEWLEADER. So a commit point is kept while the learner is brought up to date, and told
 * just before NEWLEADER.
 *
 * An observer is told of what is committed, by INFORM with the whole transaction: a PROPOSAL and its COMMIT. It acknowledges
 * NEWLEADER and UPTODATE, and no proposals.
 *
 * SNAP, the message, carries the whole history: what comes between the snapshot and NEWLEADER belongs to it.
 */
import { zxidRunsOf } from '../../broadcast/transaction-list.ts';
import type { Transactions, ZxidRun } from '../../broadcast/transaction-run.ts';
import type { Transaction } from '../../broadcast/transaction.ts';
import { compareZxids, ZERO_ZXID, zxidLess, zxidOf, type Zxid } from '../../broadcast/zxid.ts';
import type { Commit, LeaderMessage } from '../../protocol/messages.ts';
import type { ServiceState } from '../../service/service-state.ts';
import { PacketType, type QuorumPacket } from '../../wire/quorum-packet.ts';
import { messageOf } from '../../wire/zab-packets.ts';
import { PendingZxids } from './pending-zxids.ts';

export interface LearnerHost {
  /** Last zxid of the learner's own history. */
  historyEnd(): Zxid;
  /** Last zxid that its service has; what is committed up to there is no news. */
  delivered(): Zxid;
  /** The state at the base of the history that the next message, SNAP, carries. */
  snapshot(state: ServiceState): void;
  message(message: LeaderMessage): void;
  /** SYNC, REVALIDATE, PING. */
  packet(packet: QuorumPacket): void;
}

/** A snapshot, and the transactions behind it as they come. */
interface Snapshot {
  readonly state: ServiceState;
  readonly transactions: Transaction[];
}

export class LearnerMessages {
  readonly #host: LearnerHost;
  readonly #observes: boolean;
  /** The epoch of LEADERINFO. */
  #epoch = 0;
  /** Up to where things are committed, while the learner is brought up to date; undefined before and after. */
  #commitPoint: Zxid | undefined;
  /** SNAP, while what follows the snapshot is collected. */
  #snapshot: Snapshot | undefined;
  /** UPTODATE has come. */
  #active = false;
  /** Proposals of the leader's epoch on this connection that are not acknowledged yet. */
  readonly #unacknowledged = new PendingZxids();
  /** Zxid of the last proposal on this connection. */
  #lastProposed = ZERO_ZXID;

  /** `observes`: this server has no vote. */
  constructor(host: LearnerHost, observes = false) {
    this.#host = host;
    this.#observes = observes;
  }

  /** Has the leader said that its epoch is established? */
  get active(): boolean {
    return this.#active;
  }

  /** Zxids of the packets that an acknowledgement of everything up to `zxid` is. */
  acknowledge(zxid: Zxid): readonly ZxidRun[] {
    if (zxid.counter === 0) return [{ epoch: zxid.epoch, from: 0, to: 0 }];
    return this.#unacknowledged.takeUpTo(zxid);
  }

  /** Takes SNAP with its snapshot, the state at `zxid`. */
  takeSnapshot(zxid: Zxid, state: ServiceState): void {
    this.#snapshot = { state, transactions: [] };
    this.#commitPoint = zxid;
  }

  /** Takes a packet other than SNAP; a string says what is wrong with it. */
  take(packet: QuorumPacket): string | undefined {
    switch (packet.type) {
      case PacketType.PING:
        // Before UPTODATE it only says that the leader is there: an Apache leader waits for nothing but an ACK then.
        if (this.#active) this.#host.packet(packet);
        return undefined;
      case PacketType.SYNC:
      case PacketType.REVALIDATE:
        this.#host.packet(packet);
        return undefined;
      case PacketType.INFORM:
        return this.#inform(packet);
      case PacketType.COMMITANDACTIVATE:
      case PacketType.INFORMANDACTIVATE:
        return 'the leader changes the ensemble, which this server does not take part in; restart it with the new configuration';
    }
    const result = messageOf(packet);
    if (!result.ok) return result.reason;
    const message = result.value;
    switch (message?.type) {
      case 'LEADERINFO':
        this.#epoch = message.epoch;
        break;
      case 'DIFF':
        this.#commitPoint = earlier(this.#host.historyEnd(), packet.zxid);
        break;
      case 'TRUNC':
        this.#commitPoint = message.zxid;
        break;
      case 'PROPOSAL':
        this.propose(message.transactions);
        return undefined;
      case 'COMMIT':
        this.#commit(message);
        return undefined;
      case 'NEWLEADER':
        this.#tellSnapshot();
        this.#tellCommitPoint();
        break;
      case 'UPTODATE':
        this.#active = true;
        break;
      case 'FOLLOWERINFO':
      case 'ACKEPOCH':
      case 'ACK':
      case undefined:
        return `no leader sends a packet of type ${packet.type}`;
    }
    this.#host.message(message);
    return undefined;
  }

  /** Takes proposals that came together, one or more. */
  propose(transactions: Transactions): void {
    for (const run of zxidRunsOf(transactions)) {
      this.#lastProposed = zxidOf(run.epoch, run.to);
      // Those of older epochs are not acknowledged one by one.
      if (run.epoch === this.#epoch && !this.#observes) this.#unacknowledged.add(run);
    }
    if (this.#snapshot === undefined) this.#host.message({ type: 'PROPOSAL', transactions });
    else this.#collect(this.#snapshot, transactions);
  }

  #inform({ zxid, data }: QuorumPacket): string | undefined {
    if (!this.#observes) return 'INFORM is for observers, and this server votes';
    if (data === null) return 'INFORM: the transaction is missing';
    // Old leaders also send an observer the proposals that are under way when it comes (ZOOKEEPER-1551).
    if (zxidLess(this.#lastProposed, zxid)) {
      this.propose([{ zxid, payload: data }]);
    }
    this.#commit({ type: 'COMMIT', zxid });
    return undefined;
  }

  #commit(message: Commit): void {
    if (this.#commitPoint === undefined) this.#host.message(message);
    else this.#commitPoint = later(this.#commitPoint, message.zxid);
  }

  /** An Apache leader takes its snapshot later than it decides what follows it, and may send what the snapshot has. */
  #collect({ state, transactions }: Snapshot, proposed: Transactions): void {
    for (const transaction of proposed) {
      if (zxidLess(state.lastZxid, transaction.zxid)) transactions.push(transaction);
    }
  }

  #tellSnapshot(): void {
    if (this.#snapshot === undefined) return;
    const { state, transactions } = this.#snapshot;
    this.#snapshot = undefined;
    this.#host.snapshot(state);
    this.#host.message({ type: 'SNAP', history: { base: state.lastZxid, transactions } });
  }

  #tellCommitPoint(): void {
    const commitPoint = this.#commitPoint ?? ZERO_ZXID;
    this.#commitPoint = undefined;
    if (zxidLess(this.#host.delivered(), commitPoint))
      this.#host.message({ type: 'COMMIT', zxid: commitPoint });
  }
}

function earlier(a: Zxid, b: Zxid): Zxid {
  return compareZxids(a, b) <= 0 ? a : b;
}

function later(a: Zxid, b: Zxid): Zxid {
  return compareZxids(a, b) >= 0 ? a : b;
}
