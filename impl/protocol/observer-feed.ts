/**
 * What a leader tells one observer: a learner that has no vote, and that no quorum counts.
 *
 * The specification has no observers, and the leader's peer is not told of them: what is said to an observer is read off
 * the peer, and what an observer says comes here and goes nowhere else. So whatever observers do, in whatever order,
 * nothing else is proposed, acknowledged or committed than without them.
 *
 * An observer is told what its leader has delivered, never of what is only proposed. It is heard from the time on when
 * the epoch is established; before that it waits. Then it is brought up to date as a follower is, and after that each
 * transaction is one INFORM, which is to its own peer a PROPOSAL with its COMMIT. To that peer, which runs the follower's
 * part of the specification unchanged, all of this is what a leader may say to a follower whose acknowledgements are
 * never needed.
 *
 * The contract for the host: one feed for each connection. Messages of the observer are given between two events of the
 * peer, not among the effects of one; `established` is called after an event that may have brought the peer to phase
 * BROADCAST. At `deliver` the transaction is sent, as INFORM, if the feed `informs`. All that is sent leaves in its order.
 */
import { isUint32, type Zxid } from '../broadcast/zxid.ts';
import type { Refusal } from './effects.ts';
import { NOT_COUNTED, type AckEpoch, type LeaderMessage, type Message } from './messages.ts';
import type { Peer } from './peer.ts';

/** How far an observer is: its first message is awaited, it waits for the epoch, was told it, was sent NEWLEADER, is up to date. */
type Stage = 'CONNECTED' | 'INFO' | 'EPOCH' | 'SYNC' | 'ACTIVE';

export class ObserverFeed {
  readonly #leader: Peer;
  #stage: Stage = 'CONNECTED';

  /** For an observer that has just connected to the server with this peer, which leads or is about to. */
  constructor(leader: Peer) {
    this.#leader = leader;
  }

  /** A message of the observer; `out` gets the answers. A refusal ends the connection, and the feed with it. */
  receive(message: Message, out: LeaderMessage[]): Refusal | undefined {
    switch (message.type) {
      case 'FOLLOWERINFO':
        if (this.#stage !== 'CONNECTED') return 'unexpected message';
        if (!isUint32(message.epoch)) return 'invalid content';
        this.#stage = 'INFO';
        this.established(out);
        return undefined;
      case 'ACKEPOCH':
        return this.#bringUpToDate(message, out);
      case 'ACK':
        return this.#acknowledged(message.zxid, out);
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

  /** Does the observer wait for the epoch to be established? */
  get waits(): boolean {
    return this.#stage === 'INFO';
  }

  /** The epoch may be established by now: an observer that waits for it is told. */
  established(out: LeaderMessage[]): void {
    const { role, phase, acceptedEpoch } = this.#leader;
    if (!this.waits || role !== 'LEADING' || phase !== 'BROADCAST') return;
    this.#stage = 'EPOCH';
    out.push({ type: 'LEADERINFO', epoch: acceptedEpoch });
  }

  /**
   * Is the observer informed of what the leader delivers now? What was delivered earlier is part of what brings it up to
   * date.
   */
  get informs(): boolean {
    return this.#stage === 'SYNC' || this.#stage === 'ACTIVE';
  }

  #bringUpToDate({ epoch, zxid }: AckEpoch, out: LeaderMessage[]): Refusal | undefined {
    const { acceptedEpoch } = this.#leader;
    if (this.#stage !== 'EPOCH') return 'unexpected message';
    if (epoch !== NOT_COUNTED && (!isUint32(epoch) || epoch >= acceptedEpoch)) return 'invalid content';
    if (zxid.epoch > acceptedEpoch) return 'invalid content';
    this.#stage = 'SYNC';
    // As though there were nothing behind what was delivered: of the rest the observer hears when it is.
    for (const message of this.#leader.catchUpDelivered(zxid)) out.push(message);
    return undefined;
  }

  /** That of NEWLEADER ends the synchronization. Any other says nothing that is asked for. */
  #acknowledged({ epoch, counter }: Zxid, out: LeaderMessage[]): Refusal | undefined {
    if (this.#stage !== 'SYNC' && this.#stage !== 'ACTIVE') return 'unexpected message';
    if (epoch !== this.#leader.acceptedEpoch) return 'invalid content';
    if (this.#stage === 'ACTIVE') return undefined;
    if (counter !== 0) return 'unexpected message';
    this.#stage = 'ACTIVE';
    out.push({ type: 'UPTODATE' });
    return undefined;
  }
}
