/**
 * All that a peer remembers, as a plain value.
 *
 * A snapshot is immutable, and shares what it can with the peer and with other snapshots. It holds no more than the
 * spec's variables: two peers in the same state of the spec have equal snapshots, whatever their past.
 */
import type { HistoryContent } from '../broadcast/history.ts';
import { ZERO_ZXID, type Zxid } from '../broadcast/zxid.ts';
import type { ServerId } from './ensemble.ts';

/** How far a follower is with its leader; the spec's FollowerStage. */
export type FollowerStage = 'NONE' | 'INFO' | 'EPOCH' | 'SYNC' | 'NEWLEADER' | 'ACKED' | 'ACTIVE';

/** How far a leader is with a learner; the spec's LearnerStage. */
export type LearnerStage = 'NONE' | 'CONNECTED' | 'INFO' | 'EPOCH' | 'WAITING' | 'SYNC' | 'ACKED';

/** A leader's end of its connection with a learner. `lastZxid` is that of the learner's history while it is WAITING. */
export interface Learner {
  readonly stage: LearnerStage;
  readonly lastZxid: Zxid;
}

/** The end of a connection that is not up. */
export const NO_LEARNER: Learner = { stage: 'NONE', lastZxid: ZERO_ZXID };

export interface LookingSnapshot {
  readonly role: 'LOOKING';
}

export interface FollowingSnapshot {
  readonly role: 'FOLLOWING';
  readonly leader: ServerId;
  readonly stage: FollowerStage;
  /** Length of the history when NEWLEADER came; -1 when there is none to acknowledge. */
  readonly newLeaderAt: number;
  /** Length of the prefix to deliver at UPTODATE. */
  readonly pendingCommit: number;
}

export type LeaderPhase = 'DISCOVERY' | 'SYNCHRONIZATION' | 'BROADCAST';

export interface LeadingSnapshot {
  readonly role: 'LEADING';
  readonly phase: LeaderPhase;
  readonly proposedEpoch: number;
  /** Who counts towards the quorum that the phase waits for, in the order of the ensemble. */
  readonly gathered: readonly ServerId[];
  /** One for each server, in the order of the ensemble. */
  readonly learners: readonly Learner[];
  /** For each server, in the order of the ensemble, the length of the prefix whose proposals it acknowledged. */
  readonly acked: readonly number[];
}

export type RoleSnapshot = LookingSnapshot | FollowingSnapshot | LeadingSnapshot;

export interface PeerSnapshot {
  readonly acceptedEpoch: number;
  readonly currentEpoch: number;
  readonly history: HistoryContent;
  /** The position of the history's base, from which all other positions count on. */
  readonly basePosition: number;
  /** Length of the prefix of the history that is on disk. */
  readonly durable: number;
  /** Was a part of the log cut that the disk may still have? Spec: `cutTail # <<>>`. */
  readonly cutPending: boolean;
  /** Length of the prefix of the history that was delivered; less than basePosition while the base is still to be. */
  readonly committed: number;
  /** The zxid of what was delivered last. It is that of position `committed`, unless the base is still to be delivered. */
  readonly delivered: Zxid;
  readonly role: RoleSnapshot;
}

/** What a peer finds when it starts. */
export interface RecoveredDisk {
  readonly acceptedEpoch: number;
  readonly currentEpoch: number;
  /** Its base is the zxid of the snapshot that the service starts from. */
  readonly history: HistoryContent;
  /** How many of its transactions are known to have been synced; the rest must be synced again. */
  readonly durable: number;
}
