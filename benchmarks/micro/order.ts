/** The order of transactions, and what of it a quorum has: impl/broadcast. */
import { QuorumAcks } from '../../impl/broadcast/quorum-acks.ts';
import { nextZxid, ZERO_ZXID, zxid, zxidLess, type Zxid } from '../../impl/broadcast/zxid.ts';
import { inMemory } from './part.ts';

const BATCH = 1000;
const EPOCH = 1;

/** What a leader does for each proposal, and a follower to see that it comes in order. Zxids are kept, as in a history. */
export const zxidPart = inMemory('zxid: assign and compare', 'zxid', BATCH, () => {
  const kept: Zxid[] = Array.from({ length: BATCH }, () => ZERO_ZXID);
  return () => {
    let last = zxid(EPOCH, 0);
    for (let index = 0; index < BATCH; index++) {
      const next = nextZxid(last, EPOCH);
      if (next === undefined || !zxidLess(last, next)) throw new Error('zxids ascend');
      kept[index] = last = next;
    }
  };
});

const SERVERS = 3;

/** Each of three servers acknowledges each transaction, in turn, and the leader looks each time what is committed. */
export const acknowledgementPart = inMemory('quorum: count', 'acknowledgement', SERVERS * BATCH, () => {
  const acks = new QuorumAcks(Array.from({ length: SERVERS }, () => 0));
  let position = 0;
  return () => {
    for (let count = 0; count < BATCH; count++) {
      position++;
      let committed = 0;
      for (let server = 0; server < SERVERS; server++) {
        acks.acknowledge(server, position);
        if (acks.quorumPosition === position) committed++;
      }
      if (committed !== SERVERS - 1) throw new Error('the second of three acknowledgements commits');
    }
  };
});
