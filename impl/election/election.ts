/**
 * Fast leader election as a state machine: an event in, effects out. No clock, no randomness, no I/O. Each event is an
 * action of FastLeaderElection.tla, and each handler has the action's name.
 *
 * The contract for the host, which owns the links and the timers:
 *
 * Links. `send` puts a word on the link to another server, where it takes the place of one that did not leave yet. The
 * newest word on a link is sent again when its connection is made anew, and now and then while the server looks. So
 * words may be lost, or come again, but those of one connection come in order, and the newest comes at last.
 *
 * The wait. After `beginWait` the host waits for a while (ZooKeeper: 200 ms) and then gives `waitOver`, unless `endWait`
 * or another `beginWait` came, which ends the wait or begins it again. What arrives meanwhile is given first.
 *
 * The disk. `own` is what is on disk: the host gives `served` when following or leading has changed it, and `abandoned`
 * when the server has given its role up, after a last `served` if that is needed. Nothing changes while a server looks.
 */
import { assert } from '../broadcast/assertion.ts';
import { quorumSize } from '../broadcast/quorum-acks.ts';
import { zxidsEqual } from '../broadcast/zxid.ts';
import type { PeerConfig, ServerId } from '../protocol/ensemble.ts';
import {
  beats,
  sameLeader,
  speaksTrue,
  voteFor,
  votesEqual,
  type Claim,
  type Role,
  type Vote,
  type Word,
} from './vote.ts';

export type ElectionEvent =
  /** `JoinRound`, `AdoptVote`, …: the next word on the link from that server. */
  | { readonly type: 'word'; readonly from: ServerId; readonly word: Word }
  /** `WaitOver`: the wait has ended. Ignored unless a quorum agrees. */
  | { readonly type: 'waitOver' }
  /** `Serve`: following or leading has changed what is on disk. */
  | { readonly type: 'served'; readonly own: Claim }
  /** `Abandon`: the server follows or leads no longer. */
  | { readonly type: 'abandoned' };

export type ElectionEffect =
  | { readonly type: 'send'; readonly to: ServerId; readonly word: Word }
  | { readonly type: 'beginWait' }
  | { readonly type: 'endWait' }
  /** The election is over for this server: it is to follow that one, or to lead when it is itself. */
  | { readonly type: 'elected'; readonly leader: ServerId };

/** All that a server remembers of elections, as a plain value. */
export interface ElectionSnapshot {
  readonly own: Claim;
  readonly role: Role;
  readonly round: number;
  readonly vote: Vote;
  /** The others that agree, in the order of the ensemble. */
  readonly backers: readonly ServerId[];
  /** In the order of the ensemble: the last word of each server that follows or leads, null for the others. */
  readonly outcome: readonly (Word | null)[];
}

export class Election {
  readonly config: PeerConfig;
  readonly #quorum: number;
  #own: Claim;
  #role: Role = 'LOOKING';
  #round = 1;
  #vote: Vote;
  #backers: ReadonlySet<ServerId> = new Set();
  #outcome: ReadonlyMap<ServerId, Word> = new Map();

  private constructor(config: PeerConfig, own: Claim) {
    this.config = config;
    this.#quorum = quorumSize(config.ensemble.length);
    this.#own = own;
    this.#vote = voteFor(config.id, own);
  }

  /** A server that starts, and tells the others. Spec: `Init`, and `Crash` from the start on. */
  static start(
    config: PeerConfig,
    own: Claim,
  ): { readonly election: Election; readonly effects: readonly ElectionEffect[] } {
    const election = new Election(config, own);
    const effects: ElectionEffect[] = [];
    election.#tellAll(effects);
    return { election, effects };
  }

  static restore(config: PeerConfig, snapshot: ElectionSnapshot): Election {
    const election = new Election(config, snapshot.own);
    election.#role = snapshot.role;
    election.#round = snapshot.round;
    election.#vote = snapshot.vote;
    election.#backers = new Set(snapshot.backers);
    election.#outcome = new Map(
      config.ensemble.flatMap((server, slot) => {
        const word = snapshot.outcome[slot] ?? null;
        return word === null ? [] : [[server, word] as const];
      }),
    );
    return election;
  }

  snapshot(): ElectionSnapshot {
    const { ensemble } = this.config;
    return {
      own: this.#own,
      role: this.#role,
      round: this.#round,
      vote: this.#vote,
      backers: ensemble.filter((server) => this.#backers.has(server)),
      outcome: ensemble.map((server) => this.#outcome.get(server) ?? null),
    };
  }

  /** Takes one event; the effects are to be carried out in order. An event that says nothing here has none. */
  step(event: ElectionEvent): readonly ElectionEffect[] {
    const effects: ElectionEffect[] = [];
    switch (event.type) {
      case 'word':
        this.#receive(event.from, event.word, effects);
        break;
      case 'waitOver':
        if (this.#role === 'LOOKING' && this.#agreed) this.#leave(this.#round, this.#vote, effects);
        break;
      case 'served':
        this.#serve(event.own);
        break;
      case 'abandoned':
        if (this.#role !== 'LOOKING') this.#look(this.#round + 1, effects);
        break;
    }
    return effects;
  }

  #receive(from: ServerId, word: Word, effects: ElectionEffect[]): void {
    if (from === this.config.id || !this.config.ensemble.includes(from)) return;
    if (!speaksTrue(this.config.ensemble, from, word)) return;
    const agreedBefore = this.#agreed;
    const voteBefore = this.#vote;
    if (this.#role !== 'LOOKING') {
      if (word.state === 'LOOKING') this.#answer(from, effects);
      return;
    }
    if (word.state === 'LOOKING') {
      this.#outcome = without(this.#outcome, from);
      if (word.round > this.#round) this.#joinRound(from, word, effects);
      else if (word.round < this.#round) this.#passOver(from);
      else if (beats(word.vote, this.#vote)) this.#adoptVote(from, word, effects);
      else this.#countVote(from, word);
    } else if (this.#joins(from, word)) {
      if (agreedBefore) effects.push({ type: 'endWait' });
      this.#leave(word.round, word.vote, effects);
      return;
    } else {
      this.#hearOutcome(from, word);
    }
    if (this.#agreed && (!agreedBefore || this.#vote !== voteBefore)) effects.push({ type: 'beginWait' });
    else if (!this.#agreed && agreedBefore) effects.push({ type: 'endWait' });
  }

  /** Spec `JoinRound`: a later round has begun; the server votes anew there, for the larger of its own and the one heard. */
  #joinRound(from: ServerId, { round, vote }: Word, effects: ElectionEffect[]): void {
    const own = voteFor(this.config.id, this.#own);
    const heardWins = !beats(own, vote);
    this.#round = round;
    this.#vote = heardWins ? vote : own;
    this.#backers = new Set(heardWins ? [from] : []);
    this.#tellAll(effects);
  }

  /** Spec `AdoptVote`: a vote of this round that beats its own; those that agreed with the old one no longer do. */
  #adoptVote(from: ServerId, { vote }: Word, effects: ElectionEffect[]): void {
    this.#vote = vote;
    this.#backers = new Set([from]);
    this.#tellAll(effects);
  }

  /** Spec `CountVote`: its own vote, or a smaller one. */
  #countVote(from: ServerId, { vote }: Word): void {
    if (votesEqual(vote, this.#vote)) this.#backers = new Set([...this.#backers, from]);
    else this.#passOver(from);
  }

  /** Spec `PassOver`: a vote that does not count here; the newest word on the link to `from` is what that one needs. */
  #passOver(from: ServerId): void {
    this.#backers = new Set([...this.#backers].filter((server) => server !== from));
  }

  /** Spec `HearOutcome`: one that follows or leads, which is not enough to join. */
  #hearOutcome(from: ServerId, word: Word): void {
    this.#outcome = new Map([...this.#outcome, [from, word]]);
    this.#passOver(from);
  }

  /** Spec `Answer`: one that looks asks one that follows or leads. */
  #answer(from: ServerId, effects: ElectionEffect[]): void {
    effects.push({ type: 'send', to: from, word: this.word });
  }

  /**
   * Spec `JoinLeader`: does this word complete what the server needs to join a leader without an election? A quorum for
   * the leader and its epoch, either in this round, where votes count as well, or after whichever; and the leader's own
   * word that it leads, without which one that has crashed could be elected again and again.
   */
  #joins(from: ServerId, word: Word): boolean {
    const known = new Map([...this.#outcome, [from, word]]);
    const { leader } = word.vote;
    const isSelf = leader === this.config.id;
    const leadersWord = known.get(leader);
    const confirmed = isSelf ? word.round === this.#round : leadersWord?.state === 'LEADING';
    if (!confirmed) return false;
    const established = [...known].filter(([, said]) => sameLeader(said.vote, word.vote));
    if (established.length >= this.#quorum) return true;
    if (word.round !== this.#round || (!isSelf && leadersWord?.round !== this.#round)) return false;
    const inRound = new Set(
      established.filter(([, said]) => said.round === this.#round).map(([server]) => server),
    );
    if (votesEqual(word.vote, this.#vote)) {
      for (const server of this.#backers) if (server !== from) inRound.add(server);
      inRound.add(this.config.id);
    }
    return inRound.size >= this.#quorum;
  }

  /** Spec `Leave`: the election is over for this server. */
  #leave(round: number, vote: Vote, effects: ElectionEffect[]): void {
    this.#role = vote.leader === this.config.id ? 'LEADING' : 'FOLLOWING';
    this.#round = round;
    this.#vote = vote;
    this.#forget();
    effects.push({ type: 'elected', leader: vote.leader });
  }

  /** Spec `Look`: begins to look in that round, voting for itself, and tells the others. */
  #look(round: number, effects: ElectionEffect[]): void {
    this.#role = 'LOOKING';
    this.#round = round;
    this.#vote = voteFor(this.config.id, this.#own);
    this.#forget();
    this.#tellAll(effects);
  }

  /**
   * Spec `Serve`: what is on disk has changed. With a new epoch the vote tells it, so that those who look find the same
   * at all that follow one leader.
   */
  #serve(own: Claim): void {
    assert(this.#role !== 'LOOKING', 'what is on disk changes only while a server follows or leads');
    const before = this.#own;
    if (own.epoch === before.epoch && zxidsEqual(own.zxid, before.zxid)) return;
    this.#own = own;
    if (own.epoch > before.epoch) this.#vote = { ...this.#vote, epoch: own.epoch };
  }

  /** Does a quorum agree with this server, by votes of its round? Spec: `Agreed`. */
  get #agreed(): boolean {
    return this.#role === 'LOOKING' && this.#backers.size + 1 >= this.#quorum;
  }

  /** What this server says when it speaks. Spec: `WordOf`. */
  get word(): Word {
    return { state: this.#role, round: this.#round, vote: this.#vote };
  }

  #tellAll(effects: ElectionEffect[]): void {
    const { word } = this;
    for (const to of this.config.ensemble) {
      if (to !== this.config.id) effects.push({ type: 'send', to, word });
    }
  }

  #forget(): void {
    this.#backers = new Set();
    this.#outcome = new Map();
  }
}

function without<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  if (!map.has(key)) return map;
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}
