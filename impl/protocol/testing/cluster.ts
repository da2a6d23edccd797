/**
 * A cluster in memory for tests: peers, what is on their disks, and what is under way between them.
 *
 * It does what the spec's actions do to the world, tells the peer that acts, and carries the effects out. A disk has a
 * part that a crash cannot take (`durable`) and remembers what was cut off until the next sync, as the spec's does.
 *
 * Observers are servers like the others, which do not vote. Their leader's peer is not told of them: what they say goes to
 * the leader's feed, whose INFORM is on the connection a PROPOSAL and its COMMIT.
 *
 * Whatever a peer has forgotten or never had, the cluster knows: the history of a disk, and of a SNAP that is under way,
 * is the whole one, and a snapshot is a number of its first transactions.
 */
import { assert } from '../../broadcast/assertion.ts';
import { lastZxidOf, type HistoryContent } from '../../broadcast/history.ts';
import type { Transaction } from '../../broadcast/transaction.ts';
import type { Effect } from '../effects.ts';
import { serverId, type ServerId } from '../ensemble.ts';
import type { Event } from '../events.ts';
import type { LeaderMessage, Message } from '../messages.ts';
import { ObserverFeed } from '../observer-feed.ts';
import { Peer } from '../peer.ts';
import { contentAfter, isSame, lengthUpTo, replace, zxidAt, type TestDisk } from './test-disk.ts';

/** One end of a connection: what the other end sent and this one did not read yet, while this end is open. */
export interface TestEnd {
  open: boolean;
  incoming: Message[];
}

export interface TestServer {
  readonly id: ServerId;
  peer: Peer;
  readonly disk: TestDisk;
  /** What its service has: the snapshot it began with, and what was delivered. */
  applied: readonly Transaction[];
  readonly ends: Map<ServerId, TestEnd>;
  /** What it tells observers while it leads, by the observer. */
  readonly feeds: Map<ServerId, ObserverFeed>;
}

/** Told of each effect, in order, before it is carried out. */
export type EffectObserver = (server: ServerId, effect: Effect) => void;

/** How many transactions the snapshot of a SNAP stands for: at least those of its base, at most what was delivered. */
export type SnapshotChoice = (least: number, most: number) => number;

export class TestCluster {
  /** Who votes. */
  readonly ensemble: readonly ServerId[];
  readonly observers: readonly ServerId[];
  readonly #servers: Map<ServerId, TestServer>;
  readonly #observe: EffectObserver;
  readonly #chooseSnapshot: SnapshotChoice;
  /** The whole history that a SNAP's content stands for. */
  readonly #whole = new WeakMap<HistoryContent, readonly Transaction[]>();

  constructor(
    size: number,
    observe: EffectObserver = () => undefined,
    chooseSnapshot: SnapshotChoice = (least) => least,
    observers = 0,
  ) {
    const all = Array.from({ length: size + observers }, (_, i) => serverId(i + 1));
    this.ensemble = all.slice(0, size);
    this.observers = all.slice(size);
    this.#observe = observe;
    this.#chooseSnapshot = chooseSnapshot;
    this.#servers = new Map(
      all.map((id) => [
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
            snapshot: 0,
            replaced: undefined,
          },
          applied: [],
          ends: new Map(all.map((other) => [other, { open: false, incoming: [] }])),
          feeds: new Map(),
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
    const server = this.server(id);
    const effects = server.peer.step(event);
    for (const effect of effects) {
      this.#observe(id, effect);
      this.#carryOut(server, effect);
    }
    for (const observer of server.feeds.keys())
      this.#feed(id, observer, (feed, out) => {
        feed.established(out);
      });
    return effects;
  }

  elected(s: ServerId, leader: ServerId): readonly Effect[] {
    return this.step(s, { type: 'elected', leader });
  }

  connect(f: ServerId, l: ServerId): readonly Effect[] {
    this.#open(f, l);
    this.#open(l, f);
    if (this.observers.includes(f)) {
      this.server(l).feeds.set(f, new ObserverFeed(this.server(l).peer));
      return this.step(f, { type: 'connected', peer: l });
    }
    return [...this.step(l, { type: 'connected', peer: f }), ...this.step(f, { type: 'connected', peer: l })];
  }

  /** The receiver reads its next message from the sender; `undefined` when there is none. */
  receive(
    receiver: ServerId,
    sender: ServerId,
  ): { message: Message; effects: readonly Effect[] } | undefined {
    const message = this.end(receiver, sender).incoming.shift();
    if (message === undefined) return undefined;
    if (this.observers.includes(sender)) {
      const refusal = this.#feed(receiver, sender, (feed, out) => feed.receive(message, out));
      if (refusal !== undefined) this.#dismiss(receiver, sender);
      return { message, effects: [] };
    }
    return { message, effects: this.step(receiver, { type: 'message', from: sender, message }) };
  }

  propose(l: ServerId, payload: Uint8Array): readonly Effect[] {
    return this.step(l, { type: 'propose', payloads: [payload] });
  }

  /** The disk of s ends a sync of the first k entries of its log. */
  sync(s: ServerId, k: number): readonly Effect[] {
    const { disk } = this.server(s);
    assert(k >= disk.durable && k <= disk.history.length, 'a sync never loses what was durable');
    assert(k >= (disk.replaced?.installed ?? 0), 'a snapshot is installed as a whole');
    disk.durable = k;
    disk.cutTail = [];
    disk.replaced = undefined;
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
    if (this.observers.includes(f)) {
      this.#dismiss(l, f);
      return [];
    }
    this.#close(l, f);
    return this.step(l, { type: 'disconnected', peer: f });
  }

  abandon(s: ServerId): readonly Effect[] {
    return this.step(s, { type: 'timeout' });
  }

  /** A snapshot of what the service of s had after n transactions is on disk, and the peer may forget the first m. */
  saveSnapshot(s: ServerId, n: number, m: number): readonly Effect[] {
    const { disk, applied } = this.server(s);
    assert(m <= n && n >= disk.snapshot && n <= applied.length, 'a snapshot is of what was delivered');
    disk.snapshot = n;
    return this.step(s, { type: 'compacted', zxid: zxidAt(applied, m) });
  }

  /** s stops, and starts with the first k entries of its log, and with its snapshot where that is of more. */
  crash(s: ServerId, k: number): void {
    const { disk } = this.server(s);
    assert(k >= disk.durable && k <= disk.history.length, 'a crash never takes what is durable');
    assert(k >= (disk.replaced?.installed ?? 0), 'a snapshot is installed as a whole');
    this.#restart(s, disk.history.slice(0, Math.max(k, disk.snapshot)));
  }

  /** s stops before the leader's snapshot is installed, and starts with what it had before. */
  crashReplaced(s: ServerId): void {
    const { disk } = this.server(s);
    assert(disk.replaced !== undefined, 'a snapshot is being installed');
    disk.snapshot = disk.replaced.snapshot;
    this.#restart(s, disk.replaced.history);
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
    disk.replaced = undefined;
    disk.durable = Math.max(disk.durable, disk.snapshot);
    server.applied = history.slice(0, disk.snapshot);
    this.#closeAll(server);
    const { acceptedEpoch, currentEpoch, snapshot } = disk;
    server.peer = Peer.recover(
      { id: s, ensemble: this.ensemble },
      {
        acceptedEpoch,
        currentEpoch,
        history: contentAfter(history, snapshot),
        durable: disk.durable - snapshot,
      },
    );
  }

  #carryOut(server: TestServer, effect: Effect): void {
    const { disk } = server;
    switch (effect.type) {
      case 'send':
        this.#send(server, effect.to, effect.message);
        break;
      case 'append':
        disk.history = [...disk.history, ...effect.transactions];
        break;
      case 'truncate':
        replace(disk, lengthUpTo(disk.history, effect.zxid), []);
        break;
      case 'installSnapshot':
        this.#install(disk, effect.history);
        break;
      case 'storeAcceptedEpoch':
        disk.acceptedEpoch = effect.epoch;
        break;
      case 'storeCurrentEpoch':
        assert(disk.pendingEpoch === undefined, 'one write of the current epoch at a time');
        disk.pendingEpoch = effect.epoch;
        break;
      case 'deliver':
        for (const transaction of effect.transactions) {
          assert(
            isSame(disk.history[server.applied.length], transaction),
            'what is delivered comes next in the log',
          );
          server.applied = [...server.applied, transaction];
          for (const [observer, feed] of server.feeds)
            if (feed.informs) this.#inform(server, observer, transaction);
        }
        break;
      case 'deliverSnapshot':
        assert(disk.snapshot === lengthUpTo(disk.history, effect.zxid), 'the snapshot is the installed one');
        assert(disk.snapshot > server.applied.length, 'a snapshot is delivered where it is news');
        server.applied = disk.history.slice(0, disk.snapshot);
        break;
      case 'disconnect':
        this.#close(server.id, effect.peer);
        break;
      case 'abandon':
        this.#closeAll(server);
        break;
    }
  }

  #send(from: TestServer, to: ServerId, message: Message): void {
    const end = this.end(to, from.id);
    if (end.open) end.incoming.push(this.#onTheWire(from, message));
  }

  #inform(server: TestServer, observer: ServerId, transaction: Transaction): void {
    this.#send(server, observer, { type: 'PROPOSAL', transactions: [transaction] });
    this.#send(server, observer, { type: 'COMMIT', zxid: transaction.zxid });
  }

  /** Gives something to the feed of an observer, and sends what it says. */
  #feed<T>(l: ServerId, observer: ServerId, give: (feed: ObserverFeed, out: LeaderMessage[]) => T): T {
    const server = this.server(l);
    const feed = server.feeds.get(observer);
    assert(feed !== undefined, 'the observer is connected');
    const out: LeaderMessage[] = [];
    const result = give(feed, out);
    for (const message of out) this.#send(server, observer, message);
    return result;
  }

  /** The leader's end of the connection with an observer is closed. */
  #dismiss(l: ServerId, observer: ServerId): void {
    this.#close(l, observer);
    this.server(l).feeds.delete(observer);
  }

  /** A SNAP is a snapshot of what its sender has delivered by now, or of its base, and what comes after that. */
  #onTheWire(sender: TestServer, message: Message): Message {
    if (message.type !== 'SNAP') return message;
    const history = sender.disk.history.slice(
      0,
      lengthUpTo(sender.disk.history, lastZxidOf(message.history)),
    );
    const least = lengthUpTo(history, message.history.base);
    const base = this.#chooseSnapshot(least, Math.max(least, sender.applied.length));
    const content = contentAfter(history, base);
    this.#whole.set(content, history);
    return { type: 'SNAP', history: content };
  }

  #install(disk: TestDisk, content: HistoryContent): void {
    const whole = this.#whole.get(content) ?? content.transactions;
    const { history, snapshot } = disk;
    let common = 0;
    while (isSame(history[common], whole[common])) common++;
    replace(disk, common, whole.slice(common));
    const base = lengthUpTo(whole, content.base);
    // Where there is no snapshot to be stored, a crash can leave what the spec says.
    if (base === 0) return;
    disk.snapshot = base;
    disk.replaced = { history, snapshot, installed: whole.length };
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
    server.feeds.clear();
    server.disk.pendingEpoch = undefined;
  }
}
