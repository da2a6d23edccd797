/**
 * Which acknowledgements of a learner reach the leader's peer, and when. Apache followers acknowledge every proposal, also
 * those of older epochs that brought them up to date, and may do so before they acknowledge NEWLEADER; the peer expects
 * the latter first, and the former not at all.
 */
import { zxidLess, type Zxid } from '../../broadcast/zxid.ts';
import type { Ack } from '../../protocol/messages.ts';

export class AckGate {
  /** The epoch whose NEWLEADER the learner was sent; undefined before that. */
  #epoch: number | undefined;
  #acknowledged = false;
  /** The largest zxid of an acknowledgement that waits for that of NEWLEADER. */
  #held: Zxid | undefined;

  /** Has the learner acknowledged NEWLEADER? */
  get newLeaderAcknowledged(): boolean {
    return this.#acknowledged;
  }

  newLeaderSent(epoch: number): void {
    this.#epoch = epoch;
  }

  /** What the peer is given when this acknowledgement comes. */
  pass(ack: Ack): readonly Ack[] {
    const { zxid } = ack;
    if (this.#epoch === undefined || zxid.epoch > this.#epoch) return [ack];
    if (zxid.epoch < this.#epoch) return [];
    if (this.#acknowledged) return [ack];
    if (zxid.counter > 0) {
      if (this.#held === undefined || zxidLess(this.#held, zxid)) this.#held = zxid;
      return [];
    }
    this.#acknowledged = true;
    return this.#held === undefined ? [ack] : [ack, { type: 'ACK', zxid: this.#held }];
  }
}
