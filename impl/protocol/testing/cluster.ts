/**
 * A cluster in memory for tests: peers, what is on their disks, and what is under way between them.
 *
 * It does what the spec's actions do to the world, tells the peer that acts, and carries the effects out. A disk has a
 * part that a crash cannot take (`durable`) and remembers what was cut off until the next sync, as the spec's does.
 */
import { assert } from '../../broadcast/assertion.ts';
import { transactionsEqual, type Transaction } from '../../broadcast/transaction.ts';
import { ZERO_ZXID, zxidsEqual, type Zxid } from '../../broadcast/zxid.ts';
import type { Effect } from '../effects.ts';
import { serverId, type ServerId } from '../ensemble.ts';
import type { Event } from '../events.ts';
import type { Message } from '../messages.ts';
import { Peer } from '../peer.ts';

/** What a server would find after a crash, and what it could find. */
export interface TestDisk {
  acceptedEpoch: number;
  currentEpoch: number;
  history: readonly Transaction[];
  durable: number;
  cutTail: readonly Transaction[];
  /** A write of the current epoch that has begun. */
  pendingEpoch: number | undefined;
}

/** One end of a connection: what the other end sent and this one did not read yet, while this end is open. */
export interface TestEnd {
  open: boolean;
  incoming: Message[];
}

export interface TestServer {
  readonly id: ServerId;
  peer: Peer;
  readonly disk: TestDisk;
  readonly ends: Map<ServerId, TestEnd>;
}

/** Told of each effect, in order, before it is carried out. */
export type EffectObserver = (server: ServerId, effect: Effect) => void;

export class TestCluster {
  readonly ensemble: readonly ServerId[];
  readonly #servers: Map<ServerId, TestServer>;
  readonly #observe: EffectObserver;

  constructor(size: number, observe: EffectObserver = () => undefined) {
    this.ensemble = Array.from({ length: size }, (_, i) => serverId(i + 1));
    this.#observe = observe;
    this.#servers = new Map(
      this.ensemble.map((id) => [
        id,
        {
          id,
          peer: new Peer({ id, ensemble: this.ensemble }),
          disk: {
            acceptedEpoch: 0,
            currentEpoch: 0,
            history: [],
            durable: 0,
            cutTail: [],
            pendingEpoch: undefined,
          },
          ends: new Map(this.ensemble.map((other) => [other, { open: false, incoming: [] }])),
        },
      ]),
    );
  }

  server(id: ServerId): TestServer {
    const server = this.#servers.get(id);
    assert(server !== undefined, 'the server is one of the cluster');
    return server;
  }

  end(of: ServerId, to: ServerId): TestEnd {
    const end = this.server(of).ends.get(to);
    assert(end !== undefined, 'the server is one of the cluster');
    return end;
  }

  /** Gives an event to a peer and carries the effects out. */
  step(id: ServerId, event: Event): readonly Effect[] {
    const effects = this.server(id).peer.step(event);
    for (const effect of effects) {
      this.#observe(id, effect);
      this.#carryOut(this.server(id), effect);
    }
    return effects;
  }

  elected(s: ServerId, leader: ServerId): readonly Effect[] {
    return this.step(s, { type: 'elected', leader });
  }

  connect(f: ServerId, l: ServerId): readonly Effect[] {
    this.#open(f, l);
    this.#open(l, f);
    return [...this.step(l, { type: 'connected', peer: f }), ...this.step(f, { type: 'connected', peer: l })];
  }

  /** The receiver reads its next message from the sender; `undefined` when there is none. */
  receive(
    receiver: ServerId,
    sender: ServerId,
  ): { message: Message; effects: readonly Effect[] } | undefined {
    const message = this.end(receiver, sender).incoming.shift();
    if (message === undefined) return undefined;
    return { message, effects: this.step(receiver, { type: 'message', from: sender, message }) };
  }

  propose(l: ServerId, payload: Uint8Array): readonly Effect[] {
    return this.step(l, { type: 'propose', payload });
  }

  /** The disk of s ends a sync of the first k entries of its log. */
  sync(s: ServerId, k: number): readonly Effect[] {
    const { disk } = this.server(s);
    assert(k >= disk.durable && k <= disk.history.length, 'a sync never loses what was durable');
    disk.durable = k;
    disk.cutTail = [];
    return this.step(s, { type: 'logDurable', zxid: zxidAt(disk.history, k) });
  }

  storeCurrentEpoch(s: ServerId): readonly Effect[] {
    const { disk } = this.server(s);
    const epoch = disk.pendingEpoch;
    assert(epoch !== undefined, 'a write of the current epoch has begun');
    disk.pendingEpoch = undefined;
    disk.currentEpoch = epoch;
    return this.step(s, { type: 'currentEpochStored', epoch });
  }

  loseLearner(l: ServerId, f: ServerId): readonly Effect[] {
    this.#close(l, f);
    return this.step(l, { type: 'disconnected', peer: f });
  }

  abandon(s: ServerId): readonly Effect[] {
    return this.step(s, { type: 'timeout' });
  }

  /** s stops, and starts with the first k entries of its log. */
  crash(s: ServerId, k: number): void {
    const { disk } = this.server(s);
    assert(k >= disk.durable && k <= disk.history.length, 'a crash never takes what is durable');
    this.#restart(s, disk.history.slice(0, k));
  }

  /** s stops before a cut has reached the disk, and starts with the first k entries of what was cut off. */
  crashUncut(s: ServerId, k: number): void {
    const { disk } = this.server(s);
    assert(k >= 1 && k <= disk.cutTail.length, 'what comes back was cut off');
    this.#restart(s, [...disk.history.slice(0, disk.durable), ...disk.cutTail.slice(0, k)]);
  }

  #restart(s: ServerId, history: readonly Transaction[]): void {
    const server = this.server(s);
    const { disk } = server;
    disk.history = history;
    disk.cutTail = [];
    this.#closeAll(server);
    server.peer = Peer.recover({ id: s, ensemble: this.ensemble }, { ...disk });
  }

  #carryOut(server: TestServer, effect: Effect): void {
    const { disk } = server;
    switch (effect.type) {
      case 'send': {
        const end = this.end(effect.to, server.id);
        if (end.open) end.incoming.push(effect.message);
        break;
      }
      case 'append':
        disk.history = [...disk.history, effect.transaction];
        break;
      case 'truncate':
        replace(disk, disk.history.findIndex((t) => zxidsEqual(t.zxid, effect.zxid)) + 1, []);
        break;
      case 'installSnapshot': {
        let common = 0;
        while (isSame(disk.history[common], effect.history[common])) common++;
        replace(disk, common, effect.history.slice(common));
        break;
      }
      case 'storeAcceptedEpoch':
        disk.acceptedEpoch = effect.epoch;
        break;
      case 'storeCurrentEpoch':
        assert(disk.pendingEpoch === undefined, 'one write of the current epoch at a time');
        disk.pendingEpoch = effect.epoch;
        break;
      case 'deliver':
        break;
      case 'disconnect':
        this.#close(server.id, effect.peer);
        break;
      case 'abandon':
        this.#closeAll(server);
        break;
    }
  }

  #open(of: ServerId, to: ServerId): void {
    const end = this.end(of, to);
    assert(!end.open, 'a connection goes down before the next one comes up');
    end.open = true;
  }

  #close(of: ServerId, to: ServerId): void {
    const end = this.end(of, to);
    end.open = false;
    end.incoming = [];
  }

  /** The role is over: no connection is left, and no write of the current epoch. */
  #closeAll(server: TestServer): void {
    for (const other of server.ends.keys()) this.#close(server.id, other);
    server.disk.pendingEpoch = undefined;
  }
}

function isSame(a: Transaction | undefined, b: Transaction | undefined): boolean {
  return a !== undefined && b !== undefined && transactionsEqual(a, b);
}

function zxidAt(history: readonly Transaction[], n: number): Zxid {
  return history[n - 1]?.zxid ?? ZERO_ZXID;
}

/** What follows the first n entries is replaced; the cut reaches the disk at the next sync. */
function replace(disk: TestDisk, n: number, rest: readonly Transaction[]): void {
  assert(n <= disk.durable, 'what is cut was on disk');
  disk.cutTail = disk.history.slice(n);
  disk.history = [...disk.history.slice(0, n), ...rest];
  disk.durable = n;
}
