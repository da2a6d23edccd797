/** One test for each step of the protocol in Junqueira, Reed, Serafini (DSN 2011), in the names of the spec. */
import { describe, expect, it } from 'vitest';
import type { Effect } from './effects.ts';
import type { ServerId } from './ensemble.ts';
import type { Message } from './messages.ts';
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
  it('step 1.1: a follower sends its last accepted epoch to the leader', () => {
    const five = new Five().elect(0);
    const { cluster, leader } = five;
    cluster.elected(five.follower(0), leader);
    expect(sent(cluster.connect(five.follower(0), leader), leader)).toEqual([
      { type: 'FOLLOWERINFO', epoch: 0 },
    ]);
  });

  it('step 1.2: with a quorum of these the leader proposes an epoch that is larger than all of them', () => {
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

  it('step 1.3: a follower accepts a newer epoch, and answers with its current epoch and its history', () => {
    const five = new Five().elect(2);
    five.toLeader(0);
    five.toLeader(1);
    const effects = five.toFollower(0);
    expect(types(effects)).toEqual(['storeAcceptedEpoch', 'send']);
    expect(sent(effects)).toEqual([{ type: 'ACKEPOCH', epoch: 0, zxid: { epoch: 0, counter: 0 } }]);
  });
});

describe('phase 2, synchronization', () => {
  function proposed(): Five {
    const five = new Five().elect(2);
    for (const i of [0, 1]) five.toLeader(i);
    for (const i of [0, 1]) five.toFollower(i);
    return five;
  }

  it('step 2.1: with a quorum of answers the leader makes the epoch its own and sends the initial history', () => {
    const five = proposed();
    expect(five.toLeader(0)).toEqual([]);
    expect(five.toLeader(1)).toEqual([{ type: 'storeCurrentEpoch', epoch: 1 }]);
    const effects = five.cluster.storeCurrentEpoch(five.leader);
    expect(sent(effects, five.follower(0)).map(({ type }) => type)).toEqual(['DIFF', 'NEWLEADER']);
    expect(sent(effects, five.follower(1)).map(({ type }) => type)).toEqual(['DIFF', 'NEWLEADER']);
  });

  it('step 2.2: a follower takes the epoch as its own on disk, and acknowledges then', () => {
    const five = proposed();
    for (const i of [0, 1]) five.toLeader(i);
    five.cluster.storeCurrentEpoch(five.leader);
    expect(five.toFollower(0)).toEqual([]);
    expect(five.toFollower(0)).toEqual([{ type: 'storeCurrentEpoch', epoch: 1 }]);
    const acks = sent(five.cluster.storeCurrentEpoch(five.follower(0)));
    expect(acks).toEqual([{ type: 'ACK', zxid: { epoch: 1, counter: 0 } }]);
  });

  it('steps 2.3 and 2.4: with a quorum of acknowledgements the leader commits the epoch, and the followers follow', () => {
    const five = proposed();
    for (const i of [0, 1]) five.toLeader(i);
    five.cluster.storeCurrentEpoch(five.leader);
    for (const i of [0, 1]) {
      five.toFollower(i);
      five.toFollower(i);
      five.cluster.storeCurrentEpoch(five.follower(i));
    }
    expect(five.toLeader(0)).toEqual([]);
    expect(sent(five.toLeader(1)).map(({ type }) => type)).toEqual(['UPTODATE', 'UPTODATE']);
    five.toFollower(0);
    expect(five.cluster.server(five.follower(0)).peer.project().phase).toBe('BROADCAST');
  });
});

describe('phase 3, broadcast', () => {
  const payload = Buffer.from('a');
  const zxid = { epoch: 1, counter: 1 };

  it('step 3.1: the leader proposes to its followers in the order of zxids', () => {
    const five = new Five().elect(2).establish();
    const [first, second] = [payload, Buffer.from('b')].map((value) =>
      five.cluster.propose(five.leader, value),
    );
    expect(sent(first ?? [])).toEqual(
      [1, 2].map(() => ({ type: 'PROPOSAL', transaction: { zxid, payload } })),
    );
    expect(sent(second ?? [])[0]).toMatchObject({ transaction: { zxid: { epoch: 1, counter: 2 } } });
  });

  it('step 3.2: a follower acknowledges a proposal when its disk has it', () => {
    const five = new Five().elect(2).establish();
    five.cluster.propose(five.leader, payload);
    expect(types(five.toFollower(0))).toEqual(['append']);
    expect(sent(five.cluster.sync(five.follower(0), 1))).toEqual([{ type: 'ACK', zxid }]);
  });

  it('step 3.3: the leader commits what a quorum has on disk, itself included', () => {
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

  it('step 3.4: a follower delivers what is committed', () => {
    const five = new Five().elect(2).establish();
    five.cluster.propose(five.leader, payload);
    five.cluster.sync(five.leader, 1);
    for (const i of [0, 1]) {
      five.toFollower(i);
      five.cluster.sync(five.follower(i), 1);
      five.toLeader(i);
    }
    expect(five.toFollower(0)).toEqual([{ type: 'deliver', transaction: { zxid, payload } }]);
  });

  it('a leader of the broadcast phase gives a late server its epoch, its history, and what is committed of it', () => {
    const five = new Five().elect(2).establish();
    five.cluster.propose(five.leader, payload);
    five.cluster.elected(five.follower(2), five.leader);
    five.cluster.connect(five.follower(2), five.leader);
    expect(sent(five.toLeader(2))).toEqual([{ type: 'LEADERINFO', epoch: 1 }]);
    five.toFollower(2);
    expect(sent(five.toLeader(2)).map(({ type }) => type)).toEqual(['DIFF', 'PROPOSAL', 'NEWLEADER']);
  });
});
