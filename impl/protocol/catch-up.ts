import type { History } from '../broadcast/history.ts';
import { ZERO_ZXID, zxidOf, zxidsEqual, type Zxid } from '../broadcast/zxid.ts';
import type { LeaderMessage } from './messages.ts';

/**
 * Spec `CatchUp`: what a leader of `epoch` sends to a learner whose last transaction is `last`, so that the learner's
 * history becomes the first `end` transactions of the leader's: what makes it a prefix (DIFF, TRUNC) and the proposals that it
 * lacks, or all of it (SNAP); then how much is committed, the first `upTo` transactions, and NEWLEADER. Where the history is
 * packed, what is sent of it is copied.
 *
 * A cut never reaches into an older epoch, where the learner may lack what the leader has before `last`. A leader whose
 * log does not reach back to `last` sends SNAP where the spec has DIFF or TRUNC.
 */
export function catchUp(
  history: History,
  last: Zxid,
  upTo: number,
  epoch: number,
  end = history.length,
): LeaderMessage[] {
  const messages: LeaderMessage[] = [];
  const start = shareStart(history, end, last, messages);
  for (const transaction of history.between(start, end)) {
    messages.push({ type: 'PROPOSAL', transactions: [transaction] });
  }
  const committed = history.zxidAt(upTo);
  if (!zxidsEqual(committed, ZERO_ZXID)) messages.push({ type: 'COMMIT', zxid: committed });
  messages.push({ type: 'NEWLEADER', zxid: zxidOf(epoch, 0) });
  return messages;
}

/** Adds DIFF, TRUNC or SNAP; the position up to which the learner has the history then. */
function shareStart(history: History, end: number, last: Zxid, messages: LeaderMessage[]): number {
  if (!history.isBeforeBase(last)) {
    const shared = Math.min(end, history.countUpTo(last));
    const zxid = history.zxidAt(shared);
    if (zxidsEqual(zxid, last)) {
      messages.push({ type: 'DIFF' });
      return shared;
    }
    // The learner has no transaction (e, 0), which the base of a snapshot from an Apache leader may be.
    if (zxid.epoch === last.epoch && zxid.counter > 0) {
      messages.push({ type: 'TRUNC', zxid });
      return shared;
    }
  }
  messages.push({ type: 'SNAP', history: history.contentUpTo(end) });
  return end;
}
