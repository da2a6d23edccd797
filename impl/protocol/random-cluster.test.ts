import { describe, expect, it } from 'vitest';
import { transactionsEqual, type Transaction } from '../broadcast/transaction.ts';
import { ZERO_ZXID, zxidLess, zxidsEqual, type Zxid } from '../broadcast/zxid.ts';
import type { Effect } from './effects.ts';
import { serverId, type ServerId } from './ensemble.ts';
import type { Message } from './messages.ts';
import type { PeerProjection } from './projection.ts';
import type { PeerSnapshot } from './snapshot.ts';
import { TestCluster, type TestServer } from './testing/cluster.ts';
import { lengthUpTo } from './testing/test-disk.ts';

/** mulberry32: 32 bits of state, enough to make runs that differ. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Runs the cluster at random from a seed, and checks after each step what must hold in every state. Servers take
 * snapshots and forget what lies before them; what is checked is the whole history, which the cluster keeps.
 */
class RandomRun {
  readonly taken = new Map<string, number>();
  readonly steps: string[] = [];
  readonly delivered: Transaction[] = [];
  readonly #leaders = new Map<number, ServerId>();
  readonly #cluster: TestCluster;
  /** Who votes, and then who observes. */
  readonly #all: readonly ServerId[];
  readonly #random: () => number;
  readonly #faults: number;
  #injected = false;
  #payload = 0;

  constructor(size: number, seed: number, faults: number, observers: number) {
    this.#random = randomFrom(seed);
    this.#faults = faults;
    this.#cluster = new TestCluster(
      size,
      (server, effect) => {
        this.#observe(server, effect);
      },
      (least, most) => least + Math.floor(this.#random() * (most - least + 1)),
      observers,
    );
    this.#all = [...this.#cluster.ensemble, ...this.#cluster.observers];
  }

  run(steps: number): void {
    for (let i = 0; i < steps; i++) {
      const faulty = this.#random() < this.#faults;
      let choices = this.#choices(faulty);
      // Where all wait for each other, a fault is what happens next.
      if (choices.length === 0) choices = this.#choices(true);
      const [name, act] = this.#pick(choices);
      this.steps.push(name);
      this.#count(name.slice(0, name.indexOf(' ')));
      act();
      this.#check();
    }
  }

  #count(what: string): void {
    this.taken.set(what, (this.taken.get(what) ?? 0) + 1);
  }

  /** What can happen now. Elections mostly name a server that leads; faults are rare. */
  #choices(faulty: boolean): [string, () => void][] {
    const cluster = this.#cluster;
    const choices: [string, () => void][] = [];
    const states = this.#all.map((s) => cluster.server(s).peer.project());
    const stateOf = (s: ServerId): PeerProjection => {
      const state = states[s - 1];
      if (state === undefined) throw new Error('servers are numbered from 1');
      return state;
    };
    const leaderless = !states.some(({ role }) => role === 'LEADING');
    const add = (name: string, act: () => void): void => {
      choices.push([name, act]);
    };
    for (const s of this.#all) {
      const server = cluster.server(s);
      const { role, leader, stage, phase } = stateOf(s);
      const { disk } = server;
      for (const t of this.#all) {
        if (role === 'LOOKING' && disk.durable === disk.history.length && disk.cutTail.length === 0) {
          const sober = (s === t && leaderless) || stateOf(t).role === 'LEADING';
          const eligible = cluster.ensemble.includes(t);
          if (eligible && (sober || faulty)) add(`Elected ${s} ${t}`, () => cluster.elected(s, t));
        }
        if (role === 'FOLLOWING' && leader === t && stage === 'NONE') {
          const other = stateOf(t);
          if (other.role === 'LEADING' && !cluster.end(t, s).open) {
            add(`Connect ${s} ${t}`, () => cluster.connect(s, t));
          }
        }
        const [next] = cluster.end(s, t).incoming;
        if (next !== undefined) add(`${next.type} ${s} ${t}`, () => cluster.receive(s, t));
        if (role === 'LEADING' && cluster.end(s, t).open && (faulty || !cluster.end(t, s).open)) {
          add(`LoseLearner ${s} ${t}`, () => cluster.loseLearner(s, t));
        }
        if (role === 'FOLLOWING' && leader === t && stage !== 'NONE' && !cluster.end(t, s).open) {
          add(`Abandon ${s} `, () => cluster.abandon(s));
        }
        if (faulty && cluster.end(s, t).open) this.#addInjection(s, t, add);
      }
      if (role === 'LEADING' && phase === 'BROADCAST' && disk.history.length < this.delivered.length + 4) {
        add(`Propose ${s} `, () =>
          cluster.propose(s, Uint8Array.of(this.#payload++ & 0xff, this.#payload >> 8)),
        );
      }
      const least = Math.max(disk.durable, disk.replaced?.installed ?? 0);
      const k = least + Math.floor(this.#random() * (disk.history.length - least + 1));
      if (k > disk.durable || disk.cutTail.length > 0 || disk.replaced !== undefined) {
        add(`Sync ${s} ${k}`, () => cluster.sync(s, k));
      }
      this.#addSnapshot(server, faulty, add);
      if (disk.pendingEpoch !== undefined) add(`StoreCurrentEpoch ${s} `, () => cluster.storeCurrentEpoch(s));
      if (faulty) {
        if (role !== 'LOOKING') add(`Abandon ${s} `, () => cluster.abandon(s));
        add(`Crash ${s} ${k}`, () => {
          cluster.crash(s, k);
        });
        if (disk.replaced !== undefined) {
          add(`CrashReplaced ${s} `, () => {
            cluster.crashReplaced(s);
          });
        } else if (disk.cutTail.length > 0) {
          const back = 1 + Math.floor(this.#random() * disk.cutTail.length);
          add(`CrashUncut ${s} ${back}`, () => {
            cluster.crashUncut(s, back);
          });
        }
      }
    }
    return choices;
  }

  /** Now and then a server takes a snapshot, and its peer forgets some or all of what lies before it. */
  #addSnapshot(
    { id, disk, applied }: TestServer,
    faulty: boolean,
    add: (name: string, act: () => void) => void,
  ): void {
    if (disk.replaced !== undefined || applied.length <= disk.snapshot || this.#random() > 0.2) return;
    const n = disk.snapshot + 1 + Math.floor(this.#random() * (applied.length - disk.snapshot));
    // A host may keep more than it must, so that learners can be sent DIFF.
    const m = faulty ? Math.floor(this.#random() * n) : n;
    add(`Compact ${id} ${n} ${m}`, () => {
      expect(this.#cluster.saveSnapshot(id, n, m)).toEqual([]);
    });
  }

  /** Any message at all, at any time: it may end the connection, never break anything. */
  #addInjection(s: ServerId, t: ServerId, add: (name: string, act: () => void) => void): void {
    const number = (): number => [0, 1, 2, 3, 0xffffffff][Math.floor(this.#random() * 5)] ?? 0;
    const zxid = { epoch: number(), counter: number() };
    const transaction = { zxid, payload: new Uint8Array() };
    // Only what is out of place whoever says it: a leader that lies plausibly is beyond what Zab promises.
    const { role, stage, learner } = this.#cluster.server(s).peer.project();
    const odd: Message[] = [
      { type: 'TRUNC', zxid },
      { type: 'SNAP', history: { base: ZERO_ZXID, transactions: [transaction, transaction] } },
      { type: 'SNAP', history: { base: { epoch: 0xffffffff, counter: 1 }, transactions: [] } },
      {
        type: 'PROPOSAL',
        transactions: [{ zxid: { epoch: 0xffffffff, counter: 1 }, payload: new Uint8Array() }],
      },
      { type: 'COMMIT', zxid: { epoch: 0xffffffff, counter: 1 } },
      { type: 'NEWLEADER', zxid: { epoch: 0xffffffff, counter: 0 } },
      { type: 'ACK', zxid: { epoch: 0xffffffff, counter: 1 } },
      { type: 'ACKEPOCH', epoch: 0xffffffff, zxid },
      { type: 'FOLLOWERINFO', epoch: 0xffffffff },
      { type: 'LEADERINFO', epoch: 0 },
    ];
    const message = odd[Math.floor(this.#random() * odd.length)];
    if (message === undefined || (message.type === 'TRUNC' && stage === 'EPOCH')) return;
    if (role === 'LEADING' && this.#cluster.observers.includes(t)) {
      add(`Injected ${message.type} ${s} ${t} `, () => {
        const before = this.#cluster.server(s).peer.snapshot();
        this.#cluster.end(s, t).incoming.unshift(message);
        this.#cluster.receive(s, t);
        expect(this.#cluster.server(s).peer.snapshot()).toEqual(before);
      });
      return;
    }
    // Once its epoch is decided, a leader answers a FOLLOWERINFO whatever it says; the follower knows better.
    if (message.type === 'FOLLOWERINFO' && learner[t - 1]?.stage === 'CONNECTED') return;
    add(`Injected ${message.type} ${s} ${t} `, () => {
      this.#injected = true;
      const before = this.#cluster.server(s).peer.snapshot();
      const effects = this.#cluster.step(s, { type: 'message', from: t, message });
      this.#injected = false;
      expect(effects.map((effect) => effect.type)).toEqual([role === 'LEADING' ? 'disconnect' : 'abandon']);
      const after = this.#cluster.server(s).peer.snapshot();
      expect({ ...after, role: undefined }).toEqual({ ...before, role: undefined });
    });
  }

  #observe(server: ServerId, effect: Effect): void {
    switch (effect.type) {
      case 'deliver': {
        let at = this.#cluster.server(server).applied.length;
        for (const transaction of effect.transactions) {
          const known = this.delivered[at++];
          if (known === undefined) this.delivered.push(transaction);
          else hold(transactionsEqual(known, transaction), 'all deliver the same sequence');
        }
        break;
      }
      case 'deliverSnapshot': {
        const { history } = this.#cluster.server(server).disk;
        const n = lengthUpTo(history, effect.zxid);
        hold(startsWith(history, this.delivered, n), 'a snapshot is of what was delivered');
        this.#count('deliverSnapshot');
        break;
      }
      case 'installSnapshot':
        if (!zxidsEqual(effect.history.base, ZERO_ZXID)) this.#count('SNAP with a base');
        break;
      case 'send':
        this.#checkPromise(server, effect.message);
        if (effect.message.type === 'SNAP') this.#countForgotten(server, effect.to);
        break;
      case 'disconnect':
      case 'abandon':
        hold(
          this.#injected || !['unexpected message', 'invalid content'].includes(effect.reason),
          'every message that a peer sends is one that the receiver expects',
        );
        break;
      case 'append':
      case 'truncate':
      case 'storeAcceptedEpoch':
      case 'storeCurrentEpoch':
        break;
    }
  }

  /** SNAP is sent where a leader that had forgotten nothing would have sent DIFF or TRUNC. */
  #countForgotten(leader: ServerId, learner: ServerId): void {
    const { history } = this.#cluster.server(leader).disk;
    const last = lastOf(this.#cluster.server(learner).disk.history);
    const shared = lastOf(history.filter(({ zxid }) => !zxidLess(last, zxid)));
    if (shared.epoch === last.epoch) this.#count('SNAP for want of a log');
  }

  #checkPromise(server: ServerId, message: Message): void {
    const { disk } = this.#cluster.server(server);
    if (message.type === 'LEADERINFO') {
      hold(disk.acceptedEpoch === message.epoch, 'LEADERINFO leaves with its epoch on disk');
    } else if (message.type === 'ACK' && message.zxid.counter === 0) {
      hold(disk.currentEpoch === message.zxid.epoch, 'NEWLEADER is acknowledged with its epoch on disk');
    } else if (message.type === 'ACK') {
      const last = disk.history[disk.durable - 1];
      hold(last !== undefined && !zxidLess(last.zxid, message.zxid), 'what is acknowledged is on disk');
    }
  }

  /** What must hold in every state. */
  #check(): void {
    const servers = this.#all.map((s) => {
      const server = this.#cluster.server(s);
      const snapshot = server.peer.snapshot();
      checkDisk(snapshot, server);
      server.peer.restore(snapshot);
      const { role, acceptedEpoch } = snapshot;
      if (role.role === 'LEADING' && role.phase !== 'DISCOVERY') {
        this.#checkEstablished(s, acceptedEpoch, server.disk.history);
      }
      return server;
    });
    const most = Math.max(...servers.map(({ applied }) => applied.length));
    const voters = servers.filter(({ id }) => this.#cluster.ensemble.includes(id));
    const having = voters.filter(
      ({ disk: { durable, snapshot, replaced, history } }) =>
        startsWith(history, this.delivered, most) &&
        (replaced === undefined
          ? Math.max(durable, snapshot) >= most
          : startsWith(replaced.history, this.delivered, most)),
    );
    hold(2 * having.length > voters.length, 'what is committed, also at an observer, is durable at a quorum');
  }

  #checkEstablished(s: ServerId, acceptedEpoch: number, history: readonly Transaction[]): void {
    const before = this.#leaders.get(acceptedEpoch);
    hold((before ?? s) === s, 'an epoch has one leader, ever');
    this.#leaders.set(acceptedEpoch, s);
    const later = this.delivered.findIndex(({ zxid }) => zxid.epoch >= acceptedEpoch);
    const initial = later === -1 ? this.delivered.length : later;
    hold(startsWith(history, this.delivered, initial), 'an established leader has what was committed before');
  }

  #pick(choices: [string, () => void][]): [string, () => void] {
    const choice = choices[Math.floor(this.#random() * choices.length)];
    if (choice === undefined) throw new Error('something can always happen');
    return choice;
  }
}

function checkDisk(peer: PeerSnapshot, { disk, applied }: TestServer): void {
  const { base, transactions } = peer.history;
  const forgotten = lengthUpTo(disk.history, base);
  const positionOf = (length: number): number => length - forgotten + peer.basePosition;
  hold(
    peer.acceptedEpoch === disk.acceptedEpoch &&
      peer.currentEpoch === disk.currentEpoch &&
      transactions.length === disk.history.length - forgotten &&
      startsWith(transactions, disk.history.slice(forgotten), transactions.length),
    'the peer knows what is on its disk',
  );
  // Where the log shares nothing with a snapshot that came, as far as can be told, the whole of it has to be synced.
  const uncertain = peer.durable < peer.basePosition && disk.replaced !== undefined;
  hold(
    uncertain || (peer.durable === positionOf(disk.durable) && peer.cutPending === disk.cutTail.length > 0),
    'the peer knows how much of its log is on disk',
  );
  const taken = peer.committed === peer.basePosition - 1 && applied.length < forgotten;
  hold(
    zxidsEqual(peer.delivered, lastOf(applied)) && (taken || peer.committed === positionOf(applied.length)),
    'the peer knows what was delivered',
  );
}

function lastOf(history: readonly Transaction[]): Zxid {
  return history.at(-1)?.zxid ?? ZERO_ZXID;
}

/** Do the first n transactions of both agree? */
function startsWith(a: readonly Transaction[], b: readonly Transaction[], n: number): boolean {
  for (let i = 0; i < n; i++) {
    const [x, y] = [a[i], b[i]];
    if (x === undefined || y === undefined || !transactionsEqual(x, y)) return false;
  }
  return true;
}

function hold(condition: boolean, what: string): void {
  if (!condition) throw new Error(`does not hold: ${what}`);
}

const ALWAYS = ['Propose', 'COMMIT', 'UPTODATE', 'StoreCurrentEpoch', 'Crash', 'Injected', 'Compact'];
/** A server that is not needed for a quorum falls behind. */
const WITH_A_MINORITY = ['SNAP with a base', 'SNAP for want of a log', 'deliverSnapshot'];

describe('random clusters keep the invariants of the spec', () => {
  for (const [size, faults, observers] of [
    [2, 0.03, 0],
    [3, 0.03, 0],
    [3, 0.2, 0],
    [4, 0.03, 0],
    [5, 0.01, 0],
    [5, 0.05, 0],
    [2, 0.03, 1],
    [3, 0.05, 2],
  ] as const) {
    const also = observers === 0 ? '' : ` and ${observers} that observe`;
    it(`${size} servers${also}, a fault in every ${Math.round(1 / faults)} choices`, () => {
      const taken = new Map<string, number>();
      let delivered = 0;
      for (let seed = 1; seed <= 30; seed++) {
        const run = new RandomRun(size, seed, faults, observers);
        try {
          run.run(400);
        } catch (error) {
          const steps = run.steps.join('; ');
          throw new Error(
            `size ${size}, observers ${observers}, faults ${faults}, seed ${seed}: ${String(error)}\n${steps}`,
            {
              cause: error,
            },
          );
        }
        for (const [name, count] of run.taken) taken.set(name, (taken.get(name) ?? 0) + count);
        delivered += run.delivered.length;
      }
      for (const action of [...ALWAYS, ...(size > 2 ? WITH_A_MINORITY : [])]) {
        expect(taken.get(action), action).toBeGreaterThan(0);
      }
      expect(delivered).toBeGreaterThan(20);
    });
  }
});

it('names servers by positive integers', () => {
  expect(() => serverId(0)).toThrow(RangeError);
  expect(() => serverId(1.5)).toThrow(RangeError);
  expect(serverId(1)).toBe(1);
});
