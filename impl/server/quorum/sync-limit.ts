/**
 * How long a learner leaves a proposal unacknowledged. Two proposals are remembered, whatever their number: the oldest one
 * that is followed, and the newest one, which is followed next.
 *
 * Of proposals that are sent together the last is the one to follow. That is stricter than to follow the first: the time
 * begins when all are sent, and ends only when the learner has acknowledged them all.
 */
import { zxidLess, type Zxid } from '../../broadcast/zxid.ts';

interface Followed {
  readonly zxid: Zxid;
  readonly atMs: number;
}

export class SyncLimit {
  #oldest: Followed | undefined;
  #newest: Followed | undefined;

  proposed(zxid: Zxid, nowMs: number): void {
    const followed = { zxid, atMs: nowMs };
    if (this.#oldest === undefined) this.#oldest = followed;
    else this.#newest = followed;
  }

  /** Everything up to `zxid` is acknowledged. */
  acknowledged(zxid: Zxid): void {
    if (this.#oldest === undefined || zxidLess(zxid, this.#oldest.zxid)) return;
    this.#oldest = this.#newest !== undefined && zxidLess(zxid, this.#newest.zxid) ? this.#newest : undefined;
    this.#newest = undefined;
  }

  /** Milliseconds that the oldest proposal has waited for; 0 when none waits. */
  waitedMs(nowMs: number): number {
    return this.#oldest === undefined ? 0 : nowMs - this.#oldest.atMs;
  }
}
