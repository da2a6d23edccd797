/**
 * A server's election at work: the state machine of `impl/election` with its connections and its timers. While a role
 * is held nothing is sent but answers to those who look.
 *
 * Words are sent again for three reasons, all of which the election allows (a link's newest word may come any number of
 * times): after a while without news, in growing intervals; at once to a server that looks and is behind, which has not
 * read what it was told, because it did not look yet; and by the link on each new connection.
 */
import { Election, type ElectionEffect, type ElectionEvent } from '../election/election.ts';
import { beats, wordsEqual, type Claim, type Role, type Word } from '../election/vote.ts';
import type { ServerId } from '../protocol/ensemble.ts';
import type { Address, Notification } from '../wire/notification.ts';
import { ElectionNetwork } from './election-network.ts';
import { notificationOf, wordOf } from './election-word.ts';
import type { Logger } from './logger.ts';

/** In milliseconds. */
export interface ElectionTimes {
  /** How long a server on which a quorum agrees waits for a larger vote. */
  readonly finalizeWait: number;
  /** The first interval after which a server that looks says its vote again; it doubles up to the longest. */
  readonly repeatMin: number;
  readonly repeatMax: number;
  /** Until an attempt to connect is given up. */
  readonly connect: number;
}

/** ZooKeeper's. */
const TIMES: ElectionTimes = { finalizeWait: 200, repeatMin: 200, repeatMax: 60_000, connect: 5000 };

export interface ElectionHostOptions {
  readonly myId: ServerId;
  /** Who votes, this server among them: at least two. */
  readonly voters: readonly ServerId[];
  /** The election addresses of all servers, observers among them; the first is tried first. */
  readonly addresses: ReadonlyMap<ServerId, readonly Address[]>;
  /** Where to listen; the first own address if absent. */
  readonly listen?: Address;
  /** `currentEpoch` and the last zxid of the log, all of which is on disk. */
  readonly own: Claim;
  /** The ensemble as ZooKeeper's dynamic configuration writes it, sent with each notification; see `formatEnsemble`. */
  readonly configuration: string;
  readonly times?: Partial<ElectionTimes>;
  readonly logger: Logger;
  /** The election is over for this server: it follows that one, or leads when it is itself, until it gives that up. */
  readonly elected: (leader: ServerId) => void;
}

export class ElectionHost {
  readonly #options: ElectionHostOptions;
  readonly #times: ElectionTimes;
  readonly #election: Election;
  #network: ElectionNetwork | undefined;
  /** What each server said last, while this one looks: more of the same is no news. */
  readonly #heard = new Map<ServerId, Word>();
  #wait: NodeJS.Timeout | undefined;
  #waitOver: NodeJS.Immediate | undefined;
  #repeat: NodeJS.Timeout | undefined;
  #closed = false;

  private constructor(options: ElectionHostOptions, election: Election) {
    this.#options = options;
    this.#times = { ...TIMES, ...options.times };
    this.#election = election;
  }

  /** Listens on the election port and begins to look. Rejects when it cannot listen. */
  static async open(options: ElectionHostOptions): Promise<ElectionHost> {
    const { myId, voters, addresses, listen, own, logger } = options;
    const { election, effects } = Election.start({ id: myId, ensemble: voters }, own);
    const host = new ElectionHost(options, election);
    host.#network = await ElectionNetwork.open({
      myId,
      addresses,
      ...(listen === undefined ? {} : { listen }),
      timeoutMs: host.#times.connect,
      receive: (from, notification) => {
        host.#receive(from, notification);
      },
      logger,
    });
    host.#begin(effects);
    return host;
  }

  get role(): Role {
    return this.#election.word.state;
  }

  /** Following or leading has changed what is on disk. */
  served(own: Claim): void {
    this.#step({ type: 'served', own });
  }

  /** The server has given its role up and looks again. All of its log is on disk, and `own` says how far it reaches. */
  abandoned(own: Claim): void {
    this.#step({ type: 'served', own });
    this.#heard.clear();
    this.#begin(this.#election.step({ type: 'abandoned' }));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#rest();
    await this.#network?.close();
  }

  #begin(effects: readonly ElectionEffect[]): void {
    const { round, vote } = this.#election.word;
    this.#options.logger.info('an election begins', { round, vote });
    this.#carryOut(effects);
    this.#repeatAfter(this.#times.repeatMin);
  }

  #receive(from: ServerId, notification: Notification): void {
    if (this.#closed) return;
    const { logger, voters } = this.#options;
    logger.debug('a notification came', { from, ...notification });
    if (!voters.includes(from)) {
      // One that does not vote asks whom to follow.
      if (notification.state === 'LOOKING') this.#say(from);
      return;
    }
    const word = wordOf(notification);
    if (word === undefined) return;
    this.#step({ type: 'word', from, word });
    if (this.role !== 'LOOKING') return;
    if (this.#isBehind(word)) this.#say(from);
    const before = this.#heard.get(from);
    this.#heard.set(from, word);
    if (before === undefined || !wordsEqual(before, word)) this.#repeatAfter(this.#times.repeatMin);
  }

  /** Is this said by one that looks and does not know the vote of this server yet? */
  #isBehind({ state, round, vote }: Word): boolean {
    const own = this.#election.word;
    return state === 'LOOKING' && (round < own.round || (round === own.round && beats(own.vote, vote)));
  }

  #step(event: ElectionEvent): void {
    this.#carryOut(this.#election.step(event));
  }

  #carryOut(effects: readonly ElectionEffect[]): void {
    for (const effect of effects) {
      switch (effect.type) {
        case 'send':
          this.#send(effect.to, effect.word);
          break;
        case 'beginWait':
          this.#beginWait();
          break;
        case 'endWait':
          this.#endWait();
          break;
        case 'elected':
          this.#rest();
          this.#options.logger.info('a leader is elected', {
            leader: effect.leader,
            round: this.#election.word.round,
          });
          this.#options.elected(effect.leader);
          break;
      }
    }
  }

  #beginWait(): void {
    this.#endWait();
    this.#wait = setTimeout(() => {
      // Words that have arrived are read first: the wait is for them.
      this.#waitOver = setImmediate(() => {
        this.#step({ type: 'waitOver' });
      });
    }, this.#times.finalizeWait);
  }

  #endWait(): void {
    clearTimeout(this.#wait);
    clearImmediate(this.#waitOver);
  }

  /** In place of what was planned before: says the vote again after that many milliseconds, and later and later then. */
  #repeatAfter(interval: number): void {
    clearTimeout(this.#repeat);
    this.#repeat = setTimeout(() => {
      for (const voter of this.#options.voters) if (voter !== this.#options.myId) this.#say(voter);
      this.#repeatAfter(Math.min(2 * interval, this.#times.repeatMax));
    }, interval);
  }

  #say(to: ServerId): void {
    this.#send(to, this.#election.word);
  }

  #send(to: ServerId, word: Word): void {
    this.#network?.send(to, notificationOf(word, this.#options.configuration));
  }

  #rest(): void {
    this.#endWait();
    clearTimeout(this.#repeat);
  }
}
