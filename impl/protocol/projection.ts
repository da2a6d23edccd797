/** A peer in the spec's words: its variables, for this one server. Made for comparison, not for speed. */
import type { Transaction } from '../broadcast/transaction.ts';
import { ZERO_ZXID, type Zxid } from '../broadcast/zxid.ts';
import type { PeerConfig, ServerId } from './ensemble.ts';
import {
  NO_LEARNER,
  type FollowerStage,
  type Learner,
  type LeaderPhase,
  type PeerSnapshot,
} from './snapshot.ts';

/** The spec's variables of one server. What the spec has for each server stands in the order of the ensemble. */
export interface PeerProjection {
  readonly acceptedEpoch: number;
  readonly currentEpoch: number;
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
  const { role, history, ...rest } = snapshot;
  const common = {
    ...rest,
    history,
    stage: 'NONE' as const,
    newLeaderAt: -1,
    pendingCommit: 0,
    learner: config.ensemble.map(() => NO_LEARNER),
    proposedEpoch: 0,
    gathered: [],
    acked: config.ensemble.map(() => ZERO_ZXID),
  };
  switch (role.role) {
    case 'LOOKING':
      return { ...common, role: 'LOOKING', phase: 'ELECTION', leader: null };
    case 'FOLLOWING':
      return { ...common, ...role, phase: phaseOfFollower(role.stage) };
    case 'LEADING':
      return {
        ...common,
        role: 'LEADING',
        phase: role.phase,
        leader: config.id,
        learner: role.learners,
        proposedEpoch: role.proposedEpoch,
        gathered: role.gathered,
        acked: role.acked.map((n) => history[n - 1]?.zxid ?? ZERO_ZXID),
      };
  }
}
