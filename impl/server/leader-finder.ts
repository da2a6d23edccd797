/**
 * What an observer has in place of an election: it asks those that vote whom they follow, again and again, until it knows.
 * While it has a leader it says nothing: nobody waits for its word.
 */
import { LeaderSearch } from '../election/leader-search.ts';
import type { ServerId } from '../protocol/ensemble.ts';
import type { Notification } from '../wire/notification.ts';
import type { ElectionHostOptions, ElectionTimes } from './election-host.ts';
import { ElectionNetwork } from './election-network.ts';
import { questionOf, wordOf } from './election-word.ts';

/** The longest interval is shorter than that of those that vote: an observer is told nothing that it does not ask for. */
const TIMES: LeaderFinderTimes = { repeatMin: 200, repeatMax: 2000, connect: 5000 };

/** In milliseconds. Of a search that follows a role the first question waits for `repeatMin`: an election takes longer. */
export type LeaderFinderTimes = Omit<ElectionTimes, 'finalizeWait'>;

export interface LeaderFinderOptions extends Omit<ElectionHostOptions, 'own' | 'times'> {
  readonly times?: Partial<LeaderFinderTimes>;
}

export class LeaderFinder {
  readonly #options: LeaderFinderOptions;
  readonly #times: LeaderFinderTimes;
  #network: ElectionNetwork | undefined;
  /** undefined while there is a leader. */
  #search: LeaderSearch | undefined;
  /** Searches that have begun; a notification names its round. */
  #round = 0;
  #question: NodeJS.Timeout | undefined;
  #closed = false;

  private constructor(options: LeaderFinderOptions) {
    this.#options = options;
    this.#times = { ...TIMES, ...options.times };
  }

  /** Listens on the election port and begins to look. Rejects when it cannot listen. */
  static async open(options: LeaderFinderOptions): Promise<LeaderFinder> {
    const { myId, addresses, listen, logger } = options;
    const finder = new LeaderFinder(options);
    finder.#network = await ElectionNetwork.open({
      myId,
      addresses,
      ...(listen === undefined ? {} : { listen }),
      timeoutMs: finder.#times.connect,
      receive: (from, notification) => {
        finder.#receive(from, notification);
      },
      logger,
    });
    finder.#look(0);
    return finder;
  }

  /** What is on disk here is of interest to nobody. */
  served(): void {
    // Nothing depends on it.
  }

  /** The server has lost its leader and looks again. */
  abandoned(): void {
    this.#look(this.#times.repeatMin);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#question);
    await this.#network?.close();
  }

  #look(waitMs: number): void {
    if (this.#closed) return;
    this.#search = new LeaderSearch(this.#options.voters);
    this.#round++;
    this.#options.logger.info('looks for the leader of those that vote', { round: this.#round });
    this.#askAfter(waitMs, this.#times.repeatMin);
  }

  /** Asks everybody that votes after that many milliseconds, and then in growing intervals. */
  #askAfter(waitMs: number, interval: number): void {
    clearTimeout(this.#question);
    this.#question = setTimeout(() => {
      const question = questionOf(this.#round, this.#options.configuration);
      for (const voter of this.#options.voters) this.#network?.send(voter, question);
      this.#askAfter(interval, Math.min(2 * interval, this.#times.repeatMax));
    }, waitMs);
  }

  #receive(from: ServerId, notification: Notification): void {
    if (this.#closed) return;
    const { logger, elected } = this.#options;
    logger.debug('a notification came', { from, ...notification });
    const word = wordOf(notification);
    const leader = word === undefined ? undefined : this.#search?.hear(from, word);
    if (leader === undefined) return;
    this.#search = undefined;
    clearTimeout(this.#question);
    logger.info('a leader is found', { leader, round: this.#round });
    elected(leader);
  }
}
