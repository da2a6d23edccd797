/** Votes of an election, and their order. */
import { compareZxids, zxidsEqual, type Zxid } from '../broadcast/zxid.ts';
import type { ServerId } from '../protocol/ensemble.ts';

/** What a server has on disk, as far as an election asks: `currentEpoch`, and the last zxid of its log. Spec: `Claim`. */
export interface Claim {
  readonly epoch: number;
  readonly zxid: Zxid;
}

/** A server to lead, with what it has on disk. Spec: `[leader, epoch, zxid]`. */
export interface Vote extends Claim {
  readonly leader: ServerId;
}

/** Spec: `VoteFor`. */
export function voteFor(leader: ServerId, { epoch, zxid }: Claim): Vote {
  return { leader, epoch, zxid };
}

/** Does v beat w? A larger epoch does; in the same a larger zxid; with both the same a larger id. Spec: `Beats`. */
export function beats(v: Vote, w: Vote): boolean {
  if (v.epoch !== w.epoch) return v.epoch > w.epoch;
  const order = compareZxids(v.zxid, w.zxid);
  return order === 0 ? v.leader > w.leader : order > 0;
}

export function votesEqual(v: Vote, w: Vote): boolean {
  return v.leader === w.leader && v.epoch === w.epoch && zxidsEqual(v.zxid, w.zxid);
}

/**
 * Are both for the same leader in the same epoch? What servers say after an election is compared like this: those that
 * follow one leader may have left different elections. Spec: `SameLeader`.
 */
export function sameLeader(v: Vote, w: Vote): boolean {
  return v.leader === w.leader && v.epoch === w.epoch;
}

/** Spec: `role`. */
export type Role = 'LOOKING' | 'FOLLOWING' | 'LEADING';

/** What servers tell each other. Spec: `Notification`. */
export interface Word {
  readonly state: Role;
  /** The sender's round of election: that which it is in, or left. From 1. */
  readonly round: number;
  readonly vote: Vote;
}

/** Nobody speaks for others: who leads names itself, who follows names another, and all name servers that vote. */
export function speaksTrue(
  ensemble: readonly ServerId[],
  from: ServerId,
  { state, round, vote }: Word,
): boolean {
  if (round < 1 || !ensemble.includes(vote.leader)) return false;
  if (state === 'LEADING') return vote.leader === from;
  return state === 'LOOKING' || vote.leader !== from;
}

export function wordsEqual(m: Word, n: Word): boolean {
  return m.state === n.state && m.round === n.round && votesEqual(m.vote, n.vote);
}
