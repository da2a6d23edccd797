/**
 * Servers and what is between them: for each a peer's snapshot and a host (disk, deliveries), for each ordered pair a
 * channel, and which ends of connections are open. The peers are the implementation's; all else belongs to the harness
 * and changes only by what peers ask for and by what is done to the world.
 */
import type { Message } from '../../impl/protocol/messages.ts';
import type { PeerSnapshot } from '../../impl/protocol/snapshot.ts';
import type { Host } from './disk.ts';
import { mixDigest, mixNumber, PartTable, type Part } from './part.ts';

export type PeerPart = Part<PeerSnapshot>;
export type HostPart = Part<Host>;
/** What was sent and not read yet, the oldest first. */
export type ChannelPart = Part<readonly Message[]>;

/** Immutable. Servers are numbered from 0 here; server `i` is the peer with id `i + 1`. */
export interface World {
  readonly peers: readonly PeerPart[];
  readonly hosts: readonly HostPart[];
  /** From `a` to `b`, at `a * n + b`. */
  readonly channels: readonly ChannelPart[];
  /** Whether `a` has its end of a connection with `b` open: bit `a * n + b`. */
  readonly openEnds: number;
}

/** Servers a world can have, so that the open ends fit one word. */
export const SERVERS_MAX = 5;

/** The parts of all worlds of one thread. */
export class WorldParts {
  readonly size: number;
  readonly peers: readonly PartTable<PeerSnapshot>[];
  readonly hosts: readonly PartTable<Host>[];
  readonly channels = new PartTable<readonly Message[]>();
  private readonly decoder = new TextDecoder();
  private readonly encoder = new TextEncoder();
  private readonly words = new Uint32Array(4);

  constructor(size: number) {
    if (size > SERVERS_MAX) throw new RangeError(`a world has at most ${SERVERS_MAX} servers, not ${size}`);
    this.size = size;
    this.peers = Array.from({ length: size }, () => new PartTable<PeerSnapshot>());
    this.hosts = Array.from({ length: size }, () => new PartTable<Host>());
  }

  /** Four words that stand for all of the world, in every thread alike. The array is used again by the next call. */
  digest(world: World): Uint32Array {
    const { words } = this;
    words.fill(0);
    for (const part of world.peers) mixDigest(words, part.digest);
    for (const part of world.hosts) mixDigest(words, part.digest);
    for (const part of world.channels) mixDigest(words, part.digest);
    mixNumber(words, world.openEnds);
    return words;
  }

  /** The world as bytes that any thread can read. */
  encode(world: World): Uint8Array {
    // Texts of parts are JSON, in which a line break is written as an escape.
    const lines: string[] = [String(world.openEnds)];
    for (const part of world.peers) lines.push(part.text);
    for (const part of world.hosts) lines.push(part.text);
    for (const part of world.channels) lines.push(part.text);
    return this.encoder.encode(lines.join('\n'));
  }

  decode(bytes: Uint8Array): World {
    const { size } = this;
    const lines = this.decoder.decode(bytes).split('\n');
    const line = (index: number): string => {
      const text = lines[index];
      if (text === undefined) throw new RangeError('a world with a part missing');
      return text;
    };
    return {
      openEnds: Number(line(0)),
      peers: this.peers.map((table, i) => table.read(line(1 + i))),
      hosts: this.hosts.map((table, i) => table.read(line(1 + size + i))),
      channels: Array.from({ length: size * size }, (_, i) => this.channels.read(line(1 + 2 * size + i))),
    };
  }
}
