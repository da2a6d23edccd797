/**
 * One test for each step of the protocol in Junqueira, Reed, Serafini (DSN 2011): the step, the spec's action, what the
 * paper says. The table in spec/README.md names them.
 */
import { describe, expect, it } from 'vitest';
import type { HistoryContent } from '../broadcast/history.ts';
import type { Transaction } from '../broadcast/transaction.ts';
import { ZERO_ZXID } from '../broadcast/zxid.ts';
import type { Effect } from './effects.ts';
import type { ServerId } from './ensemble.ts';
import type { Message } from './messages.ts';
import { Peer } from './peer.ts';
import { TestCluster } from './testing/cluster.ts';

/** Five servers, of which the first leads and the others follow it; three are a quorum. */
class Five {
  readonly cluster = new TestCluster(5);
  readonly leader: ServerId;
  readonly followers: readonly ServerId[];

  constructor() {
    const [leader, ...followers] = this.cluster.ensemble;
    if (leader === undefined) throw new Error('five servers');
    this.leader = leader;
    this.followers = followers;
  }

  follower(i: number): ServerId {
    const follower = this.followers[i];
    if (follower === undefined) throw new Error('four followers');
    return follower;
  }

  /** The leader and the first `followers` of the others are in discovery. */
  elect(followers: number): this {
    for (const s of [this.leader, ...this.followers.slice(0, followers)])
      this.cluster.elected(s, this.leader);
    for (const f of this.followers.slice(0, followers)) this.cluster.connect(f, this.leader);
    return this;
  }

  /** The leader reads the next message of the i-th follower. */
  toLeader(i: number): readonly Effect[] {
    return this.cluster.receive(this.leader, this.follower(i))?.effects ?? [];
  }

  toFollower(i: number): readonly Effect[] {
    return this.cluster.receive(this.follower(i), this.leader)?.effects ?? [];
  }

  /** Everybody who is connected reaches the broadcast phase. */
  establish(): this {
    const { cluster } = this;
    for (let moved = true; moved;) {
      moved = false;
      for (const s of cluster.ensemble) {
        const { disk } = cluster.server(s);
        if (disk.pendingEpoch !== undefined) {
          cluster.storeCurrentEpoch(s);
          moved = true;
        }
        for (const t of cluster.ensemble) moved = cluster.receive(s, t) !== undefined || moved;
      }
    }
    return this;
  }
}

const types = (effects: readonly Effect[]): string[] => effects.map(({ type }) => type);

function sent(effects: readonly Effect[], to?: ServerId): Message[] {
  return effects.flatMap((e) => (e.type === 'send' && (to === undefined || e.to === to) ? [e.message] : []));
}

describe('phase 1, discovery', () => {
  it('step 1.1, Connect: a follower sends its last accepted epoch to the leader', () => {
    const five = new Five().elect(0);
    const { cluster, leader } = five;
    cluster.elected(five.follower(0), leader);
    expect(sent(cluster.connect(five.follower(0), leader), leader)).toEqual([
      { type: 'FOLLOWERINFO', epoch: 0 },
    ]);
  });

  it('step 1.2, ReceiveFollowerInfo: with a quorum of these the leader proposes an epoch that is larger than all of them', () => {
    const five = new Five().elect(1);
    const { cluster, leader } = five;
    // The second follower has seen epoch 6.
    cluster.elected(five.follower(1), leader);
    cluster.connect(five.follower(1), leader);
    five.toLeader(0);
    const effects = cluster.step(leader, {
      type: 'message',
      from: five.follower(1),
      message: { type: 'FOLLOWERINFO', epoch: 6 },
    });
    expect(types(effects)).toEqual(['storeAcceptedEpoch', 'send', 'send']);
    expect(sent(effects)).toEqual([1, 2].map(() => ({ type: 'LEADERINFO', epoch: 7 })));
  });

  it('step 1.3, ReceiveLeaderInfo: a follower accepts a newer epoch, and answers with its current epoch and its history', () => {
    const five = new Five().elect(2);
    five.toLeader(0);
    five.toLeader(1);
    const effects = five.toFollower(0);
    expect(types(effects)).toEqual(['storeAcceptedEpoch', 'send']);
    expect(sent(effects)).toEqual([{ type: 'ACKEPOCH', epoch: 0, zxid: { epoch: 0, counter: 0 } }]);
  });

  it('step 1.3, ReceiveAckEpoch: until a quorum has answered, a follower that is ahead of the leader is refused', () => {
    const five = new Five().elect(2);
    five.toLeader(0);
    five.toLeader(1);
    const answer = (from: ServerId, epoch: number): readonly Effect[] =>
      five.cluster.step(five.leader, {
        type: 'message',
        from,
        message: { type: 'ACKEPOCH', epoch, zxid: { epoch: 0, counter: 0 } },
      });
    expect(types(answer(five.follower(0), 1))).toEqual(['disconnect']);
    expect(answer(five.follower(1), 0)).toEqual([]);
    expect(five.cluster.server(five.leader).disk.pendingEpoch).toBeUndefined();
  });
});

describe('phase 2, synchronization', () => {
  function proposed(): Five {
    const five = new Five().elect(2);
    for (const i of [0, 1]) five.toLeader(i);
    for (const i of [0, 1]) five.toFollower(i);
    return five;
  }

  it('step 2.1, StoreCurrentEpoch: with a quorum of answers the leader makes the epoch its own and sends the initial history', () => {
    const five = proposed();
    expect(five.toLeader(0)).toEqual([]);
    expect(five.toLeader(1)).toEqual([{ type: 'storeCurrentEpoch', epoch: 1 }]);
    const effects = five.cluster.storeCurrentEpoch(five.leader);
    expect(sent(effects, five.follower(0)).map(({ type }) => type)).toEqual(['DIFF', 'NEWLEADER']);
    expect(sent(effects, five.follower(1)).map(({ type }) => type)).toEqual(['DIFF', 'NEWLEADER']);
  });

  it('step 2.2, StoreCurrentEpoch: a follower takes the epoch as its own on disk, and acknowledges then', () => {
    const five = proposed();
    for (const i of [0, 1]) five.toLeader(i);
    five.cluster.storeCurrentEpoch(five.leader);
    expect(five.toFollower(0)).toEqual([]);
    expect(five.toFollower(0)).toEqual([{ type: 'storeCurrentEpoch', epoch: 1 }]);
    const acks = sent(five.cluster.storeCurrentEpoch(five.follower(0)));
    expect(acks).toEqual([{ type: 'ACK', zxid: { epoch: 1, counter: 0 } }]);
  });

  /** A follower of epoch 2 that has answered LEADERINFO, with a log from epoch 1 of which all is on disk. */
  function answered(log: readonly Transaction[]): Peer {
    const five = new Five();
    const [id, leader] = [five.follower(0), five.leader];
    const disk = { acceptedEpoch: 1, currentEpoch: 1, history: whole(log), durable: log.length };
    const peer = Peer.recover({ id, ensemble: five.cluster.ensemble }, disk);
    peer.step({ type: 'elected', leader });
    peer.step({ type: 'connected', peer: leader });
    peer.step({ type: 'message', from: leader, message: { type: 'LEADERINFO', epoch: 2 } });
    return peer;
  }

  const whole = (transactions: readonly Transaction[]): HistoryContent => ({ base: ZERO_ZXID, transactions });

  const transaction = (counter: number, content = 'a'): Transaction => ({
    zxid: { epoch: 1, counter },
    payload: Buffer.from(content),
  });

  const read = (peer: Peer, message: Message): readonly Effect[] =>
    peer.step({ type: 'message', from: new Five().leader, message });

  it('step 2.2, ReceiveDiff: a follower whose history the leader has too goes on from there', () => {
    const peer = answered([transaction(1)]);
    expect(read(peer, { type: 'DIFF' })).toEqual([]);
    expect(types(read(peer, { type: 'PROPOSAL', transactions: [transaction(2)] }))).toEqual(['append']);
  });

  it('step 2.2, ReceiveTrunc: a follower cuts off what the leader does not have', () => {
    const peer = answered([transaction(1), transaction(2)]);
    expect(read(peer, { type: 'TRUNC', zxid: { epoch: 1, counter: 1 } })).toEqual([
      { type: 'truncate', zxid: { epoch: 1, counter: 1 } },
    ]);
    expect(peer.project().history).toHaveLength(1);
  });

  it('step 2.2, ReceiveSnap: a follower takes the history of the leader in the place of its own', () => {
    const peer = answered([transaction(1, 'mine')]);
    const history = [transaction(1), transaction(2)];
    expect(types(read(peer, { type: 'SNAP', history: whole(history) }))).toEqual(['installSnapshot']);
    expect(peer.project().history).toHaveLength(2);
  });

  it('step 2.2, ReceiveNewLeader and Sync: the epoch is stored when the disk has the history, and not before', () => {
    const peer = answered([]);
    read(peer, { type: 'DIFF' });
    read(peer, { type: 'PROPOSAL', transactions: [transaction(1)] });
    expect(read(peer, { type: 'NEWLEADER', zxid: { epoch: 2, counter: 0 } })).toEqual([]);
    expect(peer.step({ type: 'logDurable', zxid: transaction(1).zxid })).toEqual([
      { type: 'storeCurrentEpoch', epoch: 2 },
    ]);
  });

  /** The leader and two followers, of which each has acknowledged NEWLEADER. */
  function acknowledged(): Five {
    const five = proposed();
    for (const i of [0, 1]) five.toLeader(i);
    five.cluster.storeCurrentEpoch(five.leader);
    for (const i of [0, 1]) {
      five.toFollower(i);
      five.toFollower(i);
      five.cluster.storeCurrentEpoch(five.follower(i));
    }
    return five;
  }

  it('step 2.3, ReceiveAck: with a quorum of acknowledgements the leader commits the epoch', () => {
    const five = acknowledged();
    expect(five.toLeader(0)).toEqual([]);
    expect(sent(five.toLeader(1)).map(({ type }) => type)).toEqual(['UPTODATE', 'UPTODATE']);
    expect(five.cluster.server(five.leader).peer.project().phase).toBe('BROADCAST');
  });

  it('step 2.4, ReceiveUpToDate: a follower enters the broadcast phase, and acknowledges (e, 0) again', () => {
    const five = acknowledged();
    for (const i of [0, 1]) five.toLeader(i);
    expect(sent(five.toFollower(0))).toEqual([{ type: 'ACK', zxid: { epoch: 1, counter: 0 } }]);
    expect(five.cluster.server(five.follower(0)).peer.project().phase).toBe('BROADCAST');
  });
});

describe('phase 3, broadcast', () => {
  const payload = Buffer.from('a');
  const zxid = { epoch: 1, counter: 1 };

  it('step 3.1, Propose: the leader proposes to its followers in the order of zxids', () => {
    const five = new Five().elect(2).establish();
    const [first, second] = [payload, Buffer.from('b')].map((value) =>
      five.cluster.propose(five.leader, value),
    );
    expect(sent(first ?? [])).toEqual(
      [1, 2].map(() => ({ type: 'PROPOSAL', transactions: [{ zxid, payload }] })),
    );
    expect(sent(second ?? [])[0]).toMatchObject({ transactions: [{ zxid: { epoch: 1, counter: 2 } }] });
  });

  it('step 3.2, ReceiveProposal and Sync: a follower acknowledges a proposal when its disk has it', () => {
    const five = new Five().elect(2).establish();
    five.cluster.propose(five.leader, payload);
    expect(types(five.toFollower(0))).toEqual(['append']);
    expect(sent(five.cluster.sync(five.follower(0), 1))).toEqual([{ type: 'ACK', zxid }]);
  });

  it('step 3.3, ReceiveAck: the leader commits what a quorum has on disk, itself included', () => {
    const five = new Five().elect(4).establish();
    five.cluster.propose(five.leader, payload);
    for (const i of [0, 1, 2]) {
      five.toFollower(i);
      five.cluster.sync(five.follower(i), 1);
    }
    expect(five.toLeader(0)).toEqual([]);
    expect(five.toLeader(1)).toEqual([]);
    // Three followers, without the leader's own disk, are a quorum as well.
    const effects = five.toLeader(2);
    expect(types(effects)).toEqual(['deliver', 'send', 'send', 'send', 'send']);
    expect(sent(effects)[0]).toEqual({ type: 'COMMIT', zxid });
  });

  it('step 3.3, Sync: the disk of the leader is one of the quorum', () => {
    const five = new Five().elect(2).establish();
    five.cluster.propose(five.leader, payload);
    for (const i of [0, 1]) {
      five.toFollower(i);
      five.cluster.sync(five.follower(i), 1);
      expect(five.toLeader(i)).toEqual([]);
    }
    expect(types(five.cluster.sync(five.leader, 1))).toEqual(['deliver', 'send', 'send']);
  });

  it('step 3.4, ReceiveCommit: a follower delivers what is committed', () => {
    const five = new Five().elect(2).establish();
    five.cluster.propose(five.leader, payload);
    five.cluster.sync(five.leader, 1);
    for (const i of [0, 1]) {
      five.toFollower(i);
      five.cluster.sync(five.follower(i), 1);
      five.toLeader(i);
    }
    expect(five.toFollower(0)).toEqual([{ type: 'deliver', transactions: [{ zxid, payload }] }]);
  });

  it('step l.3.3, ReceiveFollowerInfo and ReceiveAckEpoch: a leader of the broadcast phase gives a late server its epoch, its history, and what is committed of it', () => {
    const five = new Five().elect(2).establish();
    five.cluster.propose(five.leader, payload);
    five.cluster.elected(five.follower(2), five.leader);
    five.cluster.connect(five.follower(2), five.leader);
    expect(sent(five.toLeader(2))).toEqual([{ type: 'LEADERINFO', epoch: 1 }]);
    five.toFollower(2);
    expect(sent(five.toLeader(2)).map(({ type }) => type)).toEqual(['DIFF', 'PROPOSAL', 'NEWLEADER']);
  });

  it('step l.3.4, ReceiveAck: a late server that has acknowledged its history is told to go on, and it alone', () => {
    const five = new Five().elect(2).establish();
    five.cluster.elected(five.follower(2), five.leader);
    five.cluster.connect(five.follower(2), five.leader);
    five.toLeader(2);
    five.toFollower(2);
    five.toLeader(2);
    five.toFollower(2);
    five.toFollower(2);
    five.cluster.storeCurrentEpoch(five.follower(2));
    const effects = five.toLeader(2);
    expect(sent(effects)).toHaveLength(1);
    expect(sent(effects, five.follower(2))).toMatchObject([{ type: 'UPTODATE' }]);
  });
});

describe('election, the end of a phase, and recovery', () => {
  it('election, Elected: who is told its own name leads, who is told another one follows it, and both begin discovery', () => {
    const { cluster, leader, followers } = new Five().elect(1);
    expect(cluster.server(leader).peer.project()).toMatchObject({ role: 'LEADING', phase: 'DISCOVERY' });
    for (const f of followers.slice(0, 1)) {
      expect(cluster.server(f).peer.project()).toMatchObject({
        role: 'FOLLOWING',
        phase: 'DISCOVERY',
        leader,
      });
    }
  });

  it('end of a phase, LoseLearner: a leader that loses a learner still leads', () => {
    const { cluster, leader, followers } = new Five().elect(2).establish();
    for (const f of followers.slice(0, 1)) expect(cluster.loseLearner(leader, f)).toEqual([]);
    expect(cluster.server(leader).peer.project()).toMatchObject({ role: 'LEADING', phase: 'BROADCAST' });
  });

  it('end of a phase, Abandon: a server that gives up goes back to the election', () => {
    const { cluster, leader } = new Five().elect(2).establish();
    expect(types(cluster.abandon(leader))).toEqual(['abandon']);
    expect(cluster.server(leader).peer.project()).toMatchObject({ role: 'LOOKING', phase: 'ELECTION' });
  });

  it('recovery, Crash: epochs and log are what the disk has, and nothing is delivered yet', () => {
    const { cluster, leader } = new Five().elect(2).establish();
    for (const content of ['a', 'b']) cluster.propose(leader, Buffer.from(content));
    cluster.sync(leader, 1);
    cluster.crash(leader, 1);
    expect(cluster.server(leader).peer.project()).toMatchObject({
      role: 'LOOKING',
      acceptedEpoch: 1,
      currentEpoch: 1,
      durable: 1,
      committed: 0,
    });
    expect(cluster.server(leader).peer.project().history).toHaveLength(1);
  });

  it('recovery, CrashUncut: a cut that had not reached the disk is undone, and what comes back is not durable', () => {
    const five = new Five();
    const { cluster, leader } = five;
    const follower = five.follower(0);
    const zxid = { epoch: 1, counter: 1 };
    const { disk } = cluster.server(follower);
    Object.assign(disk, { acceptedEpoch: 1, currentEpoch: 1, durable: 1 });
    disk.history = [{ zxid, payload: Buffer.from('a') }];
    cluster.crash(follower, 1);
    cluster.elected(leader, leader);
    cluster.elected(follower, leader);
    cluster.connect(follower, leader);
    for (const message of [
      { type: 'LEADERINFO', epoch: 2 },
      { type: 'TRUNC', zxid: { epoch: 0, counter: 0 } },
    ] as const) {
      cluster.step(follower, { type: 'message', from: leader, message });
    }
    expect(disk.history).toHaveLength(0);
    cluster.crashUncut(follower, 1);
    expect(cluster.server(follower).peer.project()).toMatchObject({ role: 'LOOKING', durable: 0 });
    expect(cluster.server(follower).peer.project().history).toHaveLength(1);
  });
});
