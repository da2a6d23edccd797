import { describe, expect, it } from 'vitest';
import { lastZxidOf, type HistoryContent } from '../broadcast/history.ts';
import type { Transaction } from '../broadcast/transaction.ts';
import { ZERO_ZXID, zxid, type Zxid } from '../broadcast/zxid.ts';
import type { Effect } from './effects.ts';
import { serverId } from './ensemble.ts';
import type { Message } from './messages.ts';
import { Peer } from './peer.ts';

const [one, two, three] = [serverId(1), serverId(2), serverId(3)];
const ensemble = [one, two, three];

const transaction = (epoch: number, counter: number): Transaction => ({
  zxid: zxid(epoch, counter),
  payload: Uint8Array.of(counter),
});

const content = (base: Zxid, ...transactions: Transaction[]): HistoryContent => ({ base, transactions });

/** Server 2, of epoch 2 or more, as it starts with this on its disk. */
function started(history: HistoryContent): Peer {
  const disk = { acceptedEpoch: 2, currentEpoch: 2, history, durable: history.transactions.length };
  return Peer.recover({ id: two, ensemble }, disk);
}

const read = (peer: Peer, message: Message): readonly Effect[] =>
  peer.step({ type: 'message', from: one, message });

/** The peer follows server 1 in this epoch, and has answered LEADERINFO. */
function following(peer: Peer, epoch = 3): Peer {
  peer.step({ type: 'timeout' });
  peer.step({ type: 'elected', leader: one });
  peer.step({ type: 'connected', peer: one });
  read(peer, { type: 'LEADERINFO', epoch });
  return peer;
}

/** The rest of the way to phase BROADCAST, all of it being on disk; what happens at UPTODATE. */
function upToDate(peer: Peer): readonly Effect[] {
  const epoch = peer.acceptedEpoch;
  read(peer, { type: 'NEWLEADER', zxid: zxid(epoch, 0) });
  peer.step({ type: 'logDurable', zxid: peer.lastZxid });
  peer.step({ type: 'currentEpochStored', epoch });
  return read(peer, { type: 'UPTODATE' });
}

/** Server 2 leads epoch 3; what it sends to server 1, whose last zxid this is. */
function sentTo(last: Zxid, history: HistoryContent): Message[] {
  const peer = started(history);
  peer.step({ type: 'elected', leader: two });
  peer.step({ type: 'connected', peer: one });
  read(peer, { type: 'FOLLOWERINFO', epoch: 2 });
  read(peer, { type: 'ACKEPOCH', epoch: 1, zxid: last });
  const effects = peer.step({ type: 'currentEpochStored', epoch: 3 });
  return effects.flatMap((effect) => (effect.type === 'send' ? [effect.message] : []));
}

describe('a leader whose log begins behind a snapshot', () => {
  const history = content(zxid(2, 5), transaction(2, 6), transaction(2, 7));
  const end: Message[] = [
    { type: 'COMMIT', zxid: zxid(2, 7) },
    { type: 'NEWLEADER', zxid: zxid(3, 0) },
  ];

  it('sends SNAP to a learner that lacks what only the snapshot has', () => {
    for (const last of [ZERO_ZXID, zxid(1, 9), zxid(2, 4)]) {
      expect(sentTo(last, history)).toEqual([{ type: 'SNAP', history }, ...end]);
    }
  });

  it('sends DIFF to a learner that has as much as the snapshot, or more', () => {
    const proposals = history.transactions.map((t): Message => ({ type: 'PROPOSAL', transactions: [t] }));
    expect(sentTo(zxid(2, 5), history)).toEqual([{ type: 'DIFF' }, ...proposals, ...end]);
    expect(sentTo(zxid(2, 6), history)).toEqual([{ type: 'DIFF' }, ...proposals.slice(1), ...end]);
  });

  it('says that the snapshot is committed when there is nothing after it', () => {
    expect(sentTo(zxid(2, 5), content(zxid(2, 5)))).toEqual([
      { type: 'DIFF' },
      { type: 'COMMIT', zxid: zxid(2, 5) },
      { type: 'NEWLEADER', zxid: zxid(3, 0) },
    ]);
  });

  it('has nobody cut after (e, 0), which an Apache leader’s snapshot may end at and no log has', () => {
    const [first] = sentTo(zxid(2, 3), content(zxid(2, 0)));
    expect(first).toEqual({ type: 'SNAP', history: content(zxid(2, 0)) });
  });
});

describe('a learner that is sent a snapshot', () => {
  it('delivers it at UPTODATE where it is beyond what was delivered, and goes on from there', () => {
    const peer = following(started(content(zxid(1, 2), transaction(1, 3))));
    const history = content(zxid(2, 5), transaction(2, 6));
    expect(read(peer, { type: 'SNAP', history })).toEqual([{ type: 'installSnapshot', history }]);
    expect(peer.deliveredZxid).toEqual(zxid(1, 2));
    expect(peer.synced).toBe(false);
    read(peer, { type: 'COMMIT', zxid: zxid(2, 6) });
    const effects = upToDate(peer);
    expect(effects.filter(({ type }) => type !== 'send')).toEqual([
      { type: 'deliverSnapshot', zxid: zxid(2, 5) },
      { type: 'deliver', transactions: [transaction(2, 6)] },
    ]);
    expect(peer.deliveredZxid).toEqual(zxid(2, 6));
  });

  it('delivers it at UPTODATE without a COMMIT that names it', () => {
    const peer = following(started(content(ZERO_ZXID)));
    read(peer, { type: 'SNAP', history: content(zxid(2, 5)) });
    read(peer, { type: 'COMMIT', zxid: zxid(2, 4) });
    expect(upToDate(peer)[0]).toEqual({ type: 'deliverSnapshot', zxid: zxid(2, 5) });
  });

  it('delivers the rest alone where it has delivered more than the snapshot is of', () => {
    const peer = following(started(content(zxid(2, 6), transaction(2, 7))));
    const history = content(zxid(2, 5), transaction(2, 6), transaction(2, 8));
    expect(read(peer, { type: 'SNAP', history })).toEqual([{ type: 'installSnapshot', history }]);
    read(peer, { type: 'COMMIT', zxid: zxid(2, 8) });
    expect(upToDate(peer)[0]).toEqual({ type: 'deliver', transactions: [transaction(2, 8)] });
  });

  it.each([
    ['that ends before', content(zxid(2, 5))],
    ['that goes past it without it', content(zxid(2, 5), transaction(2, 7))],
    ['that is of an epoch the leader cannot have', content(zxid(4, 1))],
    ['whose transactions do not come after it', content(zxid(2, 6), transaction(2, 6))],
  ])('refuses, having delivered 2.6, one %s', (_which, history) => {
    const peer = following(started(content(zxid(2, 6))));
    expect(read(peer, { type: 'SNAP', history })).toEqual([{ type: 'abandon', reason: 'invalid content' }]);
    expect(peer.lastZxid).toEqual(zxid(2, 6));
  });

  it('takes another one in the place of one that it has not delivered, if what it delivered is in it', () => {
    const peer = following(started(content(zxid(1, 2))));
    read(peer, { type: 'SNAP', history: content(zxid(2, 5)) });
    peer.step({ type: 'logDurable', zxid: zxid(2, 5) });
    following(peer, 4);
    const another = content(zxid(1, 1), transaction(1, 2), transaction(2, 5), transaction(2, 6));
    expect(read(peer, { type: 'SNAP', history: another })[0]?.type).toBe('installSnapshot');
    expect(peer.deliveredZxid).toEqual(zxid(1, 2));
    read(peer, { type: 'COMMIT', zxid: lastZxidOf(another) });
    expect(upToDate(peer).filter(({ type }) => type !== 'send')).toEqual([
      { type: 'deliver', transactions: [transaction(2, 5), transaction(2, 6)] },
    ]);
  });

  it('refuses another one that lacks what it delivered, also while one is taken and not delivered', () => {
    const peer = following(started(content(zxid(1, 2))));
    read(peer, { type: 'SNAP', history: content(zxid(2, 5)) });
    peer.step({ type: 'logDurable', zxid: zxid(2, 5) });
    following(peer, 4);
    const another = content(zxid(1, 1), transaction(2, 5));
    expect(read(peer, { type: 'SNAP', history: another })).toEqual([
      { type: 'abandon', reason: 'invalid content' },
    ]);
  });

  it('does not cut what only a snapshot has', () => {
    const peer = following(started(content(zxid(2, 6), transaction(2, 7))));
    expect(read(peer, { type: 'TRUNC', zxid: zxid(2, 5) })).toEqual([
      { type: 'abandon', reason: 'invalid content' },
    ]);
    following(peer, 4);
    expect(read(peer, { type: 'TRUNC', zxid: zxid(2, 6) })).toEqual([{ type: 'truncate', zxid: zxid(2, 6) }]);
  });

  it('acknowledges NEWLEADER twice, not a third time for a snapshot that ends at (e, 0)', () => {
    const peer = following(started(content(ZERO_ZXID)));
    read(peer, { type: 'SNAP', history: content(zxid(3, 0)) });
    const ack = { type: 'send', to: one, message: { type: 'ACK', zxid: zxid(3, 0) } };
    expect(upToDate(peer)).toEqual([{ type: 'deliverSnapshot', zxid: zxid(3, 0) }, ack]);
  });
});

describe('a peer that is told of a snapshot', () => {
  /** Server 2 leads epoch 3, with one proposal that servers 1 and 3 have on disk and it has not. */
  function ahead(): Peer {
    const peer = started(content(ZERO_ZXID, transaction(1, 1), transaction(1, 2)));
    peer.step({ type: 'elected', leader: two });
    for (const learner of [one, three]) {
      peer.step({ type: 'connected', peer: learner });
      const hear = (message: Message): unknown => peer.step({ type: 'message', from: learner, message });
      hear({ type: 'FOLLOWERINFO', epoch: 2 });
      hear({ type: 'ACKEPOCH', epoch: 1, zxid: zxid(1, 2) });
      peer.step({ type: 'currentEpochStored', epoch: 3 });
      hear({ type: 'ACK', zxid: zxid(3, 0) });
    }
    peer.step({ type: 'propose', payloads: [Uint8Array.of(1)] });
    for (const from of [one, three]) {
      peer.step({ type: 'message', from, message: { type: 'ACK', zxid: zxid(3, 1) } });
    }
    expect(peer.deliveredZxid).toEqual(zxid(3, 1));
    return peer;
  }

  it('forgets what lies before it', () => {
    const peer = ahead();
    peer.step({ type: 'compacted', zxid: zxid(1, 1) });
    expect(peer.snapshot().history.base).toEqual(zxid(1, 1));
    expect(peer.project().history.map((t) => t.zxid)).toEqual([zxid(1, 2), zxid(3, 1)]);
  });

  it('forgets no more than its own log has on disk', () => {
    const peer = ahead();
    peer.step({ type: 'compacted', zxid: zxid(3, 1) });
    expect(peer.snapshot().history.base).toEqual(zxid(1, 2));
    peer.step({ type: 'logDurable', zxid: zxid(3, 1) });
    expect(peer.synced).toBe(true);
  });

  it('ignores one of what its history does not have, or has forgotten already', () => {
    const peer = ahead();
    peer.step({ type: 'compacted', zxid: zxid(1, 2) });
    const before = peer.snapshot();
    for (const other of [zxid(1, 1), zxid(1, 2), zxid(2, 9)]) peer.step({ type: 'compacted', zxid: other });
    expect(peer.snapshot()).toEqual(before);
  });

  it('is not told of one of what it has not delivered: a bug of the host', () => {
    const peer = ahead();
    peer.step({ type: 'propose', payloads: [Uint8Array.of(2)] });
    expect(() => peer.step({ type: 'compacted', zxid: zxid(3, 2) })).toThrow('of what was delivered');
  });
});
