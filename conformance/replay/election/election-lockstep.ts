/**
 * Drives elections along every edge of the state graph of FastLeaderElection.tla: each action is one event, each variable
 * is compared, what is remembered may not depend on the path, and what the specification has no step for does nothing.
 *
 * There is no disk here to lose anything between two effects, so effects are not cut short by crashes as those of a peer
 * are: words that were sent, and words that were not, are both what links may do.
 */
import type { Word } from '../../../impl/election/vote.ts';
import type { Arrival, Companion, CompanionEdge, JsonValue, Mismatch } from '../../tla/explore/companion.ts';
import { equal } from '../../tla/values/equality.ts';
import { format } from '../../tla/values/format.ts';
import type { Value } from '../../tla/values/value.ts';
import type { Specification, State } from '../../tla/specification.ts';
import { TlaError } from '../../tla/errors.ts';
import { difference, mismatch } from '../mismatch.ts';
import { boundActionOf } from '../model-actions.ts';
import { plainText } from '../plain-text.ts';
import { stepText } from '../step-text.ts';
import { ELECTION_VARIABLES, ElectionVocabulary, type ElectionVariable } from './election-vocabulary.ts';
import { CannotVote, ElectionDraft, type ElectionWorld } from './election-world.ts';

/** Actions in which a server reads a word, the first parameter from the second. */
const READS = new Set([
  'JoinRound',
  'AdoptVote',
  'CountVote',
  'PassOver',
  'HearOutcome',
  'JoinLeader',
  'Answer',
  'Disregard',
]);

export interface ElectionLockstepOptions {
  /** A variable whose projection is falsified on purpose: it stays what it was at the start. */
  readonly falsified?: ElectionVariable;
}

class ElectionLockstep implements Companion {
  readonly #vocabulary: ElectionVocabulary;
  readonly #draft: ElectionDraft;
  readonly #falsified: ElectionVariable | undefined;
  readonly #positions: readonly number[];
  #start: State = [];
  #source: ElectionWorld = { voters: [], links: [] };
  #arrived: ElectionWorld = { voters: [], links: [] };
  /** Servers whose wait may end in the present state, by the specification. */
  readonly #mayDecide = new Set<number>();
  #edgesReplayed = 0;
  #refusals = 0;

  constructor(specification: Specification, { falsified }: ElectionLockstepOptions) {
    this.#vocabulary = new ElectionVocabulary(specification);
    this.#draft = new ElectionDraft(this.#vocabulary.servers.elements.length, this.#vocabulary.flight);
    this.#falsified = falsified;
    this.#positions = ELECTION_VARIABLES.map((variable) => specification.variables.indexOf(variable));
  }

  initial(state: State): Arrival | Mismatch {
    if (this.#start.length === 0) this.#start = state;
    this.#draft.begin(this.#vocabulary.claimsOf(state));
    const world = this.#draft.finish();
    return this.#compare('the start', state, world) ?? this.#arrival(world);
  }

  begin(_source: State, snapshot: Uint8Array): void {
    this.#source = this.#draft.decode(snapshot);
    this.#mayDecide.clear();
  }

  edge({ action, args, target }: CompanionEdge): Arrival | Mismatch {
    const name = boundActionOf(action.name);
    const step = stepText(name, args);
    try {
      this.#draft.load(this.#source);
      this.#perform(name, args);
    } catch (error) {
      if (!(error instanceof CannotVote)) throw error;
      return mismatch(step, {
        kind: 'effect',
        what: 'an effect',
        specified: 'that it can be carried out',
        actual: error.message,
      });
    }
    const world = this.#draft.finish();
    this.#edgesReplayed += 1;
    return this.#compare(step, target, world) ?? this.#arrival(world);
  }

  end(): Mismatch | undefined {
    for (const [server, { content, text }] of this.#source.voters.entries()) {
      if (content.waiting !== this.#mayDecide.has(server)) {
        return mismatch(`WaitOver(${server + 1})`, {
          kind: 'effect',
          what: 'beginWait and endWait',
          specified: content.waiting ? 'that it is not enabled' : 'that it is enabled',
          actual: content.waiting ? 'waits' : 'does not wait',
        });
      }
      for (const stimulus of this.#stimuliFor(server)) {
        this.#draft.load(this.#source);
        const effects = this.#draft.give(server, stimulus);
        const after = plainText(this.#draft.voter(server));
        if (effects.length > 0 || after !== text) {
          return mismatch(`${plainText(stimulus)} at ${server + 1}`, {
            kind: 'refusal',
            what: 'a stimulus that the specification has no step for',
            specified: 'that nothing happens',
            actual:
              effects.length === 0
                ? 'changes its state'
                : `answers ${effects.map(({ type }) => type).join()}`,
          });
        }
        this.#refusals += 1;
      }
    }
    return undefined;
  }

  takeCounters(): Readonly<Record<string, number>> {
    const counters = { edgesReplayed: this.#edgesReplayed, refusals: this.#refusals };
    this.#edgesReplayed = 0;
    this.#refusals = 0;
    return counters;
  }

  /** What happens to the world, and the one event that the acting server is given. */
  #perform(action: string, args: readonly Value[]): void {
    const draft = this.#draft;
    const server = this.#vocabulary.serverIndex(args[0]);
    if (READS.has(action)) {
      const from = this.#vocabulary.serverIndex(args[1]);
      const word = draft.take(from, server);
      if (word === undefined) throw new CannotVote('nobody sent the word that is read');
      draft.give(server, { type: 'word', from: draft.id(from), word });
      return;
    }
    switch (action) {
      case 'WaitOver':
        this.#mayDecide.add(server);
        draft.endWait(server);
        draft.give(server, { type: 'waitOver' });
        break;
      case 'Serve':
        draft.give(server, { type: 'served', own: this.#vocabulary.claim(args[1]) });
        break;
      case 'Abandon':
        draft.give(server, { type: 'abandoned' });
        break;
      case 'Crash':
        draft.start(server, draft.voter(server).election.own);
        break;
      case 'Lose':
        draft.breakLink(this.#vocabulary.serverIndex(args[1]), server);
        break;
      default:
        throw new TlaError('configuration', `nothing in the implementation stands for the action ${action}`);
    }
  }

  /** What a server meets without there being a step for it. */
  #stimuliFor(server: number): Parameters<ElectionDraft['give']>[1][] {
    const draft = this.#draft;
    draft.load(this.#source);
    const { election } = draft.voter(server);
    const stimuli: Parameters<ElectionDraft['give']>[1][] = [];
    if (!this.#mayDecide.has(server)) stimuli.push({ type: 'waitOver' });
    if (election.role === 'LOOKING') stimuli.push({ type: 'abandoned' });
    const self = draft.id(server);
    const [other = self] = draft.configs.map(({ id }) => id).filter((id) => id !== self);
    const wordOf = (state: Word['state'], leader: typeof self): Word => ({
      state,
      round: election.round,
      vote: { ...election.vote, leader },
    });
    stimuli.push(
      // Its own words, as from a server that took its id.
      { type: 'word', from: self, word: wordOf('LOOKING', self) },
      // Words that speak for others.
      { type: 'word', from: other, word: wordOf('LEADING', self) },
      { type: 'word', from: other, word: wordOf('FOLLOWING', other) },
      // A round that there is not.
      { type: 'word', from: other, word: { ...wordOf('LOOKING', other), round: 0 } },
    );
    return stimuli;
  }

  #compare(step: string, state: State, world: ElectionWorld): Mismatch | undefined {
    for (const [i, variable] of ELECTION_VARIABLES.entries()) {
      const position = this.#positions[i] ?? -1;
      const specified = state[position];
      if (specified === undefined) throw new TlaError('configuration', `there is no variable ${variable}`);
      const actual =
        variable === this.#falsified
          ? (this.#start[position] ?? specified)
          : this.#vocabulary.valueIn(world, variable);
      if (equal(specified, actual)) continue;
      const [at, said, found] = firstDifference(specified, actual);
      return difference(step, { variable, seenBy: 'server', at, specified: said, actual: found });
    }
    return undefined;
  }

  #arrival(world: ElectionWorld): Arrival {
    this.#arrived = world;
    return {
      kind: 'arrival',
      digest: this.#draft.digest(world),
      snapshot: () => this.#draft.encode(this.#arrived),
    };
  }
}

/** Of which server do two functions of the servers differ, and how? */
function firstDifference(specified: Value, actual: Value): [string, string, string] {
  if (
    typeof specified === 'object' &&
    typeof actual === 'object' &&
    specified.kind === 'tuple' &&
    actual.kind === 'tuple'
  ) {
    const index = specified.elements.findIndex((value, i) => {
      const other = actual.elements[i];
      return other === undefined || !equal(value, other);
    });
    const [one, other] = [specified.elements[index], actual.elements[index]];
    if (one !== undefined && other !== undefined) return [String(index + 1), format(one), format(other)];
  }
  return ['all servers', format(specified), format(actual)];
}

export function createCompanion(specification: Specification, options: JsonValue): Companion {
  const falsified =
    typeof options === 'object' && options !== null && 'falsified' in options
      ? options['falsified']
      : undefined;
  const variable = ELECTION_VARIABLES.find((name) => name === falsified);
  return new ElectionLockstep(specification, variable === undefined ? {} : { falsified: variable });
}
