import { describe, expect, it } from 'vitest';
import { transactionsEqual, type Transaction } from '../broadcast/transaction.ts';
import { zxidLess } from '../broadcast/zxid.ts';
import type { Effect } from './effects.ts';
import { serverId, type ServerId } from './ensemble.ts';
import type { Message } from './messages.ts';
import type { PeerProjection } from './projection.ts';
import type { PeerSnapshot } from './snapshot.ts';
import { TestCluster, type TestDisk } from './testing/cluster.ts';

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

/** Runs the cluster at random from a seed, and checks after each step what must hold in every state. */
class RandomRun {
  readonly taken = new Map<string, number>();
  readonly steps: string[] = [];
  readonly delivered: Transaction[] = [];
  /** How far each server has delivered since it started. */
  readonly #deliveredBy = new Map<ServerId, number>();
  readonly #leaders = new Map<number, ServerId>();
  readonly #cluster: TestCluster;
  readonly #random: () => number;
  readonly #faults: number;
  #injected = false;
  #payload = 0;

  constructor(size: number, seed: number, faults: number) {
    this.#random = randomFrom(seed);
    this.#faults = faults;
    this.#cluster = new TestCluster(size, (server, effect) => {
      this.#observe(server, effect);
    });
  }

  run(steps: number): void {
    for (let i = 0; i < steps; i++) {
      const faulty = this.#random() < this.#faults;
      let choices = this.#choices(faulty);
      // Where all wait for each other, a fault is what happens next.
      if (choices.length === 0) choices = this.#choices(true);
      const [name, act] = this.#pick(choices);
      this.steps.push(name);
      const action = name.slice(0, name.indexOf(' '));
      this.taken.set(action, (this.taken.get(action) ?? 0) + 1);
      act();
      this.#check();
    }
  }

  /** What can happen now. Elections mostly name a server that leads; faults are rare. */
  #choices(faulty: boolean): [string, () => void][] {
    const cluster = this.#cluster;
    const choices: [string, () => void][] = [];
    const states = cluster.ensemble.map((s) => cluster.server(s).peer.project());
    const stateOf = (s: ServerId): PeerProjection => {
      const state = states[s - 1];
      if (state === undefined) throw new Error('servers are numbered from 1');
      return state;
    };
    const leaderless = !states.some(({ role }) => role === 'LEADING');
    const add = (name: string, act: () => void): void => {
      choices.push([name, act]);
    };
    for (const s of cluster.ensemble) {
      const server = cluster.server(s);
      const { role, leader, stage, phase } = stateOf(s);
      const { disk } = server;
      for (const t of cluster.ensemble) {
        if (role === 'LOOKING' && disk.durable === disk.history.length && disk.cutTail.length === 0) {
          const sober = (s === t && leaderless) || stateOf(t).role === 'LEADING';
          if (sober || faulty) add(`Elected ${s} ${t}`, () => cluster.elected(s, t));
        }
        if (role === 'FOLLOWING' && leader === t && stage === 'NONE') {
          const other = stateOf(t);
          if (other.role === 'LEADING' && other.learner[s - 1]?.stage === 'NONE') {
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
      if (disk.durable < disk.history.length || disk.cutTail.length > 0) {
        const k = disk.durable + Math.floor(this.#random() * (disk.history.length - disk.durable + 1));
        if (k > disk.durable || disk.cutTail.length > 0) add(`Sync ${s} ${k}`, () => cluster.sync(s, k));
      }
      if (disk.pendingEpoch !== undefined) add(`StoreCurrentEpoch ${s} `, () => cluster.storeCurrentEpoch(s));
      if (faulty) {
        if (role !== 'LOOKING') add(`Abandon ${s} `, () => cluster.abandon(s));
        const k = disk.durable + Math.floor(this.#random() * (disk.history.length - disk.durable + 1));
        add(`Crash ${s} ${k}`, () => {
          this.#deliveredBy.set(s, 0);
          cluster.crash(s, k);
        });
        if (disk.cutTail.length > 0) {
          const back = 1 + Math.floor(this.#random() * disk.cutTail.length);
          add(`CrashUncut ${s} ${back}`, () => {
            this.#deliveredBy.set(s, 0);
            cluster.crashUncut(s, back);
          });
        }
      }
    }
    return choices;
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
      { type: 'SNAP', history: [transaction, transaction] },
      {
        type: 'PROPOSAL',
        transaction: { zxid: { epoch: 0xffffffff, counter: 1 }, payload: new Uint8Array() },
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
        const n = this.#deliveredBy.get(server) ?? 0;
        this.#deliveredBy.set(server, n + 1);
        const known = this.delivered[n];
        if (known === undefined) this.delivered.push(effect.transaction);
        else hold(transactionsEqual(known, effect.transaction), 'all deliver the same sequence');
        break;
      }
      case 'send':
        this.#checkPromise(server, effect.message);
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
      case 'installSnapshot':
      case 'storeAcceptedEpoch':
      case 'storeCurrentEpoch':
        break;
    }
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
    const states = this.#cluster.ensemble.map((s) => {
      const { peer, disk } = this.#cluster.server(s);
      const snapshot = peer.snapshot();
      checkDisk(snapshot, disk);
      peer.restore(snapshot);
      const { role } = snapshot;
      if (role.role === 'LEADING' && role.phase !== 'DISCOVERY') this.#checkEstablished(s, snapshot);
      return snapshot;
    });
    const most = Math.max(...states.map(({ committed }) => committed));
    const having = states.filter(
      ({ durable, history }) => durable >= most && startsWith(history, this.delivered, most),
    );
    hold(2 * having.length > states.length, 'what is committed is durable at a quorum');
  }

  #checkEstablished(s: ServerId, { acceptedEpoch, history }: PeerSnapshot): void {
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

function checkDisk(peer: PeerSnapshot, disk: TestDisk): void {
  hold(
    peer.acceptedEpoch === disk.acceptedEpoch &&
      peer.currentEpoch === disk.currentEpoch &&
      peer.durable === disk.durable &&
      peer.cutPending === disk.cutTail.length > 0 &&
      peer.history.length === disk.history.length &&
      startsWith(peer.history, disk.history, disk.history.length),
    'the peer knows what is on its disk',
  );
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

describe('random clusters keep the invariants of the spec', () => {
  for (const [size, faults] of [
    [2, 0.03],
    [3, 0.03],
    [3, 0.2],
    [4, 0.03],
    [5, 0.01],
    [5, 0.05],
  ] as const) {
    it(`${size} servers, a fault in every ${Math.round(1 / faults)} choices`, () => {
      const taken = new Map<string, number>();
      let delivered = 0;
      for (let seed = 1; seed <= 30; seed++) {
        const run = new RandomRun(size, seed, faults);
        try {
          run.run(400);
        } catch (error) {
          const steps = run.steps.join('; ');
          throw new Error(`size ${size}, faults ${faults}, seed ${seed}: ${String(error)}\n${steps}`, {
            cause: error,
          });
        }
        for (const [name, count] of run.taken) taken.set(name, (taken.get(name) ?? 0) + count);
        delivered += run.delivered.length;
      }
      for (const action of ['Propose', 'COMMIT', 'UPTODATE', 'StoreCurrentEpoch', 'Crash', 'Injected']) {
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
