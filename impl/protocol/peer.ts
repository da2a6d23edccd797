/**
 * One Zab peer as a state machine: an event in, effects out. No clock, no randomness, no I/O.
 *
 * The contract for the host, which owns the disk, the connections, the timers and the election:
 *
 * Events. The host gives one event at a time, and carries out the effects of an event in their order before it gives
 * the next one, except that writing to the log and storing the current epoch may go on after that: their ends are
 * events. Messages of one connection come in the order in which they were sent; what was sent on an old connection never
 * comes on a new one. A connection is reported down before the next one with the same server is reported up. The host
 * limits the size of what it takes from outside; that the fields of a message have their types is checked by whoever
 * decodes it, all that the protocol expects of their values is checked here.
 *
 * Before a message leaves, what it promises is on disk. `storeAcceptedEpoch` is on disk before any later effect is
 * carried out, since LEADERINFO and ACKEPOCH promise the epoch. Acknowledgements need no care of the host: the peer sends
 * them at `logDurable` and `currentEpochStored`, so these events must be true: a sync (of the file, and of the directory
 * where that is new) has ended that began after the effects it covers were carried out.
 *
 * The log. `append`, `truncate` and `installSnapshot` change the log in their order. They need not be synced one by one:
 * `logDurable` says up to which zxid the log is on disk, and that all cuts are. A log that was read at a start is not
 * known to be on disk until it is synced again; an election is ignored until then (a vote claims the log).
 *
 * The base. A log need not reach back to the start: what comes before its first entry is in a snapshot, and the peer
 * knows the snapshot's zxid, its base. A peer that starts is given the newest snapshot's; `compacted` says that a later
 * snapshot is on disk, and the peer forgets up to there. A host may name an earlier zxid, to keep what learners may lack.
 * SNAP goes out as a snapshot and the transactions after it up to NEWLEADER: of what was delivered by then, or, where a
 * snapshot that was taken is not delivered yet, that one. A learner is given SNAP when all of it has come, the snapshot
 * being its base; `installSnapshot` makes the log this history, the old one being kept until the new one is whole on disk.
 *
 * The current epoch. `storeCurrentEpoch` begins a write whose end is `currentEpochStored`. It begins after the log was
 * synced, never before. While it is under way the host gives the peer no message, `disconnected` or `timeout`; or, where
 * the write has not begun, drops it when the role ends.
 *
 * Connections. A follower connects to its leader, and both ends get `connected`. `disconnect` and `abandon` close
 * connections: what had been received on them and not been given to the peer is dropped, what had been sent may still
 * arrive. What is sent where no connection is up is dropped.
 *
 * Runs. What comes together may be given together: payloads in one `propose`, PROPOSALs as one message, acknowledgements
 * and commits, which are cumulative, as the last of them. A run stands for as many steps of the spec, one after the other,
 * and comes to the same state; what it asks for is one effect.
 *
 * Delivery. `deliver` comes in zxid order, once for each transaction between two starts; after a start it begins at the
 * first transaction after the base again, in the state of its snapshot. `deliverSnapshot` puts the state of the installed
 * snapshot in the place of the service's where that is older, and `deliver` goes on from there. What was delivered is
 * never taken back.
 *
 * What comes from outside never throws: it ends the connection, or is ignored where there is none. A thrown error is a
 * bug of the peer or of the host, and the host stops the server.
 */
import { assert } from '../broadcast/assertion.ts';
import { isAscending, lastZxidOf } from '../broadcast/history.ts';
import { MAX_UINT32, isUint32, type Zxid } from '../broadcast/zxid.ts';
import { catchUp } from './catch-up.ts';
import type { AbandonReason, Effect } from './effects.ts';
import type { PeerConfig, ServerId } from './ensemble.ts';
import type {
  CurrentEpochStoredEvent,
  Event,
  LogDurableEvent,
  MessageEvent,
  ProposeEvent,
} from './events.ts';
import { Follower } from './follower.ts';
import { Leader } from './leader.ts';
import type { LeaderMessage } from './messages.ts';
import { projectSnapshot, type PeerProjection } from './projection.ts';
import { Replica } from './replica.ts';
import type { LookingSnapshot, PeerSnapshot, RecoveredDisk, RoleSnapshot } from './snapshot.ts';

const LOOKING: LookingSnapshot = { role: 'LOOKING' };

export class Peer {
  readonly config: PeerConfig;
  readonly #replica: Replica;
  /** `undefined` is the spec's LOOKING: the peer remembers nothing of an earlier role. */
  #role: Leader | Follower | undefined;

  /** A server that starts for the first time, its disk empty. Spec: `Init`. */
  constructor(config: PeerConfig) {
    this.config = config;
    this.#replica = new Replica(config);
  }

  /** Spec `Crash` and `CrashUncut`, from the start on: what the disk has is all that the server remembers. */
  static recover(config: PeerConfig, disk: RecoveredDisk): Peer {
    const { acceptedEpoch, currentEpoch, history, durable } = disk;
    assert(isUint32(acceptedEpoch) && isUint32(currentEpoch), 'an epoch is an unsigned 32-bit integer');
    assert(currentEpoch <= acceptedEpoch, 'an epoch is accepted before it becomes the current one');
    assert(isAscending(history), 'the zxids of a log ascend');
    assert(lastZxidOf(history).epoch <= acceptedEpoch, 'no log entry is newer than the accepted epoch');
    assert(durable >= 0 && durable <= history.transactions.length, 'the durable prefix is part of the log');
    const { base: delivered } = history;
    const positions = { basePosition: 0, durable, committed: 0 };
    return Peer.restore(config, { ...disk, ...positions, cutPending: false, delivered, role: LOOKING });
  }

  /** A peer that is where another one was when the snapshot was taken. */
  static restore(config: PeerConfig, snapshot: PeerSnapshot): Peer {
    const peer = new Peer(config);
    peer.restore(snapshot);
    return peer;
  }

  /** Forgets everything, and continues from the snapshot, which is one of a peer with the same configuration. */
  restore(snapshot: PeerSnapshot): void {
    this.#replica.restore(snapshot);
    this.#role = this.#restoredRole(snapshot.role);
  }

  /** All that the peer remembers; shares what does not change. */
  snapshot(): PeerSnapshot {
    const { acceptedEpoch, currentEpoch, history, durable, cutPending, committed, delivered } = this.#replica;
    return {
      acceptedEpoch,
      currentEpoch,
      history: history.share(),
      basePosition: history.basePosition,
      durable,
      cutPending,
      committed,
      delivered,
      role: this.#role === undefined ? LOOKING : this.#role.snapshot(),
    };
  }

  /** The spec's variables for this server. */
  project(): PeerProjection {
    return projectSnapshot(this.config, this.snapshot());
  }

  get role(): PeerProjection['role'] {
    return this.#role?.role ?? 'LOOKING';
  }

  get phase(): PeerProjection['phase'] {
    return this.#role?.phase ?? 'ELECTION';
  }

  /** Last zxid of the history. */
  get lastZxid(): Zxid {
    return this.#replica.history.lastZxid;
  }

  /** Zxid of what was delivered last; after a start, of the snapshot that the service began with. */
  get deliveredZxid(): Zxid {
    return this.#replica.delivered;
  }

  get acceptedEpoch(): number {
    return this.#replica.acceptedEpoch;
  }

  get currentEpoch(): number {
    return this.#replica.currentEpoch;
  }

  /** Is every change of the log on disk? An election is ignored until it is. */
  get synced(): boolean {
    return this.#replica.synced;
  }

  /**
   * What is sent to a learner without a vote whose last transaction is `last`, to bring it up to what was delivered here. For
   * a peer in phase BROADCAST.
   */
  catchUpDelivered(last: Zxid): readonly LeaderMessage[] {
    assert(this.phase === 'BROADCAST', 'what the base stands for is delivered');
    const { history, committed, acceptedEpoch } = this.#replica;
    return catchUp(history, last, committed, acceptedEpoch, committed);
  }

  /** Takes one event; the effects are to be carried out in order. An event that says nothing here has none. */
  step(event: Event): readonly Effect[] {
    const effects: Effect[] = [];
    switch (event.type) {
      case 'message':
        this.#receive(event, effects);
        break;
      case 'propose':
        this.#propose(event, effects);
        break;
      case 'logDurable':
        this.#sync(event, effects);
        break;
      case 'currentEpochStored':
        this.#storeCurrentEpoch(event, effects);
        break;
      case 'elected':
        this.#elected(event.leader, effects);
        break;
      case 'connected':
        this.#connect(event.peer, effects);
        break;
      case 'disconnected':
        this.#disconnected(event.peer, effects);
        break;
      case 'compacted':
        this.#replica.compact(event.zxid);
        break;
      case 'timeout':
        if (this.#role !== undefined) this.#abandon('timeout', effects);
        break;
    }
    return effects;
  }

  /** Spec `Elected`. */
  #elected(leader: ServerId, effects: Effect[]): void {
    const replica = this.#replica;
    if (this.#role !== undefined || !replica.synced || !replica.ensemble.includes(leader)) return;
    if (leader !== replica.id) {
      this.#role = Follower.elected(replica, leader);
    } else if (replica.acceptedEpoch === MAX_UINT32) {
      this.#abandon('epochs exhausted', effects);
    } else {
      this.#role = Leader.elected(replica);
    }
  }

  /** Spec `Connect`, at either end. */
  #connect(peer: ServerId, effects: Effect[]): void {
    const role = this.#role;
    if (role instanceof Leader) role.connect(peer);
    else if (role?.leader === peer) role.connect(effects);
  }

  /** Spec `Receive…`: the role's handler of that name. */
  #receive({ from, message }: MessageEvent, effects: Effect[]): void {
    const role = this.#role;
    if (role instanceof Leader) {
      role.receive(from, message, effects);
    } else if (role?.leader === from && role.connected) {
      const refusal = role.receive(message, effects);
      if (refusal === undefined) return;
      assert(effects.length === 0, 'a message is refused before it has an effect');
      this.#abandon(refusal, effects);
    }
  }

  /** Spec `Propose`, once for each payload. */
  #propose({ payloads }: ProposeEvent, effects: Effect[]): void {
    const role = this.#role;
    if (role instanceof Leader && !role.propose(payloads, effects))
      this.#abandon('counter exhausted', effects);
  }

  /** Spec `Sync`. */
  #sync({ zxid }: LogDurableEvent, effects: Effect[]): void {
    const replica = this.#replica;
    // What lies before the base is on disk: in the log, or in a snapshot.
    if (replica.history.isBeforeBase(zxid)) return;
    const k = replica.history.positionOf(zxid);
    assert(k >= 0, 'what the disk has is in the history');
    if (k < replica.durable || (k === replica.durable && !replica.cutPending)) return;
    if (this.#role === undefined) replica.durableUpTo(k);
    else this.#role.sync(k, effects);
  }

  /** Spec `StoreCurrentEpoch`. */
  #storeCurrentEpoch({ epoch }: CurrentEpochStoredEvent, effects: Effect[]): void {
    if (epoch === this.#replica.acceptedEpoch) this.#role?.storeCurrentEpoch(effects);
  }

  /** Spec `LoseLearner` at a leader, `Abandon` at a follower. */
  #disconnected(peer: ServerId, effects: Effect[]): void {
    const role = this.#role;
    if (role instanceof Leader) role.loseLearner(peer);
    else if (role?.leader === peer) this.#abandon('leader disconnected', effects);
  }

  /** Spec `Abandon`, and the refusal in `ReceiveLeaderInfo`: the phase that the peer was in is over. */
  #abandon(reason: AbandonReason, effects: Effect[]): void {
    this.#role = undefined;
    effects.push({ type: 'abandon', reason });
  }

  #restoredRole(role: RoleSnapshot): Leader | Follower | undefined {
    switch (role.role) {
      case 'LOOKING':
        return undefined;
      case 'FOLLOWING':
        return new Follower(this.#replica, role);
      case 'LEADING':
        return new Leader(this.#replica, role);
    }
  }
}
