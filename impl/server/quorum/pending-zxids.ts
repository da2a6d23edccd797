/**
 * Zxids of proposals that await something: ascending in, ascending out.
 *
 * The peer's commits and acknowledgements are cumulative. ZooKeeper's are one packet a proposal: an Apache leader counts an
 * acknowledgement for that zxid alone, an Apache follower exits on a COMMIT that is not for its oldest proposal.
 */
import { Fifo } from '../../broadcast/fifo.ts';
import { zxidLess, type Zxid } from '../../broadcast/zxid.ts';

export class PendingZxids {
  readonly #zxids = new Fifo<Zxid>();

  add(zxid: Zxid): void {
    this.#zxids.push(zxid);
  }

  /** Those up to `zxid`, which pend no longer. */
  takeUpTo(zxid: Zxid): readonly Zxid[] {
    const taken: Zxid[] = [];
    for (let oldest = this.#zxids.first; oldest !== undefined; oldest = this.#zxids.first) {
      if (zxidLess(zxid, oldest)) break;
      taken.push(oldest);
      this.#zxids.shift();
    }
    return taken;
  }
}
