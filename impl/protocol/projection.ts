/** A peer in the spec's words: its variables, for this one server. Made for comparison, not for speed. */
import type { Transaction } from '../broadcast/transaction.ts';
import type { Zxid } from '../broadcast/zxid.ts';
import type { PeerConfig, ServerId } from './ensemble.ts';
import {
  NO_LEARNER,
  type FollowerStage,
  type Learner,
  type LeaderPhase,
  type PeerSnapshot,
} from './snapshot.ts';

/**
 * The spec's variables of one server. What the spec has for each server stands in the order of the ensemble. They are the
 * spec's where the history reaches back to the start; where it does not, positions are those of the snapshot.
 */
export interface PeerProjection {
  readonly acceptedEpoch: number;
  readonly currentEpoch: number;
  /** What comes after the base. */
  readonly history: readonly Transaction[];
  readonly durable: number;
  /** `cutTail # <<>>`: what was cut is known to the disk alone. */
  readonly cutPending: boolean;
  readonly role: 'LOOKING' | 'FOLLOWING' | 'LEADING';
  readonly phase: 'ELECTION' | LeaderPhase;
  /** `null` is the spec's None. */
  readonly leader: ServerId | null;
  readonly committed: number;
  readonly stage: FollowerStage;
  readonly newLeaderAt: number;
  readonly pendingCommit: number;
  readonly learner: readonly Learner[];
  readonly proposedEpoch: number;
  readonly gathered: readonly ServerId[];
  readonly acked: readonly Zxid[];
}

/** The phase that a follower at this stage is in. */
export function phaseOfFollower(stage: FollowerStage): LeaderPhase {
  switch (stage) {
    case 'NONE':
    case 'INFO':
      return 'DISCOVERY';
    case 'EPOCH':
    case 'SYNC':
    case 'NEWLEADER':
    case 'ACKED':
      return 'SYNCHRONIZATION';
    case 'ACTIVE':
      return 'BROADCAST';
  }
}

/** What a peer with this snapshot projects to. */
export function projectSnapshot(config: PeerConfig, snapshot: PeerSnapshot): PeerProjection {
  const { acceptedEpoch, currentEpoch, durable, cutPending, committed, role } = snapshot;
  const { base, transactions } = snapshot.history;
  const following = role.role === 'FOLLOWING' ? role : undefined;
  const leading = role.role === 'LEADING' ? role : undefined;
  return {
    acceptedEpoch,
    currentEpoch,
    history: transactions,
    durable,
    cutPending,
    role: role.role,
    phase: following ? phaseOfFollower(following.stage) : (leading?.phase ?? 'ELECTION'),
    leader: leading ? config.id : (following?.leader ?? null),
    committed,
    stage: following?.stage ?? 'NONE',
    newLeaderAt: following?.newLeaderAt ?? -1,
    pendingCommit: following?.pendingCommit ?? 0,
    learner: leading?.learners ?? config.ensemble.map(() => NO_LEARNER),
    proposedEpoch: leading?.proposedEpoch ?? 0,
    gathered: leading?.gathered ?? [],
    acked: config.ensemble.map((_, slot) => {
      const entry = (leading?.acked[slot] ?? 0) - snapshot.basePosition;
      return transactions[entry - 1]?.zxid ?? base;
    }),
  };
}
