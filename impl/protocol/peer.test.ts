import { describe, expect, it } from 'vitest';
import { EMPTY_HISTORY } from '../broadcast/history.ts';
import { MAX_UINT32, ZERO_ZXID } from '../broadcast/zxid.ts';
import { serverId } from './ensemble.ts';
import { Peer } from './peer.ts';
import { NO_LEARNER, type PeerSnapshot } from './snapshot.ts';

const [one, two, three] = [serverId(1), serverId(2), serverId(3)];
const config = { id: one, ensemble: [one, two, three] };
const transaction = { zxid: { epoch: 1, counter: 1 }, payload: Buffer.from('a') };
const history = { base: ZERO_ZXID, transactions: [transaction] };

/** The leader of epoch 1 in phase BROADCAST, `two` following it. */
const leading: PeerSnapshot = {
  acceptedEpoch: 1,
  currentEpoch: 1,
  history,
  basePosition: 0,
  durable: 1,
  cutPending: false,
  committed: 1,
  delivered: transaction.zxid,
  role: {
    role: 'LEADING',
    phase: 'BROADCAST',
    proposedEpoch: 1,
    gathered: [],
    learners: [NO_LEARNER, { ...NO_LEARNER, stage: 'ACKED' }, NO_LEARNER],
    acked: [0, 1, 0],
  },
};

describe('a peer', () => {
  it('is where its snapshot was taken after a restore, and a snapshot never changes', () => {
    const text = JSON.stringify(leading);
    const peer = Peer.restore(config, leading);
    expect(peer.snapshot()).toEqual(leading);
    peer.step({ type: 'propose', payloads: [Buffer.from('b')] });
    const later = peer.snapshot();
    const laterText = JSON.stringify(later);
    peer.step({ type: 'propose', payloads: [Buffer.from('c')] });
    peer.restore(later);
    peer.step({ type: 'message', from: two, message: { type: 'ACK', zxid: { epoch: 1, counter: 2 } } });
    peer.step({ type: 'disconnected', peer: two });
    expect(JSON.stringify(later)).toBe(laterText);
    expect(JSON.stringify(leading)).toBe(text);
  });

  it('gives its role up when its epoch has no counter left', () => {
    const last = { zxid: { epoch: 1, counter: MAX_UINT32 }, payload: new Uint8Array() };
    const peer = Peer.restore(config, { ...leading, history: { base: ZERO_ZXID, transactions: [last] } });
    expect(peer.step({ type: 'propose', payloads: [new Uint8Array()] })).toEqual([
      { type: 'abandon', reason: 'counter exhausted' },
    ]);
    expect(peer.project().role).toBe('LOOKING');
  });

  it('proposes nothing when it is asked for nothing', () => {
    expect(Peer.restore(config, leading).step({ type: 'propose', payloads: [] })).toEqual([]);
  });

  it('proposes what its epoch has counters for, and then gives its role up', () => {
    const last = { zxid: { epoch: 1, counter: MAX_UINT32 - 1 }, payload: new Uint8Array() };
    const peer = Peer.restore(config, { ...leading, history: { base: ZERO_ZXID, transactions: [last] } });
    const payloads = ['b', 'c'].map((text) => Buffer.from(text));
    const transactions = [{ zxid: { epoch: 1, counter: MAX_UINT32 }, payload: payloads[0] }];
    expect(peer.step({ type: 'propose', payloads })).toEqual([
      { type: 'send', to: two, message: { type: 'PROPOSAL', transactions } },
      { type: 'append', transactions },
      { type: 'abandon', reason: 'counter exhausted' },
    ]);
  });

  it('refuses a run of proposals as a whole when one of them is out of place', () => {
    const role = {
      role: 'FOLLOWING',
      leader: two,
      stage: 'ACTIVE',
      newLeaderAt: -1,
      pendingCommit: 0,
    } as const;
    const run = (...counters: number[]) => {
      const peer = Peer.restore(config, { ...leading, role });
      const transactions = counters.map((counter) => ({
        zxid: { epoch: 1, counter },
        payload: transaction.payload,
      }));
      return peer.step({ type: 'message', from: two, message: { type: 'PROPOSAL', transactions } });
    };
    expect(run(2, 3).map(({ type }) => type)).toEqual(['append']);
    for (const counters of [
      [2, 2],
      [3, 2],
      [1, 2],
      [2, 3, 1],
    ]) {
      expect(run(...counters)).toEqual([{ type: 'abandon', reason: 'invalid content' }]);
    }
  });

  it('does not lead when there is no epoch left, and lets nobody take the last one in passing', () => {
    const disk = { acceptedEpoch: MAX_UINT32, currentEpoch: 1, history: EMPTY_HISTORY, durable: 0 };
    const exhausted = Peer.recover(config, disk);
    expect(exhausted.step({ type: 'elected', leader: one })).toEqual([
      { type: 'abandon', reason: 'epochs exhausted' },
    ]);
    const peer = new Peer(config);
    peer.step({ type: 'elected', leader: one });
    peer.step({ type: 'connected', peer: two });
    const info = { type: 'FOLLOWERINFO', epoch: MAX_UINT32 } as const;
    expect(peer.step({ type: 'message', from: two, message: info })).toEqual([
      { type: 'disconnect', peer: two, reason: 'invalid content' },
    ]);
  });

  it('ignores an election while its log is not on disk', () => {
    const peer = Peer.recover(config, {
      acceptedEpoch: 1,
      currentEpoch: 1,
      history,
      durable: 0,
    });
    expect(peer.step({ type: 'elected', leader: one })).toEqual([]);
    expect(peer.project().role).toBe('LOOKING');
    peer.step({ type: 'logDurable', zxid: transaction.zxid });
    peer.step({ type: 'elected', leader: one });
    expect(peer.project().role).toBe('LEADING');
  });

  it('starts with a log whose last epoch is above the current epoch', () => {
    const disk = { acceptedEpoch: 1, currentEpoch: 0, history, durable: 1 };
    expect(Peer.recover(config, disk).project()).toMatchObject({ currentEpoch: 0, durable: 1, committed: 0 });
  });

  it('does not start from what no disk of it can hold', () => {
    const disk = { acceptedEpoch: 1, currentEpoch: 1, history, durable: 1 };
    expect(() => Peer.recover(config, { ...disk, currentEpoch: 2 })).toThrow('accepted before');
    expect(() => Peer.recover(config, { ...disk, durable: 2 })).toThrow('durable prefix');
    expect(() =>
      Peer.recover(config, { ...disk, history: { ...history, transactions: [transaction, transaction] } }),
    ).toThrow('ascend');
    expect(() => Peer.recover(config, { ...disk, acceptedEpoch: 0, currentEpoch: 0 })).toThrow('newer');
  });

  it('takes part in an ensemble of two or more, once', () => {
    expect(() => new Peer({ id: one, ensemble: [one] })).toThrow('two servers');
    expect(() => new Peer({ id: one, ensemble: [one, one] })).toThrow('once');
  });

  it('that does not vote follows one that does, and never leads', () => {
    const observer = new Peer({ id: one, ensemble: [two, three] });
    observer.step({ type: 'elected', leader: one });
    expect(observer.role).toBe('LOOKING');
    observer.step({ type: 'elected', leader: two });
    expect(observer.role).toBe('FOLLOWING');
  });

  it('is told of a sync of what it never appended: a bug of the host', () => {
    const peer = Peer.restore(config, leading);
    expect(() => peer.step({ type: 'logDurable', zxid: { epoch: 1, counter: 2 } })).toThrow('in the history');
  });

  it('ignores what says nothing at this point', () => {
    const peer = Peer.restore(config, leading);
    for (const event of [
      { type: 'elected', leader: two },
      { type: 'connected', peer: one },
      { type: 'connected', peer: two },
      { type: 'connected', peer: serverId(9) },
      { type: 'disconnected', peer: serverId(9) },
      { type: 'disconnected', peer: three },
      { type: 'logDurable', zxid: transaction.zxid },
      { type: 'currentEpochStored', epoch: 1 },
      { type: 'message', from: three, message: { type: 'ACK', zxid: transaction.zxid } },
      { type: 'message', from: serverId(9), message: { type: 'DIFF' } },
      { type: 'message', from: one, message: { type: 'ACK', zxid: transaction.zxid } },
    ] as const) {
      expect(peer.step(event), event.type).toEqual([]);
      expect(peer.snapshot(), event.type).toEqual(leading);
    }
  });
});
