/**
 * A peer that follows: one method for each action of the spec in which a follower acts, with the action's name.
 *
 * A handler checks the message before it changes anything. It returns why the message is refused, or nothing; a
 * follower that refuses a message of its leader gives its role up.
 */
import { assert } from '../broadcast/assertion.ts';
import { isAscending, lastZxidOf } from '../broadcast/history.ts';
import { zxidRunsOf } from '../broadcast/transaction-list.ts';
import { isUint32, zxidLess, zxidOf, type Zxid } from '../broadcast/zxid.ts';
import type { Effect, Refusal } from './effects.ts';
import type { ServerId } from './ensemble.ts';
import {
  NOT_COUNTED,
  type Commit,
  type FollowerMessage,
  type LeaderInfo,
  type Message,
  type NewLeader,
  type Proposal,
  type Snap,
  type Trunc,
} from './messages.ts';
import type { Replica } from './replica.ts';
import { phaseOfFollower } from './projection.ts';
import type { FollowerStage, FollowingSnapshot, LeaderPhase } from './snapshot.ts';

export class Follower {
  readonly role = 'FOLLOWING';
  readonly leader: ServerId;
  readonly #replica: Replica;
  #stage: FollowerStage;
  #newLeaderAt: number;
  #pendingCommit: number;

  constructor(replica: Replica, state: FollowingSnapshot) {
    this.leader = state.leader;
    this.#replica = replica;
    this.#stage = state.stage;
    this.#newLeaderAt = state.newLeaderAt;
    this.#pendingCommit = state.pendingCommit;
  }

  /** Spec `Elected`, where the election named another server. */
  static elected(replica: Replica, leader: ServerId): Follower {
    return new Follower(replica, {
      role: 'FOLLOWING',
      leader,
      stage: 'NONE',
      newLeaderAt: -1,
      pendingCommit: 0,
    });
  }

  get connected(): boolean {
    return this.#stage !== 'NONE';
  }

  get phase(): LeaderPhase {
    return phaseOfFollower(this.#stage);
  }

  snapshot(): FollowingSnapshot {
    return {
      role: 'FOLLOWING',
      leader: this.leader,
      stage: this.#stage,
      newLeaderAt: this.#newLeaderAt,
      pendingCommit: this.#pendingCommit,
    };
  }

  /** Spec `Connect`, paper step 1.1: says which epoch it accepted last (CEPOCH, packet FOLLOWERINFO). */
  connect(effects: Effect[]): void {
    if (this.#stage !== 'NONE') return;
    this.#stage = 'INFO';
    this.#send({ type: 'FOLLOWERINFO', epoch: this.#replica.acceptedEpoch }, effects);
  }

  /** A message of the leader, on a connection that is up. */
  receive(message: Message, effects: Effect[]): Refusal | undefined {
    switch (message.type) {
      case 'LEADERINFO':
        return this.receiveLeaderInfo(message, effects);
      case 'DIFF':
        return this.receiveDiff();
      case 'TRUNC':
        return this.receiveTrunc(message, effects);
      case 'SNAP':
        return this.receiveSnap(message, effects);
      case 'PROPOSAL':
        return this.receiveProposal(message, effects);
      case 'COMMIT':
        return this.receiveCommit(message, effects);
      case 'NEWLEADER':
        return this.receiveNewLeader(message, effects);
      case 'UPTODATE':
        return this.receiveUpToDate(effects);
      case 'FOLLOWERINFO':
      case 'ACKEPOCH':
      case 'ACK':
        return 'unexpected message';
    }
  }

  /**
   * Spec `ReceiveLeaderInfo`, paper step 1.3 (NEWEPOCH, packet LEADERINFO): accepts a newer epoch, stores it, and says how
   * recent its history is (ACK-E, packet ACKEPOCH). The answer does not count when it had accepted this epoch before.
   */
  receiveLeaderInfo({ epoch }: LeaderInfo, effects: Effect[]): Refusal | undefined {
    const replica = this.#replica;
    if (this.#stage !== 'INFO') return 'unexpected message';
    if (!isUint32(epoch) || epoch === 0) return 'invalid content';
    if (epoch < replica.acceptedEpoch) return 'older epoch';
    const counts = epoch > replica.acceptedEpoch;
    if (counts) replica.acceptEpoch(epoch, effects);
    this.#stage = 'EPOCH';
    const answer = counts ? replica.currentEpoch : NOT_COUNTED;
    this.#send({ type: 'ACKEPOCH', epoch: answer, zxid: replica.history.lastZxid }, effects);
    return undefined;
  }

  /** Spec `ReceiveDiff`, paper step 2.2, packet DIFF: the history is a prefix of the leader's. */
  receiveDiff(): Refusal | undefined {
    if (this.#stage !== 'EPOCH') return 'unexpected message';
    this.#stage = 'SYNC';
    return undefined;
  }

  /** Spec `ReceiveTrunc`, paper step 2.2, packet TRUNC: cuts off what the leader does not have. */
  receiveTrunc({ zxid }: Trunc, effects: Effect[]): Refusal | undefined {
    const replica = this.#replica;
    if (this.#stage !== 'EPOCH') return 'unexpected message';
    const n = replica.history.positionOf(zxid);
    if (n < replica.committed) return 'invalid content';
    if (n < replica.history.length) replica.truncate(n, effects);
    this.#stage = 'SYNC';
    return undefined;
  }

  /** Spec `ReceiveSnap`, paper step 2.2, packet SNAP: takes the leader's history instead of its own. */
  receiveSnap({ history }: Snap, effects: Effect[]): Refusal | undefined {
    const replica = this.#replica;
    if (this.#stage !== 'EPOCH') return 'unexpected message';
    if (!isAscending(history) || lastZxidOf(history).epoch > replica.acceptedEpoch) return 'invalid content';
    if (!replica.keepsDelivered(history)) return 'invalid content';
    replica.installSnapshot(history, effects);
    this.#stage = 'SYNC';
    return undefined;
  }

  /**
   * Spec `ReceiveNewLeader`, paper step 2.2, packet NEWLEADER: the history is the initial one of the epoch. Once it is on
   * disk (`sync`) the epoch is stored (`storeCurrentEpoch`), and only then NEWLEADER acknowledged.
   */
  receiveNewLeader({ zxid }: NewLeader, effects: Effect[]): Refusal | undefined {
    const replica = this.#replica;
    if (this.#stage !== 'SYNC') return 'unexpected message';
    if (zxid.epoch !== replica.acceptedEpoch || zxid.counter !== 0) return 'invalid content';
    this.#stage = 'NEWLEADER';
    this.#newLeaderAt = replica.history.length;
    if (this.#mayStoreCurrentEpoch()) this.#beginToStoreCurrentEpoch(effects);
    return undefined;
  }

  /** Spec `StoreCurrentEpoch` at a follower, paper step 2.2: acknowledges NEWLEADER (ACK-LD, packet ACK of (e, 0)). */
  storeCurrentEpoch(effects: Effect[]): void {
    if (!this.#mayStoreCurrentEpoch()) return;
    this.#replica.currentEpochStored();
    this.#stage = 'ACKED';
    this.#newLeaderAt = -1;
    this.#acknowledge(zxidOf(this.#replica.acceptedEpoch, 0), effects);
  }

  /**
   * Spec `ReceiveUpToDate`, paper step 2.4 (COMMIT-LD, packet UPTODATE): delivers what was committed so far, acknowledges
   * (e, 0) a second time as the deployed protocol does, and what the disk has of the proposals since NEWLEADER.
   */
  receiveUpToDate(effects: Effect[]): Refusal | undefined {
    const replica = this.#replica;
    if (this.#stage !== 'ACKED') return 'unexpected message';
    this.#stage = 'ACTIVE';
    // Whatever a snapshot of the leader stands for, it had delivered, or its quorum has taken over by now.
    replica.commitUpTo(Math.max(this.#pendingCommit, replica.history.basePosition), effects);
    this.#pendingCommit = 0;
    this.#acknowledge(zxidOf(replica.acceptedEpoch, 0), effects);
    const last = replica.history.zxidAt(replica.durable);
    // An Apache leader's snapshot may end at (e, 0), which is no proposal.
    if (last.epoch === replica.acceptedEpoch && last.counter > 0) this.#acknowledge(last, effects);
    return undefined;
  }

  /**
   * Spec `ReceiveProposal`, paper steps 2.2 and 3.2, packet PROPOSAL, once for each transaction: appends; acknowledges when
   * the disk has it (`sync`). A run with a transaction that no correct leader proposes here is refused as a whole, as though
   * the connection had broken before it.
   */
  receiveProposal({ transactions }: Proposal, effects: Effect[]): Refusal | undefined {
    const replica = this.#replica;
    if (!this.#synchronizing) return 'unexpected message';
    const { acceptedEpoch } = replica;
    let last = replica.history.lastZxid;
    for (const { epoch, from, to } of zxidRunsOf(transactions)) {
      if (!zxidLess(last, zxidOf(epoch, from))) return 'invalid content';
      // Before NEWLEADER come the proposals of earlier epochs too, after it those of this one alone.
      const ofThisEpoch = epoch === acceptedEpoch;
      if (!ofThisEpoch && (this.#stage !== 'SYNC' || epoch > acceptedEpoch)) return 'invalid content';
      last = zxidOf(epoch, to);
    }
    replica.append(transactions, effects);
    return undefined;
  }

  /**
   * Spec `ReceiveCommit`, paper step 3.4, packet COMMIT: delivers up to its zxid; before UPTODATE (paper step 2.4) it takes
   * effect there.
   */
  receiveCommit({ zxid }: Commit, effects: Effect[]): Refusal | undefined {
    const replica = this.#replica;
    if (!this.#synchronizing) return 'unexpected message';
    // The base says as much already: it was delivered, or is at UPTODATE.
    if (replica.history.isBeforeBase(zxid)) return undefined;
    const n = replica.history.positionOf(zxid);
    if (n < 0) return 'invalid content';
    if (this.#stage === 'ACTIVE') replica.commitUpTo(n, effects);
    else this.#pendingCommit = n;
    return undefined;
  }

  /** Spec `Sync` at a follower, paper step 3.2: the disk has the first k transactions, which it acknowledges (packet ACK). */
  sync(k: number, effects: Effect[]): void {
    const replica = this.#replica;
    const stored = this.#mayStoreCurrentEpoch();
    replica.durableUpTo(k);
    if (this.#stage === 'ACTIVE') this.#acknowledge(replica.history.zxidAt(k), effects);
    else if (!stored && this.#mayStoreCurrentEpoch()) this.#beginToStoreCurrentEpoch(effects);
  }

  /** Do proposals and commits come at this stage? */
  get #synchronizing(): boolean {
    switch (this.#stage) {
      case 'SYNC':
      case 'NEWLEADER':
      case 'ACKED':
      case 'ACTIVE':
        return true;
      case 'NONE':
      case 'INFO':
      case 'EPOCH':
        return false;
    }
  }

  /** Is the initial history of the epoch on disk, and the epoch not yet? The write has begun then. */
  #mayStoreCurrentEpoch(): boolean {
    const { durable, cutPending } = this.#replica;
    return this.#stage === 'NEWLEADER' && durable >= this.#newLeaderAt && !cutPending;
  }

  #beginToStoreCurrentEpoch(effects: Effect[]): void {
    const epoch = this.#replica.acceptedEpoch;
    assert(epoch >= this.#replica.currentEpoch, 'the current epoch never goes back');
    effects.push({ type: 'storeCurrentEpoch', epoch });
  }

  #acknowledge(zxid: Zxid, effects: Effect[]): void {
    this.#send({ type: 'ACK', zxid }, effects);
  }

  #send(message: FollowerMessage, effects: Effect[]): void {
    effects.push({ type: 'send', to: this.leader, message });
  }
}
