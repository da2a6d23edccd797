/**
 * What peers say to each other: the spec's messages, which are ZooKeeper's quorum packets.
 *
 * The first name in a comment is that of the DSN 2011 paper, where it has one.
 */
import type { HistoryContent } from '../broadcast/history.ts';
import type { Transactions } from '../broadcast/transaction-run.ts';
import type { Zxid } from '../broadcast/zxid.ts';

/** The epoch of an ACKEPOCH that does not count: the follower had accepted the leader's epoch before. */
export const NOT_COUNTED = -1;

/** CEPOCH: the epoch that the follower accepted last. */
export interface FollowerInfo {
  readonly type: 'FOLLOWERINFO';
  readonly epoch: number;
}

/** NEWEPOCH: the epoch that the leader proposes. */
export interface LeaderInfo {
  readonly type: 'LEADERINFO';
  readonly epoch: number;
}

/** ACK-E: the follower's current epoch, or NOT_COUNTED, and the last zxid of its history. */
export interface AckEpoch {
  readonly type: 'ACKEPOCH';
  readonly epoch: number;
  readonly zxid: Zxid;
}

/** The follower's history is a prefix of the leader's. */
export interface Diff {
  readonly type: 'DIFF';
}

/** The follower cuts its history after this zxid, which it has; after ZERO_ZXID: all of it. */
export interface Trunc {
  readonly type: 'TRUNC';
  readonly zxid: Zxid;
}

/**
 * The follower takes this history instead of its own. On the wire: a snapshot, which is the base, and the PROPOSALs between
 * it and NEWLEADER. The snapshot may be later than the base that the leader's peer names, up to what it has delivered.
 */
export interface Snap {
  readonly type: 'SNAP';
  readonly history: HistoryContent;
}

/** PROPOSE, once for each transaction, zxids ascending: what comes together is one message. */
export interface Proposal {
  readonly type: 'PROPOSAL';
  readonly transactions: Transactions;
}

/** COMMIT of everything up to this zxid. */
export interface Commit {
  readonly type: 'COMMIT';
  readonly zxid: Zxid;
}

/** NEWLEADER: (e, 0) ends what the follower needs to have the initial history of epoch e. */
export interface NewLeader {
  readonly type: 'NEWLEADER';
  readonly zxid: Zxid;
}

/** ACK of all proposals up to this zxid; ACK-LD when it is (e, 0). */
export interface Ack {
  readonly type: 'ACK';
  readonly zxid: Zxid;
}

/** COMMIT-LD: the epoch is established. */
export interface UpToDate {
  readonly type: 'UPTODATE';
}

/** What a follower sends to its leader. */
export type FollowerMessage = FollowerInfo | AckEpoch | Ack;

/** What a leader sends to a learner. */
export type LeaderMessage = LeaderInfo | Diff | Trunc | Snap | Proposal | Commit | NewLeader | UpToDate;

export type Message = FollowerMessage | LeaderMessage;
