/**
 * Servers that elect a leader, and the links between them. What a server remembers is the implementation's; the links,
 * and whether a server's wait is running, belong to the harness and change only by what servers ask for and by what is
 * done to the world.
 */
import {
  Election,
  type ElectionEffect,
  type ElectionEvent,
  type ElectionSnapshot,
} from '../../../impl/election/election.ts';
import type { Claim, Word } from '../../../impl/election/vote.ts';
import { serverId, type PeerConfig, type ServerId } from '../../../impl/protocol/ensemble.ts';
import { CannotPerform } from '../binding.ts';
import { mixDigest, PartTable, type Part } from '../part.ts';
import { cut, EMPTY_LINK, put, rest, type Link } from './links.ts';

/** A server with its timer. */
export interface Voter {
  readonly election: ElectionSnapshot;
  /** Is its wait running? */
  readonly waiting: boolean;
}

/** Immutable. Servers are numbered from 0 here; server i has the id i + 1. */
export interface ElectionWorld {
  readonly voters: readonly Part<Voter>[];
  /** From a to b, at a * n + b. */
  readonly links: readonly Part<Link>[];
}

export const NO_ELECTION: ElectionWorld = { voters: [], links: [] };

/** A world while something happens to it. */
export class ElectionDraft {
  readonly configs: readonly PeerConfig[];
  readonly #size: number;
  readonly #flight: number;
  readonly #voterParts: readonly PartTable<Voter>[];
  readonly #linkParts = new PartTable<Link>();
  /** The world that it began as. */
  #base = NO_ELECTION;
  #voters: Voter[] = [];
  #links: Link[] = [];
  readonly #words = new Uint32Array(4);
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder();

  constructor(size: number, flight: number) {
    const ensemble = Array.from({ length: size }, (_, index) => serverId(index + 1));
    this.configs = ensemble.map((id) => ({ id, ensemble }));
    this.#size = size;
    this.#flight = flight;
    this.#voterParts = ensemble.map(() => new PartTable<Voter>());
  }

  /** All servers start, with this on their disks. */
  begin(own: readonly Claim[]): void {
    this.#base = NO_ELECTION;
    this.#links = Array.from({ length: this.#size ** 2 }, () => EMPTY_LINK);
    this.#voters = [];
    own.forEach((claim, server) => {
      this.start(server, claim);
    });
  }

  /** Begins with a finished world. */
  load(world: ElectionWorld): void {
    this.#base = world;
    for (const [server, { content }] of world.voters.entries()) this.#voters[server] = content;
    for (const [at, { content }] of world.links.entries()) this.#links[at] = content;
  }

  /** The world as it is now. Parts that did not change are those it began with. */
  finish(): ElectionWorld {
    const { voters, links } = this.#base;
    return {
      voters: this.#voterParts.map((parts, server) => {
        const [part, voter] = [voters[server], this.voter(server)];
        return part?.content === voter ? part : parts.partOf(voter);
      }),
      links: this.#links.map((link, at) => {
        const part = links[at];
        return part?.content === link ? part : this.#linkParts.partOf(link);
      }),
    };
  }

  voter(server: number): Voter {
    const voter = this.#voters[server];
    if (voter === undefined) throw new RangeError(`there is no server ${server}`);
    return voter;
  }

  link(from: number, to: number): Link {
    return this.#links[from * this.#size + to] ?? EMPTY_LINK;
  }

  id(server: number): ServerId {
    return this.#config(server).id;
  }

  /** A server starts, for the first time or after a crash; its connections are new ones. */
  start(server: number, own: Claim): void {
    for (let from = 0; from < this.#size; from++) this.breakLink(from, server);
    const { election, effects } = Election.start(this.#config(server), own);
    this.#voters[server] = { election: election.snapshot(), waiting: false };
    this.#carryOut(server, effects);
  }

  /** What was under way on a link is lost, but for the newest word. */
  breakLink(from: number, to: number): void {
    this.#links[from * this.#size + to] = cut(this.link(from, to));
  }

  /** Takes the oldest word off a link. */
  take(from: number, to: number): Word | undefined {
    const link = this.link(from, to);
    this.#links[from * this.#size + to] = rest(link);
    return link[0];
  }

  /** The wait of a server ends. */
  endWait(server: number): void {
    const voter = this.voter(server);
    if (!voter.waiting) throw new CannotPerform('event', 'the wait ends', 'it is not running');
    this.#voters[server] = { ...voter, waiting: false };
  }

  /** Gives an event to a server made from nothing but its snapshot, and carries out what it asks for. */
  give(server: number, event: ElectionEvent): void {
    const election = Election.restore(this.#config(server), this.voter(server).election);
    let effects: readonly ElectionEffect[];
    try {
      effects = election.step(event);
    } catch (error) {
      const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      throw new CannotPerform('exception', `the server takes the event ${event.type}`, `it throws ${what}`);
    }
    this.#voters[server] = { ...this.voter(server), election: election.snapshot() };
    this.#carryOut(server, effects);
  }

  /** Four words that stand for all of the world. The array is used again by the next call. */
  digest({ voters, links }: ElectionWorld): Uint32Array {
    this.#words.fill(0);
    for (const part of voters) mixDigest(this.#words, part.digest);
    for (const part of links) mixDigest(this.#words, part.digest);
    return this.#words;
  }

  encode({ voters, links }: ElectionWorld): Uint8Array {
    return this.#encoder.encode([...voters, ...links].map(({ text }) => text).join('\n'));
  }

  decode(bytes: Uint8Array): ElectionWorld {
    const lines = this.#decoder.decode(bytes).split('\n');
    return {
      voters: this.#voterParts.map((parts, server) => parts.read(lines[server] ?? '')),
      links: lines.slice(this.#size).map((line) => this.#linkParts.read(line)),
    };
  }

  #carryOut(server: number, effects: readonly ElectionEffect[]): void {
    for (const effect of effects) {
      const voter = this.voter(server);
      const refuse = (expected: string, actual: string): never => {
        throw new CannotPerform('effect', `${effect.type}: ${expected}`, actual);
      };
      switch (effect.type) {
        case 'send': {
          const to = this.configs.findIndex(({ id }) => id === effect.to);
          if (to < 0 || to === server) refuse('it goes to another server', `it goes to ${effect.to}`);
          this.#links[server * this.#size + to] = put(this.link(server, to), effect.word, this.#flight);
          break;
        }
        case 'beginWait':
          this.#voters[server] = { ...voter, waiting: true };
          break;
        case 'endWait':
          if (!voter.waiting) refuse('a wait is running', 'none is');
          this.#voters[server] = { ...voter, waiting: false };
          break;
        case 'elected': {
          const { role, vote } = voter.election;
          const leads = effect.leader === this.id(server);
          if (voter.waiting) refuse('the wait is over', 'it is running');
          if (role !== (leads ? 'LEADING' : 'FOLLOWING') || vote.leader !== effect.leader) {
            refuse(`it has the leader ${effect.leader}`, `it is ${role} with ${vote.leader}`);
          }
          break;
        }
      }
    }
  }

  #config(server: number): PeerConfig {
    const config = this.configs[server];
    if (config === undefined) throw new RangeError(`there is no server ${server}`);
    return config;
  }
}
