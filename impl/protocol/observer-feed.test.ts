/** Observers: what their leader tells them, and that nobody else sees any difference. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Transaction } from '../broadcast/transaction.ts';
import { ZERO_ZXID } from '../broadcast/zxid.ts';
import type { Effect } from './effects.ts';
import { serverId } from './ensemble.ts';
import type { LeaderMessage, Message } from './messages.ts';
import { ObserverFeed } from './observer-feed.ts';
import { Peer } from './peer.ts';
import { NO_LEARNER, type LeaderPhase, type PeerSnapshot } from './snapshot.ts';
import { TestCluster } from './testing/cluster.ts';

const [one, two, three] = [serverId(1), serverId(2), serverId(3)];

function t(counter: number): Transaction {
  return { zxid: { epoch: 2, counter }, payload: Uint8Array.of(counter) };
}

/** A leader of epoch 2 whose history has three transactions, two of them delivered. */
function leader(phase: LeaderPhase = 'BROADCAST'): Peer {
  const snapshot: PeerSnapshot = {
    acceptedEpoch: 2,
    currentEpoch: 2,
    history: { base: ZERO_ZXID, transactions: [1, 2, 3].map(t) },
    basePosition: 0,
    durable: 3,
    cutPending: false,
    committed: 2,
    delivered: t(2).zxid,
    role: {
      role: 'LEADING',
      phase,
      proposedEpoch: 2,
      gathered: [],
      learners: [NO_LEARNER, { ...NO_LEARNER, stage: 'ACKED' }, NO_LEARNER],
      acked: [0, 2, 2],
    },
  };
  return Peer.restore({ id: one, ensemble: [one, two, three] }, snapshot);
}

function say(feed: ObserverFeed, message: Message): LeaderMessage[] {
  const out: LeaderMessage[] = [];
  expect(feed.receive(message, out)).toBeUndefined();
  return out;
}

/** An observer that was told the epoch. */
function told(): ObserverFeed {
  const feed = new ObserverFeed(leader());
  expect(say(feed, { type: 'FOLLOWERINFO', epoch: 0 })).toEqual([{ type: 'LEADERINFO', epoch: 2 }]);
  return feed;
}

const NEWLEADER = { type: 'NEWLEADER', zxid: { epoch: 2, counter: 0 } } as const;
const COMMIT = { type: 'COMMIT', zxid: t(2).zxid } as const;

describe('an observer', () => {
  it('waits until the epoch is established', () => {
    const peer = leader('SYNCHRONIZATION');
    const feed = new ObserverFeed(peer);
    expect(say(feed, { type: 'FOLLOWERINFO', epoch: 0 })).toEqual([]);
    peer.restore(leader().snapshot());
    const out: LeaderMessage[] = [];
    feed.established(out);
    feed.established(out);
    expect(out).toEqual([{ type: 'LEADERINFO', epoch: 2 }]);
  });

  it.each([
    ['lacks some', t(1).zxid, [{ type: 'DIFF' }, { type: 'PROPOSAL', transactions: [t(2)] }]],
    ['has all', t(2).zxid, [{ type: 'DIFF' }]],
    ['has what its leader only proposed', t(3).zxid, [{ type: 'TRUNC', zxid: t(2).zxid }]],
    [
      'has what an older epoch never committed',
      { epoch: 1, counter: 7 },
      [{ type: 'SNAP', history: { base: ZERO_ZXID, transactions: [t(1), t(2)] } }],
    ],
  ])('that %s gets what was delivered, and no more', (_what, zxid, expected) => {
    const feed = told();
    expect(say(feed, { type: 'ACKEPOCH', epoch: 1, zxid })).toEqual([...expected, COMMIT, NEWLEADER]);
  });

  it('is informed of what is delivered from then on, before it is up to date and after that', () => {
    const feed = told();
    expect(feed.informs).toBe(false);
    say(feed, { type: 'ACKEPOCH', epoch: 1, zxid: t(2).zxid });
    expect(feed.informs).toBe(true);
    expect(say(feed, { type: 'ACK', zxid: NEWLEADER.zxid })).toEqual([{ type: 'UPTODATE' }]);
    expect(feed.informs).toBe(true);
  });

  it('may acknowledge again, which says nothing', () => {
    const feed = told();
    say(feed, { type: 'ACKEPOCH', epoch: 1, zxid: t(2).zxid });
    say(feed, { type: 'ACK', zxid: NEWLEADER.zxid });
    for (const counter of [0, 3]) {
      expect(say(feed, { type: 'ACK', zxid: { epoch: 2, counter } })).toEqual([]);
    }
  });

  it.each([
    ['what comes later', [{ type: 'ACK', zxid: NEWLEADER.zxid }], 'unexpected message'],
    ['what a leader says', [{ type: 'UPTODATE' }], 'unexpected message'],
    ['an epoch that is none', [{ type: 'FOLLOWERINFO', epoch: -1 }], 'invalid content'],
    [
      'an acknowledgement of another epoch',
      [
        { type: 'FOLLOWERINFO', epoch: 0 },
        { type: 'ACKEPOCH', epoch: 1, zxid: t(1).zxid },
        { type: 'ACK', zxid: { epoch: 1, counter: 0 } },
      ],
      'invalid content',
    ],
    [
      'a log of a later epoch',
      [
        { type: 'FOLLOWERINFO', epoch: 0 },
        { type: 'ACKEPOCH', epoch: 1, zxid: { epoch: 3, counter: 1 } },
      ],
      'invalid content',
    ],
  ] satisfies [string, Message[], string][])('is refused for %s', (_what, messages, refusal) => {
    const feed = new ObserverFeed(leader());
    expect(messages.map((message) => feed.receive(message, [])).at(-1)).toBe(refusal);
  });
});

/** Numbers from here on choose a fault. */
const FAULTS_FROM = 0xf800;

/** Something that happened to those that vote, so that it can happen again without observers. */
interface Step {
  readonly act: (cluster: TestCluster) => readonly Effect[];
  readonly effects: readonly Effect[];
}

/** Three that vote and two that observe; what happens next is chosen by a number. */
class ChosenRun {
  readonly cluster = new TestCluster(3, undefined, undefined, 2);
  readonly steps: Step[] = [];
  informed = 0;

  take(number: number): void {
    const choices = this.#choices(number >= FAULTS_FROM);
    const [isOfVoters, act] = choices[number % choices.length] ?? [false, () => []];
    const effects = act(this.cluster);
    if (isOfVoters) this.steps.push({ act, effects });
    else this.informed += effects.filter(({ type }) => type === 'deliver').length;
  }

  /** Elections mostly name a server that leads; faults are rare. */
  #choices(faulty: boolean): readonly (readonly [isOfVoters: boolean, act: Step['act']])[] {
    const { cluster } = this;
    const choices: (readonly [boolean, Step['act']])[] = [];
    const voters = cluster.ensemble;
    const leading = voters.filter((s) => cluster.server(s).peer.role === 'LEADING');
    for (const s of [...voters, ...cluster.observers]) {
      const { peer, disk } = cluster.server(s);
      const { role, leader: l, stage, phase } = peer.project();
      const votes = voters.includes(s);
      const add = (act: Step['act'], isOfVoters = votes): void => {
        choices.push([isOfVoters, act]);
      };
      const { length } = disk.history;
      if (role === 'LOOKING') {
        const candidates = faulty ? voters : leading.length > 0 ? leading : votes ? [s] : [];
        for (const leads of candidates) add((c) => c.elected(s, leads));
      }
      if (l !== null && leading.includes(l) && stage === 'NONE' && s !== l && !cluster.end(l, s).open) {
        add((c) => c.connect(s, l));
      }
      if (phase === 'BROADCAST' && role === 'LEADING') {
        const payload = Uint8Array.of(length);
        add((c) => c.propose(s, payload));
      }
      if (length > disk.durable || disk.cutTail.length > 0) add((c) => c.sync(s, length));
      if (disk.pendingEpoch !== undefined) add((c) => c.storeCurrentEpoch(s));
      for (const [other, { open, incoming }] of cluster.server(s).ends) {
        const isOfVoters = votes && voters.includes(other);
        if (incoming.length > 0) add((c) => c.receive(s, other)?.effects ?? [], isOfVoters);
        if (role === 'LEADING' && open && !cluster.end(other, s).open) {
          add((c) => c.loseLearner(s, other), isOfVoters);
        }
      }
      if (role === 'FOLLOWING' && stage !== 'NONE' && l !== null && !cluster.end(l, s).open) {
        add((c) => c.abandon(s));
      }
      if (faulty && role !== 'LOOKING') add((c) => c.abandon(s));
      if (faulty) {
        const kept = Math.max(disk.durable, disk.replaced?.installed ?? 0);
        add((c) => {
          c.crash(s, kept);
          return [];
        });
      }
    }
    return choices;
  }
}

it('whatever observers do, those that vote say, store and commit what they do without them', () => {
  let informed = 0;
  fc.assert(
    fc.property(fc.array(fc.nat(0xffff), { minLength: 100, maxLength: 400 }), (numbers) => {
      const run = new ChosenRun();
      for (const number of numbers) run.take(number);
      informed += run.informed;
      const alone = new TestCluster(3);
      for (const { act, effects } of run.steps) expect(act(alone)).toEqual(effects);
      for (const s of alone.ensemble) {
        expect(run.cluster.server(s).peer.snapshot()).toEqual(alone.server(s).peer.snapshot());
      }
    }),
    { numRuns: 100 },
  );
  expect(informed).toBeGreaterThan(0);
});
