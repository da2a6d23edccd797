/**
 * Zxids of proposals that await something: ascending in, ascending out.
 *
 * The peer's commits and acknowledgements are cumulative. ZooKeeper's are one packet a proposal: an Apache leader counts an
 * acknowledgement for that zxid alone, an Apache follower exits on a COMMIT that is not for its oldest proposal.
 */
import { zxidLess, type Zxid } from '../../broadcast/zxid.ts';

export class PendingZxids {
  readonly #zxids: Zxid[] = [];
  #next = 0;

  add(zxid: Zxid): void {
    this.#zxids.push(zxid);
  }

  /** Those up to `zxid`, which pend no longer. */
  takeUpTo(zxid: Zxid): readonly Zxid[] {
    const start = this.#next;
    for (;;) {
      const oldest = this.#zxids[this.#next];
      if (oldest === undefined || zxidLess(zxid, oldest)) break;
      this.#next++;
    }
    const taken = this.#zxids.slice(start, this.#next);
    if (this.#next * 2 >= this.#zxids.length) {
      this.#zxids.splice(0, this.#next);
      this.#next = 0;
    }
    return taken;
  }
}
