/**
 * How an action of the specification is done to the world: from its name and parameters to what happens to links and
 * timers, and to the one event that the acting server is given. Neither the state before nor the state after is known
 * here.
 */
import { TlaError } from '../../tla/errors.ts';
import type { Value } from '../../tla/values/value.ts';
import { CannotPerform } from '../binding.ts';
import type { ElectionVocabulary } from './election-vocabulary.ts';
import type { ElectionDraft } from './election-world.ts';

/** Actions in which a server reads a word, the first parameter from the second. */
const READS: readonly string[] = [
  'JoinRound',
  'AdoptVote',
  'CountVote',
  'PassOver',
  'HearOutcome',
  'JoinLeader',
  'Answer',
  'Disregard',
];

/** Every action that can be performed. */
export const ELECTION_ACTIONS: readonly string[] = [
  ...READS,
  'WaitOver',
  'Serve',
  'Abandon',
  'Crash',
  'Lose',
];

export class ElectionBinding {
  readonly #vocabulary: ElectionVocabulary;
  readonly #draft: ElectionDraft;

  constructor(vocabulary: ElectionVocabulary, draft: ElectionDraft) {
    this.#vocabulary = vocabulary;
    this.#draft = draft;
  }

  /**
   * Performs an action in the draft.
   * @throws CannotPerform when it cannot be done
   */
  perform(action: string, args: readonly Value[]): void {
    const draft = this.#draft;
    const server = this.#vocabulary.serverIndex(args[0]);
    if (READS.includes(action)) {
      const from = this.#vocabulary.serverIndex(args[1]);
      const word = draft.take(from, server);
      if (word === undefined) throw new CannotPerform('event', 'a word can be read', 'nobody sent one');
      draft.give(server, { type: 'word', from: draft.id(from), word });
      return;
    }
    switch (action) {
      case 'WaitOver':
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
}
