/**
 * Nothing more: in every state every server meets what the specification has no step for, and does nothing. What it does
 * depends on what it remembers alone, so each distinct memory is asked once, and counted in every state in which it stands.
 */
import { Election, type ElectionEvent } from '../../../impl/election/election.ts';
import type { Role, Word } from '../../../impl/election/vote.ts';
import { serverId, type PeerConfig } from '../../../impl/protocol/ensemble.ts';
import type { Mismatch } from '../../tla/explore/companion.ts';
import { mismatch } from '../mismatch.ts';
import type { Part } from '../part.ts';
import { plainText } from '../plain-text.ts';
import type { ElectionWorld, Voter } from './election-world.ts';

export class ElectionRefusals {
  readonly #configs: readonly PeerConfig[];
  /** For each server how many stimuli it refuses with that memory, or which it does not refuse. */
  readonly #manners: readonly WeakMap<Part<Voter>, number | Mismatch>[];
  /** Servers whose wait may end in the present state, by the specification. */
  readonly #mayDecide = new Set<number>();
  #count = 0;

  constructor(configs: readonly PeerConfig[]) {
    this.#configs = configs;
    this.#manners = configs.map(() => new WeakMap<Part<Voter>, number | Mismatch>());
  }

  takeCount(): number {
    const count = this.#count;
    this.#count = 0;
    return count;
  }

  begin(): void {
    this.#mayDecide.clear();
  }

  /** The specification has this step, and it was compared. */
  cover(action: string, server: number): void {
    if (action === 'WaitOver') this.#mayDecide.add(server);
  }

  /** All steps of the state were given: nothing else may happen in it. */
  end({ voters }: ElectionWorld): Mismatch | undefined {
    for (const [server, part] of voters.entries()) {
      const { waiting } = part.content;
      if (waiting !== this.#mayDecide.has(server)) {
        return mismatch(`WaitOver(${server + 1})`, {
          kind: 'effect',
          what: 'beginWait and endWait',
          specified: waiting ? 'that it is not enabled' : 'that it is enabled',
          actual: waiting ? 'waits' : 'does not wait',
        });
      }
      let manner = this.#manners[server]?.get(part);
      if (manner === undefined) {
        manner = this.#examine(server, part.content);
        this.#manners[server]?.set(part, manner);
      }
      if (typeof manner !== 'number') return manner;
      this.#count += manner;
    }
    return undefined;
  }

  #examine(server: number, voter: Voter): number | Mismatch {
    const config = this.#configs[server];
    if (config === undefined) throw new RangeError(`there is no server ${server}`);
    const stimuli = stimuliOf(config, voter);
    const before = plainText(voter.election);
    for (const stimulus of stimuli) {
      const election = Election.restore(config, voter.election);
      const answer = answerOf(election, stimulus);
      if (answer === undefined && plainText(election.snapshot()) === before) continue;
      return mismatch(`${plainText(stimulus)} at ${server + 1}`, {
        kind: 'refusal',
        what: 'a stimulus that the specification has no step for',
        specified: 'that nothing happens',
        actual: answer ?? 'changes its state',
      });
    }
    return stimuli.length;
  }
}

function answerOf(election: Election, stimulus: ElectionEvent): string | undefined {
  try {
    const effects = election.step(stimulus);
    return effects.length === 0 ? undefined : `answers ${effects.map(({ type }) => type).join()}`;
  } catch (error) {
    return `throws ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`;
  }
}

/** What a server that stands like this meets without there being a step for it. */
function stimuliOf({ id, ensemble }: PeerConfig, { election, waiting }: Voter): ElectionEvent[] {
  const stimuli: ElectionEvent[] = [];
  if (!waiting) stimuli.push({ type: 'waitOver' });
  if (election.role === 'LOOKING') stimuli.push({ type: 'abandoned' });
  const stranger = serverId(Math.max(...ensemble) + 1);
  const word = (state: Role, leader: typeof id, more: Partial<Word> = {}): Word => ({
    state,
    // A vote that no server has, and that would win.
    round: election.round + 1,
    vote: { leader, epoch: election.vote.epoch + 1, zxid: election.vote.zxid },
    ...more,
  });
  // Its own words, as from a server that took its id, and those of a server that does not vote.
  stimuli.push({ type: 'word', from: id, word: word('LOOKING', id) });
  stimuli.push({ type: 'word', from: stranger, word: word('LOOKING', stranger) });
  for (const other of ensemble) {
    if (other === id) continue;
    stimuli.push(
      // Words that speak for others.
      { type: 'word', from: other, word: word('LEADING', id) },
      { type: 'word', from: other, word: word('FOLLOWING', other) },
      // A round that there is not, and a leader that does not vote.
      { type: 'word', from: other, word: word('LOOKING', other, { round: 0 }) },
      { type: 'word', from: other, word: word('LOOKING', stranger) },
    );
  }
  return stimuli;
}
