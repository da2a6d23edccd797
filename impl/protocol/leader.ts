/**
 * A peer that leads: one method for each action of the spec in which a leader acts, with the action's name.
 *
 * A handler checks the message before it changes anything. It returns why the message is refused, or nothing; a leader
 * that refuses a message is done with the learner that sent it.
 */
import { assert } from '../broadcast/assertion.ts';
import type { Payloads } from '../broadcast/payload-run.ts';
import { QuorumAcks } from '../broadcast/quorum-acks.ts';
import { TransactionRun } from '../broadcast/transaction-run.ts';
import { MAX_UINT32, ZERO_ZXID, isUint32, nextZxid, zxidLess, type Zxid } from '../broadcast/zxid.ts';
import { catchUp } from './catch-up.ts';
import type { Effect, Refusal } from './effects.ts';
import type { ServerId } from './ensemble.ts';
import { NOT_COUNTED, type Ack, type AckEpoch, type FollowerInfo, type Message } from './messages.ts';
import type { Replica } from './replica.ts';
import {
  NO_LEARNER,
  type LeaderPhase,
  type Learner,
  type LearnerStage,
  type LeadingSnapshot,
} from './snapshot.ts';

const AT_STAGE: Readonly<Record<LearnerStage, Learner>> = {
  NONE: NO_LEARNER,
  CONNECTED: { stage: 'CONNECTED', lastZxid: ZERO_ZXID },
  INFO: { stage: 'INFO', lastZxid: ZERO_ZXID },
  EPOCH: { stage: 'EPOCH', lastZxid: ZERO_ZXID },
  WAITING: { stage: 'WAITING', lastZxid: ZERO_ZXID },
  SYNC: { stage: 'SYNC', lastZxid: ZERO_ZXID },
  ACKED: { stage: 'ACKED', lastZxid: ZERO_ZXID },
};

export class Leader {
  readonly role = 'LEADING';
  readonly #replica: Replica;
  /** The place of this server in the ensemble; all arrays here are in the ensemble's order. */
  readonly #self: number;
  #phase: LeaderPhase;
  #proposedEpoch: number;
  #gathered: readonly ServerId[];
  #learners: readonly Learner[];
  /** What each server has of the history on disk, as far as this one knows; its own place says what it has itself. */
  readonly #acks: QuorumAcks;

  constructor(replica: Replica, state: LeadingSnapshot) {
    this.#replica = replica;
    this.#self = replica.ensemble.indexOf(replica.id);
    assert(this.#self >= 0, 'who leads is one of those that vote');
    this.#phase = state.phase;
    this.#proposedEpoch = state.proposedEpoch;
    this.#gathered = state.gathered;
    this.#learners = state.learners;
    this.#acks = new QuorumAcks(state.acked.with(this.#self, replica.durable));
  }

  /** Spec `Elected`, where the election named this server. */
  static elected(replica: Replica): Leader {
    return new Leader(replica, {
      role: 'LEADING',
      phase: 'DISCOVERY',
      proposedEpoch: replica.acceptedEpoch + 1,
      gathered: [replica.id],
      learners: replica.ensemble.map(() => NO_LEARNER),
      acked: replica.ensemble.map(() => 0),
    });
  }

  get phase(): LeaderPhase {
    return this.#phase;
  }

  snapshot(): LeadingSnapshot {
    const acked = this.#acks.positions();
    acked[this.#self] = 0;
    return {
      role: 'LEADING',
      phase: this.#phase,
      proposedEpoch: this.#proposedEpoch,
      gathered: this.#gathered,
      learners: this.#learners,
      acked,
    };
  }

  /** Spec `Connect`, paper step 1.1, at the leader's end: expects FOLLOWERINFO. */
  connect(peer: ServerId): void {
    const slot = this.#slotOf(peer);
    if (slot < 0 || slot === this.#self || this.#stageAt(slot) !== 'NONE') return;
    this.#move(slot, 'CONNECTED');
  }

  /** Spec `LoseLearner`. What the learner acknowledged stays true, and counted. */
  loseLearner(peer: ServerId): void {
    const slot = this.#slotOf(peer);
    if (slot >= 0) this.#move(slot, 'NONE');
  }

  /** A message of `from`; whoever is not connected is not heard. */
  receive(from: ServerId, message: Message, effects: Effect[]): void {
    const slot = this.#slotOf(from);
    if (slot < 0 || this.#stageAt(slot) === 'NONE') return;
    const refusal = this.#dispatch(slot, message, effects);
    if (refusal === undefined) return;
    assert(effects.length === 0, 'a message is refused before it has an effect');
    this.loseLearner(from);
    effects.push({ type: 'disconnect', peer: from, reason: refusal });
  }

  #dispatch(slot: number, message: Message, effects: Effect[]): Refusal | undefined {
    switch (message.type) {
      case 'ACK':
        return this.receiveAck(slot, message, effects);
      case 'FOLLOWERINFO':
        return this.receiveFollowerInfo(slot, message, effects);
      case 'ACKEPOCH':
        return this.receiveAckEpoch(slot, message, effects);
      case 'LEADERINFO':
      case 'DIFF':
      case 'TRUNC':
      case 'SNAP':
      case 'PROPOSAL':
      case 'COMMIT':
      case 'NEWLEADER':
      case 'UPTODATE':
        return 'unexpected message';
    }
  }

  /**
   * Spec `ReceiveFollowerInfo`, paper step 1.2 (CEPOCH, packet FOLLOWERINFO): with a quorum of them proposes an epoch
   * larger than all that it accepted (NEWEPOCH, packet LEADERINFO), having stored it; who comes later gets the same one.
   */
  receiveFollowerInfo(slot: number, { epoch }: FollowerInfo, effects: Effect[]): Refusal | undefined {
    const replica = this.#replica;
    if (this.#stageAt(slot) !== 'CONNECTED') return 'unexpected message';
    if (!isUint32(epoch)) return 'invalid content';
    const undecided = replica.acceptedEpoch < this.#proposedEpoch;
    if (!undecided) {
      this.#move(slot, 'EPOCH');
      this.#send(slot, { type: 'LEADERINFO', epoch: this.#proposedEpoch }, effects);
      return undefined;
    }
    // There is no epoch after the last one.
    if (epoch === MAX_UINT32) return 'invalid content';
    this.#proposedEpoch = Math.max(this.#proposedEpoch, epoch + 1);
    this.#gather(slot);
    this.#move(slot, 'INFO');
    if (this.#gathered.length < replica.quorum) return undefined;
    replica.acceptEpoch(this.#proposedEpoch, effects);
    this.#gathered = [replica.id];
    const info: Message = { type: 'LEADERINFO', epoch: this.#proposedEpoch };
    for (let learner = 0; learner < this.#learners.length; learner++) {
      if (this.#stageAt(learner) !== 'INFO') continue;
      this.#move(learner, 'EPOCH');
      this.#send(learner, info, effects);
    }
    return undefined;
  }

  /**
   * Spec `ReceiveAckEpoch`, paper step 1.3 at the leader (ACK-E, packet ACKEPOCH): refuses a follower that is ahead of it
   * until a quorum has answered. Completing the quorum begins to store the epoch (`storeCurrentEpoch`); a learner that
   * answers after that is brought up to date at once.
   */
  receiveAckEpoch(slot: number, { epoch, zxid }: AckEpoch, effects: Effect[]): Refusal | undefined {
    const replica = this.#replica;
    if (this.#stageAt(slot) !== 'EPOCH') return 'unexpected message';
    const counts = epoch !== NOT_COUNTED;
    if (counts && (!isUint32(epoch) || epoch >= replica.acceptedEpoch)) return 'invalid content';
    if (zxid.epoch > replica.acceptedEpoch) return 'invalid content';
    if (this.#phase !== 'DISCOVERY') {
      this.#move(slot, 'SYNC');
      const upTo = this.#phase === 'BROADCAST' ? replica.committed : replica.history.length;
      this.#catchUp(slot, zxid, upTo, effects);
      return undefined;
    }
    const complete = this.#gathered.length >= replica.quorum;
    if (!complete && this.#isBehind(epoch, zxid)) return 'follower ahead';
    this.#learners = this.#learners.with(slot, { stage: 'WAITING', lastZxid: zxid });
    if (complete || !counts) return undefined;
    this.#gather(slot);
    if (this.#mayStoreCurrentEpoch()) {
      effects.push({ type: 'storeCurrentEpoch', epoch: replica.acceptedEpoch });
    }
    return undefined;
  }

  /**
   * Spec `StoreCurrentEpoch` at a leader, paper step 2.1: its history is the initial one of the epoch, and each learner
   * that has answered is sent what it lacks of it, and NEWLEADER.
   */
  storeCurrentEpoch(effects: Effect[]): void {
    const replica = this.#replica;
    if (!this.#mayStoreCurrentEpoch()) return;
    replica.currentEpochStored();
    this.#phase = 'SYNCHRONIZATION';
    this.#gathered = [replica.id];
    const waiting = this.#learners;
    waiting.forEach(({ stage, lastZxid }, slot) => {
      if (stage !== 'WAITING') return;
      this.#move(slot, 'SYNC');
      this.#catchUp(slot, lastZxid, replica.history.length, effects);
    });
  }

  /**
   * Spec `Propose`, paper step 3.1 (PROPOSE, packet PROPOSAL), once for each payload: gives it the next zxid of the epoch,
   * appends it, and proposes it to every learner that was sent NEWLEADER. False when no counter is left in the epoch; those
   * before are proposed.
   */
  propose(payloads: Payloads, effects: Effect[]): boolean {
    const replica = this.#replica;
    if (this.#phase !== 'BROADCAST') return true;
    if (payloads.length === 0) return true;
    const first = nextZxid(replica.history.lastZxid, replica.acceptedEpoch);
    if (first === undefined) return false;
    const countersLeft = MAX_UINT32 - first.counter + 1;
    const transactions = new TransactionRun(
      first,
      payloads.slice(0, Math.min(payloads.length, countersLeft)),
    );
    // The others' disks are what a commit waits for, so they hear of it first.
    this.#sendToSynchronizing({ type: 'PROPOSAL', transactions }, effects);
    replica.append(transactions, effects);
    return transactions.length === payloads.length;
  }

  /** Spec `Sync` at a leader, paper step 3.3: it is one of the quorum that has the first k transactions on disk. */
  sync(k: number, effects: Effect[]): void {
    this.#replica.durableUpTo(k);
    this.#acks.acknowledge(this.#self, k);
    if (this.#phase === 'BROADCAST') this.#commit(effects);
  }

  /**
   * Spec `ReceiveAck`, paper steps 2.3 and 3.3 (ACK-LD and ACK, packet ACK). That of (e, 0) acknowledges NEWLEADER: with a
   * quorum of them the epoch is established, the initial history committed and the learners told (COMMIT-LD, packet
   * UPTODATE); the second one of a learner says nothing new. That of a proposal may complete its quorum.
   */
  receiveAck(slot: number, { zxid }: Ack, effects: Effect[]): Refusal | undefined {
    const replica = this.#replica;
    const stage = this.#stageAt(slot);
    if (stage !== 'SYNC' && stage !== 'ACKED') return 'unexpected message';
    if (zxid.epoch !== replica.acceptedEpoch) return 'invalid content';
    if (zxid.counter === 0) {
      if (stage === 'SYNC') this.#newLeaderAcknowledged(slot, effects);
      return undefined;
    }
    // Proposals are acknowledged after UPTODATE, which a learner is sent once it has acknowledged NEWLEADER.
    if (stage !== 'ACKED' || this.#phase !== 'BROADCAST') return 'unexpected message';
    // What lies before the base is committed.
    if (replica.history.isBeforeBase(zxid)) return undefined;
    const position = replica.history.positionOf(zxid);
    if (position < 0) return 'invalid content';
    this.#acks.acknowledge(slot, position);
    this.#commit(effects);
    return undefined;
  }

  #newLeaderAcknowledged(slot: number, effects: Effect[]): void {
    const replica = this.#replica;
    this.#move(slot, 'ACKED');
    if (this.#phase === 'BROADCAST') {
      this.#send(slot, { type: 'UPTODATE' }, effects);
      return;
    }
    this.#gather(slot);
    if (this.#gathered.length < replica.quorum) return;
    this.#phase = 'BROADCAST';
    this.#gathered = [];
    replica.commitUpTo(replica.history.length, effects);
    const upToDate: Message = { type: 'UPTODATE' };
    for (let learner = 0; learner < this.#learners.length; learner++) {
      if (this.#stageAt(learner) === 'ACKED') this.#send(learner, upToDate, effects);
    }
  }

  /** Spec `QuorumHas` and `CommitTo`, paper step 3.3: commits what a quorum has on disk, and says so when it is news. */
  #commit(effects: Effect[]): void {
    const replica = this.#replica;
    const n = this.#acks.quorumPosition;
    if (n <= replica.committed) return;
    replica.commitUpTo(n, effects);
    this.#sendToSynchronizing({ type: 'COMMIT', zxid: replica.history.zxidAt(n) }, effects);
  }

  /** Is this server's history less recent than that of a follower with this current epoch and last zxid? */
  #isBehind(epoch: number, last: Zxid): boolean {
    const { currentEpoch, history } = this.#replica;
    return epoch > currentEpoch || (epoch === currentEpoch && zxidLess(history.lastZxid, last));
  }

  /**
   * Has a quorum accepted the epoch, and is it not stored yet? The write has begun then. (Before the epoch is decided no
   * quorum is gathered: the one that hears the last of it decides.)
   */
  #mayStoreCurrentEpoch(): boolean {
    return this.#phase === 'DISCOVERY' && this.#gathered.length >= this.#replica.quorum;
  }

  /** The server in `slot` counts towards the quorum of this phase. */
  #gather(slot: number): void {
    const server = this.#serverAt(slot);
    if (this.#gathered.includes(server)) return;
    this.#gathered = this.#replica.ensemble.filter((s) => s === server || this.#gathered.includes(s));
  }

  #catchUp(slot: number, last: Zxid, upTo: number, effects: Effect[]): void {
    const { history, acceptedEpoch } = this.#replica;
    for (const message of catchUp(history, last, upTo, acceptedEpoch)) this.#send(slot, message, effects);
  }

  /** To whoever was sent NEWLEADER. */
  #sendToSynchronizing(message: Message, effects: Effect[]): void {
    for (let slot = 0; slot < this.#learners.length; slot++) {
      const stage = this.#stageAt(slot);
      if (stage === 'SYNC' || stage === 'ACKED') this.#send(slot, message, effects);
    }
  }

  #send(slot: number, message: Message, effects: Effect[]): void {
    effects.push({ type: 'send', to: this.#serverAt(slot), message });
  }

  #move(slot: number, stage: LearnerStage): void {
    this.#learners = this.#learners.with(slot, AT_STAGE[stage]);
  }

  #stageAt(slot: number): LearnerStage {
    const learner = this.#learners[slot];
    assert(learner !== undefined, 'each server of the ensemble has its place');
    return learner.stage;
  }

  #serverAt(slot: number): ServerId {
    const server = this.#replica.ensemble[slot];
    assert(server !== undefined, 'each server of the ensemble has its place');
    return server;
  }

  /** -1 for a server that is not of the ensemble. */
  #slotOf(server: ServerId): number {
    return this.#replica.ensemble.indexOf(server);
  }
}
