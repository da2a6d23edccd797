/** What a peer asks of its host, to be carried out in order; the rules are at the top of peer.ts. */
import type { HistoryContent } from '../broadcast/history.ts';
import type { Transactions } from '../broadcast/transaction-run.ts';
import type { Zxid } from '../broadcast/zxid.ts';
import type { ServerId } from './ensemble.ts';
import type { Message } from './messages.ts';

/** Why a message is not accepted. The connection that it came on ends. */
export type Refusal =
  /** The receiver waits for something else at this point. */
  | 'unexpected message'
  /** No correct sender says this here: a zxid that is not in the history, an epoch out of range, … */
  | 'invalid content'
  /** The leader has an older epoch than the follower has accepted. */
  | 'older epoch'
  /** The follower's history is more recent than that of the leader, which still gathers its quorum. */
  | 'follower ahead';

/** Why a peer gave its role up. */
export type AbandonReason =
  | Refusal
  | 'timeout'
  | 'leader disconnected'
  /** The leader used the last counter of its epoch up: a new epoch must begin. */
  | 'counter exhausted'
  /** There is no epoch after the last one that the server accepted. */
  | 'epochs exhausted';

/** Put `message` on the connection with `to`. */
export interface SendEffect {
  readonly type: 'send';
  readonly to: ServerId;
  readonly message: Message;
}

/** Append to the log, in order; the event logDurable tells how much of it the disk has. */
export interface AppendEffect {
  readonly type: 'append';
  readonly transactions: Transactions;
}

/** Cut the log after `zxid`; all of it after ZERO_ZXID. */
export interface TruncateEffect {
  readonly type: 'truncate';
  readonly zxid: Zxid;
}

/**
 * Make the log this history, its base being the snapshot that came with it. After a crash there is the old log or the new
 * one; the event logDurable tells when it is the new one.
 */
export interface InstallSnapshotEffect {
  readonly type: 'installSnapshot';
  readonly history: HistoryContent;
}

/** Store the epoch; on disk before any later effect is carried out. */
export interface StoreAcceptedEpochEffect {
  readonly type: 'storeAcceptedEpoch';
  readonly epoch: number;
}

/** Begin to store the epoch; the event currentEpochStored tells when the disk has it. */
export interface StoreCurrentEpochEffect {
  readonly type: 'storeCurrentEpoch';
  readonly epoch: number;
}

/** The transactions are committed: hand them to the service. In zxid order, each once between two starts of the peer. */
export interface DeliverEffect {
  readonly type: 'deliver';
  readonly transactions: Transactions;
}

/** What the installed snapshot stands for is committed: its state takes the place of the service's, which is older. */
export interface DeliverSnapshotEffect {
  readonly type: 'deliverSnapshot';
  /** The base of the history that was installed last. */
  readonly zxid: Zxid;
}

/** The leader is done with this learner: close the connection. No event `disconnected` answers it. */
export interface DisconnectEffect {
  readonly type: 'disconnect';
  readonly peer: ServerId;
  readonly reason: Refusal;
}

/** The peer is LOOKING again: close all its connections. No event `disconnected` answers it. */
export interface AbandonEffect {
  readonly type: 'abandon';
  readonly reason: AbandonReason;
}

export type Effect =
  | SendEffect
  | AppendEffect
  | TruncateEffect
  | InstallSnapshotEffect
  | StoreAcceptedEpochEffect
  | StoreCurrentEpochEffect
  | DeliverEffect
  | DeliverSnapshotEffect
  | DisconnectEffect
  | AbandonEffect;
