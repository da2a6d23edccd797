/**
 * Zxids of proposals that await something: ascending in, ascending out, in runs, since a leader counts without gaps.
 *
 * The peer's commits and acknowledgements are cumulative. ZooKeeper's are one packet a proposal: an Apache leader counts an
 * acknowledgement for that zxid alone, an Apache follower exits on a COMMIT that is not for its oldest proposal.
 */
import { Fifo } from '../../broadcast/fifo.ts';
import type { ZxidRun } from '../../broadcast/transaction-run.ts';
import type { Zxid } from '../../broadcast/zxid.ts';

interface PendingRun extends ZxidRun {
  from: number;
  to: number;
}

const NONE: readonly ZxidRun[] = [];

export class PendingZxids {
  readonly #runs = new Fifo<PendingRun>();
  /** The last of them, which may grow; what was taken does not. */
  #last: PendingRun | undefined;

  add({ epoch, from, to }: ZxidRun): void {
    const last = this.#last;
    if (last?.epoch === epoch && last.to + 1 === from) {
      last.to = to;
      return;
    }
    this.#last = { epoch, from, to };
    this.#runs.push(this.#last);
  }

  /** Those up to the zxid, which pend no longer; consecutive ones that were added one after the other are in one run. */
  takeUpTo({ epoch, counter }: Zxid): readonly ZxidRun[] {
    let taken: ZxidRun[] | undefined;
    for (let oldest = this.#runs.first; oldest !== undefined; oldest = this.#runs.first) {
      if (oldest.epoch > epoch || (oldest.epoch === epoch && oldest.from > counter)) break;
      taken ??= [];
      if (oldest.epoch === epoch && oldest.to > counter) {
        taken.push({ epoch, from: oldest.from, to: counter });
        oldest.from = counter + 1;
        break;
      }
      taken.push(oldest);
      this.#runs.shift();
      if (oldest === this.#last) this.#last = undefined;
    }
    return taken ?? NONE;
  }
}
