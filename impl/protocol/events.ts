/** What happens to a peer. Each event stands for the action of the spec that its comment names. */
import type { Payloads } from '../broadcast/payload-run.ts';
import type { Zxid } from '../broadcast/zxid.ts';
import type { ServerId } from './ensemble.ts';
import type { Message } from './messages.ts';

/** `Elected`: the election names a leader, possibly the peer itself. Ignored unless LOOKING with all of its log on disk. */
export interface ElectedEvent {
  readonly type: 'elected';
  readonly leader: ServerId;
}

/** `Connect`: the connection with `peer` is up. Both ends get one. */
export interface ConnectedEvent {
  readonly type: 'connected';
  readonly peer: ServerId;
}

/** The connection with `peer` is down: `LoseLearner` at its leader, `Abandon` at its follower. */
export interface DisconnectedEvent {
  readonly type: 'disconnected';
  readonly peer: ServerId;
}

/** `Abandon`: the peer waited too long for its leader, or for its quorum. */
export interface TimeoutEvent {
  readonly type: 'timeout';
}

/** `Receive…`: the next message on the connection with `from`, in the order in which they were sent. */
export interface MessageEvent {
  readonly type: 'message';
  readonly from: ServerId;
  readonly message: Message;
}

/** `Propose`, once for each payload, in order: clients ask to broadcast. Ignored unless the peer leads in phase BROADCAST. */
export interface ProposeEvent {
  readonly type: 'propose';
  readonly payloads: Payloads;
}

/**
 * `Sync`: the disk has the log up to `zxid`, which is in the history (or ZERO_ZXID, for nothing of it), and every cut of
 * the log that the peer has asked for.
 */
export interface LogDurableEvent {
  readonly type: 'logDurable';
  readonly zxid: Zxid;
}

/** `StoreCurrentEpoch`: the write that the effect `storeCurrentEpoch` began is on disk. */
export interface CurrentEpochStoredEvent {
  readonly type: 'currentEpochStored';
  readonly epoch: number;
}

/**
 * A snapshot of what was delivered up to `zxid` is on disk: the history up to there may be forgotten. No action of the
 * spec. Ignored when the history has no such zxid (any more).
 */
export interface CompactedEvent {
  readonly type: 'compacted';
  readonly zxid: Zxid;
}

export type Event =
  | ElectedEvent
  | ConnectedEvent
  | DisconnectedEvent
  | TimeoutEvent
  | MessageEvent
  | ProposeEvent
  | LogDurableEvent
  | CurrentEpochStoredEvent
  | CompactedEvent;
