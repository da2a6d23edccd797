import type { History } from '../broadcast/history.ts';
import { zxidsEqual, type Zxid } from '../broadcast/zxid.ts';
import type { LeaderMessage } from './messages.ts';

/**
 * Spec `CatchUp`: what a leader of `epoch` sends to a learner whose last transaction is `last`, so that the learner's
 * history becomes the leader's: what makes it a prefix (DIFF, TRUNC) and the proposals that it lacks, or all of it (SNAP);
 * then how much is committed, the first `upTo` transactions, and NEWLEADER.
 *
 * A cut never reaches into an older epoch, where the learner may lack what the leader has before `last`.
 */
export function catchUp(history: History, last: Zxid, upTo: number, epoch: number): LeaderMessage[] {
  const messages: LeaderMessage[] = [];
  const shared = history.countUpTo(last);
  const sharedZxid = history.zxidAt(shared);
  let start = shared;
  if (zxidsEqual(sharedZxid, last)) {
    messages.push({ type: 'DIFF' });
  } else if (sharedZxid.epoch === last.epoch) {
    messages.push({ type: 'TRUNC', zxid: sharedZxid });
  } else {
    messages.push({ type: 'SNAP', history: history.share() });
    start = history.length;
  }
  for (let n = start + 1; n <= history.length; n++) {
    messages.push({ type: 'PROPOSAL', transaction: history.at(n) });
  }
  if (upTo > 0) messages.push({ type: 'COMMIT', zxid: history.zxidAt(upTo) });
  messages.push({ type: 'NEWLEADER', zxid: { epoch, counter: 0 } });
  return messages;
}
