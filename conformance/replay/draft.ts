/**
 * A world while something happens to it. It begins as a finished world, is changed by events, effects and the world's own
 * actions, and is finished again. Nothing here knows of the specification.
 */
import { transactionsEqual } from '../../impl/broadcast/transaction.ts';
import type { Effect } from '../../impl/protocol/effects.ts';
import type { PeerConfig, ServerId } from '../../impl/protocol/ensemble.ts';
import type { Event } from '../../impl/protocol/events.ts';
import type { Message } from '../../impl/protocol/messages.ts';
import type { PeerSnapshot } from '../../impl/protocol/snapshot.ts';
import {
  appended,
  crashed,
  emptyHost,
  HostRefusal,
  installed,
  synced,
  truncated,
  wholeHistory,
  type CrashChoice,
  type Host,
} from './disk.ts';
import { peerConfigs, recoverPeer, stepPeer } from './peer-under-test.ts';
import type { ChannelPart, HostPart, PeerPart, World, WorldParts } from './world.ts';

const NOTHING: readonly Message[] = [];

export class Draft {
  readonly parts: WorldParts;
  readonly configs: readonly PeerConfig[];
  private readonly size: number;
  private base: World;
  private readonly peers: PeerSnapshot[] = [];
  private readonly hosts: Host[] = [];
  private readonly channels: (readonly Message[])[] = [];
  private openEnds = 0;

  constructor(parts: WorldParts) {
    this.parts = parts;
    this.size = parts.size;
    this.configs = peerConfigs(parts.size);
    this.base = { peers: [], hosts: [], channels: [], openEnds: 0 };
  }

  /** Begins with servers that start for the first time. */
  begin(): void {
    this.base = { peers: [], hosts: [], channels: [], openEnds: 0 };
    this.openEnds = 0;
    this.configs.forEach((config, server) => {
      this.hosts[server] = emptyHost;
      this.peers[server] = recoverPeer(config, emptyHost.disk);
    });
    for (let i = 0; i < this.size * this.size; i += 1) this.channels[i] = NOTHING;
  }

  /** Begins with a finished world. */
  load(world: World): void {
    this.base = world;
    this.openEnds = world.openEnds;
    const { size } = this;
    for (let i = 0; i < size; i += 1) {
      this.peers[i] = contentAt(world.peers, i);
      this.hosts[i] = contentAt(world.hosts, i);
    }
    for (let i = 0; i < size * size; i += 1) this.channels[i] = contentAt(world.channels, i);
  }

  /** The world as it is now. Parts that did not change are those it began with. */
  finish(): World {
    const { base, parts, size } = this;
    const peers: PeerPart[] = [];
    const hosts: HostPart[] = [];
    const channels: ChannelPart[] = [];
    for (let i = 0; i < size; i += 1) {
      const peer = base.peers[i];
      const snapshot = this.peer(i);
      peers.push(peer?.content === snapshot ? peer : tableAt(parts.peers, i).partOf(snapshot));
      const part = base.hosts[i];
      const host = this.host(i);
      hosts.push(part?.content === host ? part : tableAt(parts.hosts, i).partOf(host));
    }
    for (let i = 0; i < size * size; i += 1) {
      const part = base.channels[i];
      const channel = this.channels[i] ?? NOTHING;
      channels.push(part?.content === channel ? part : parts.channels.partOf(channel));
    }
    return { peers, hosts, channels, openEnds: this.openEnds };
  }

  id(server: number): ServerId {
    return this.config(server).id;
  }

  peer(server: number): PeerSnapshot {
    return present(this.peers[server]);
  }

  host(server: number): Host {
    return present(this.hosts[server]);
  }

  channel(from: number, to: number): readonly Message[] {
    return this.channels[from * this.size + to] ?? NOTHING;
  }

  /** Gives an event to a peer made from its snapshot; the effects are still to be carried out. */
  step(server: number, event: Event): readonly Effect[] {
    const { effects, snapshot } = stepPeer(this.config(server), this.peer(server), event);
    this.peers[server] = snapshot;
    return effects;
  }

  /**
   * Carries out what a peer asked for.
   * @returns whether somebody can read a message more than before
   * @throws HostRefusal if it cannot be done
   */
  carryOut(server: number, effect: Effect): boolean {
    const host = this.host(server);
    const { disk } = host;
    switch (effect.type) {
      case 'send':
        return this.send(server, this.serverOf(effect.to), effect.message);
      case 'append':
        this.hosts[server] = { ...host, disk: appended(disk, effect.transactions) };
        return false;
      case 'truncate':
        this.hosts[server] = { ...host, disk: truncated(disk, effect.zxid) };
        return false;
      case 'installSnapshot':
        this.hosts[server] = { ...host, disk: installed(disk, wholeHistory(effect.history)) };
        return false;
      case 'storeAcceptedEpoch':
        this.hosts[server] = { ...host, disk: { ...disk, acceptedEpoch: effect.epoch } };
        return false;
      case 'storeCurrentEpoch':
        if (host.pendingEpoch !== null) throw new HostRefusal('stores currentEpoch while it is being stored');
        this.hosts[server] = { ...host, pendingEpoch: effect.epoch };
        return false;
      case 'deliver': {
        let { delivered } = host;
        for (const transaction of effect.transactions) {
          const next = disk.history[delivered];
          if (next === undefined || !transactionsEqual(next, transaction)) {
            throw new HostRefusal(`delivers what is not transaction ${delivered + 1} of its log`);
          }
          delivered += 1;
        }
        this.hosts[server] = { ...host, delivered };
        return false;
      }
      case 'deliverSnapshot':
        throw new HostRefusal('delivers a snapshot, where every log reaches back to the start');
      case 'disconnect':
        this.closeEnd(server, this.serverOf(effect.peer));
        return false;
      case 'abandon':
        this.closeAllEnds(server);
        // Nobody waits for the end of that write any more.
        if (host.pendingEpoch !== null) this.hosts[server] = { ...host, pendingEpoch: null };
        return false;
    }
  }

  isOpen(server: number, other: number): boolean {
    return (this.openEnds & this.endBit(server, other)) !== 0;
  }

  /** A new connection: both ends are open, and nothing is under way to either. */
  connect(a: number, b: number): void {
    this.openEnds |= this.endBit(a, b) | this.endBit(b, a);
    this.clear(a, b);
    this.clear(b, a);
  }

  /** What was under way to that end is gone; what it sent before can still be read. */
  closeEnd(server: number, other: number): void {
    this.openEnds &= ~this.endBit(server, other);
    this.clear(other, server);
  }

  closeAllEnds(server: number): void {
    for (let other = 0; other < this.size; other += 1) this.closeEnd(server, other);
  }

  /** Takes the oldest message off a channel. */
  take(from: number, to: number): Message | undefined {
    const [oldest, ...rest] = this.channel(from, to);
    if (oldest !== undefined) this.channels[from * this.size + to] = rest.length === 0 ? NOTHING : rest;
    return oldest;
  }

  sync(server: number, length: number): void {
    const host = this.host(server);
    this.hosts[server] = { ...host, disk: synced(host.disk, length) };
  }

  /** The write of currentEpoch ends; answers with the epoch, if there was such a write. */
  completeCurrentEpoch(server: number): number | undefined {
    const host = this.host(server);
    const { pendingEpoch, disk } = host;
    if (pendingEpoch === null) return undefined;
    this.hosts[server] = { ...host, pendingEpoch: null, disk: { ...disk, currentEpoch: pendingEpoch } };
    return pendingEpoch;
  }

  /** The server crashes and starts again. */
  crash(server: number, choice: CrashChoice): void {
    this.closeAllEnds(server);
    const disk = crashed(this.host(server).disk, choice);
    this.hosts[server] = { disk, pendingEpoch: null, delivered: 0 };
    this.peers[server] = recoverPeer(this.config(server), disk);
  }

  private send(from: number, to: number, message: Message): boolean {
    if (!this.isOpen(from, to))
      throw new HostRefusal(`sends ${message.type} on a connection that it has closed`);
    if (!this.isOpen(to, from)) return false;
    this.channels[from * this.size + to] = [...this.channel(from, to), message];
    return true;
  }

  private clear(from: number, to: number): void {
    const at = from * this.size + to;
    if (this.channels[at]?.length !== 0) this.channels[at] = NOTHING;
  }

  private serverOf(id: ServerId): number {
    const server = id - 1;
    if (!(server >= 0 && server < this.size))
      throw new HostRefusal(`names server ${id}, which is not in the ensemble`);
    return server;
  }

  private config(server: number): PeerConfig {
    return present(this.configs[server]);
  }

  private endBit(server: number, other: number): number {
    return 1 << (server * this.size + other);
  }
}

function contentAt<T>(parts: readonly { readonly content: T }[], index: number): T {
  return present(parts[index]).content;
}

function tableAt<T>(tables: readonly T[], index: number): T {
  return present(tables[index]);
}

function present<T>(item: T | undefined): T {
  if (item === undefined) throw new RangeError('there is no such server');
  return item;
}
