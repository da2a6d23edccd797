/**
 * How an observer finds the leader. It has no vote, so it takes no part in an election: it asks those that vote, and
 * believes what a quorum of them says that has left its election, the leader itself among them. FastLeaderElection.tla has
 * no observers; this is what its `JoinLeader` asks for where votes of the present round do not count.
 *
 * Whom an observer follows is no question of safety: a leader that is none brings nobody up to date.
 */
import { quorumSize } from '../broadcast/quorum-acks.ts';
import type { ServerId } from '../protocol/ensemble.ts';
import { sameLeader, speaksTrue, type Word } from './vote.ts';

/** One search: what was said before it began is not known to it. */
export class LeaderSearch {
  readonly #voters: readonly ServerId[];
  /** The last word of each server that follows or leads. */
  readonly #outcome = new Map<ServerId, Word>();

  constructor(voters: readonly ServerId[]) {
    this.#voters = voters;
  }

  /** The next word of a server; the leader, where this is what was missing to know it. */
  hear(from: ServerId, word: Word): ServerId | undefined {
    if (!this.#voters.includes(from) || !speaksTrue(this.#voters, from, word)) return undefined;
    if (word.state === 'LOOKING') {
      this.#outcome.delete(from);
      return undefined;
    }
    this.#outcome.set(from, word);
    const { leader } = word.vote;
    const agreed = [...this.#outcome].filter(([, said]) => sameLeader(said.vote, word.vote));
    const confirmed = agreed.some(([server, said]) => server === leader && said.state === 'LEADING');
    return confirmed && agreed.length >= quorumSize(this.#voters.length) ? leader : undefined;
  }
}
