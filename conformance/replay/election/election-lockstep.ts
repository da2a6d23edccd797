/**
 * Drives elections along every edge of the state graph of FastLeaderElection.tla: each action is one event, each variable
 * is compared, what is remembered may not depend on the path, and what the specification has no step for does nothing.
 *
 * There is no disk here to lose anything between two effects, so effects are not cut short by crashes as those of a peer
 * are: words that were sent, and words that were not, are both what links may do.
 */
import type { Arrival, Companion, CompanionEdge, JsonValue, Mismatch } from '../../tla/explore/companion.ts';
import type { Path } from '../../tla/explore/path.ts';
import type { Specification, State } from '../../tla/specification.ts';
import { CannotPerform } from '../binding.ts';
import { differentPart, type DifferentPart } from '../different-part.ts';
import { difference, mismatch } from '../mismatch.ts';
import { boundActionOf } from '../model-actions.ts';
import { stepText } from '../step-text.ts';
import { lockstepOptions, type LockstepOptions } from '../subject.ts';
import { ElectionBinding } from './election-binding.ts';
import { ElectionProjection } from './election-projection.ts';
import { ElectionRefusals } from './election-refusals.ts';
import { ELECTION_VARIABLES, ElectionVocabulary } from './election-vocabulary.ts';
import { ElectionDraft, NO_ELECTION, type ElectionWorld } from './election-world.ts';

class ElectionLockstep implements Companion {
  readonly #vocabulary: ElectionVocabulary;
  readonly #projection: ElectionProjection;
  readonly #draft: ElectionDraft;
  readonly #binding: ElectionBinding;
  readonly #refusals: ElectionRefusals | undefined;
  #source: ElectionWorld = NO_ELECTION;
  #arrived: ElectionWorld = NO_ELECTION;
  #edgesReplayed = 0;

  constructor(specification: Specification, { falsified, refusals }: LockstepOptions) {
    this.#vocabulary = new ElectionVocabulary(specification);
    const variable = ELECTION_VARIABLES.find((name) => name === falsified);
    this.#projection = new ElectionProjection(this.#vocabulary, specification, variable);
    this.#draft = new ElectionDraft(this.#vocabulary.servers.elements.length, this.#vocabulary.flight);
    this.#binding = new ElectionBinding(this.#vocabulary, this.#draft);
    this.#refusals = refusals === false ? undefined : new ElectionRefusals(this.#draft.configs);
  }

  initial(state: State): Arrival | Mismatch {
    this.#draft.begin(this.#vocabulary.claimsOf(state));
    const world = this.#draft.finish();
    const different = this.#projection.difference(state, world);
    return different === undefined ? this.#arrival(world) : difference('the start', different);
  }

  begin(_source: State, snapshot: Uint8Array): void {
    this.#source = this.#draft.decode(snapshot);
    this.#refusals?.begin();
  }

  edge({ action, args, target }: CompanionEdge): Arrival | Mismatch {
    const name = boundActionOf(action.name);
    try {
      this.#draft.load(this.#source);
      this.#binding.perform(name, args);
    } catch (error) {
      if (!(error instanceof CannotPerform)) throw error;
      const { kind, expected, actual } = error;
      return mismatch(stepText(name, args), { kind, what: kind, specified: expected, actual });
    }
    const world = this.#draft.finish();
    this.#edgesReplayed += 1;
    const different = this.#projection.difference(target, world);
    if (different !== undefined) return difference(stepText(name, args), different);
    this.#refusals?.cover(name, this.#vocabulary.serverIndex(args[0]));
    return this.#arrival(world);
  }

  end(): Mismatch | undefined {
    return this.#refusals?.end(this.#source);
  }

  takeCounters(): Readonly<Record<string, number>> {
    const counters = { edgesReplayed: this.#edgesReplayed, refusals: this.#refusals?.takeCount() ?? 0 };
    this.#edgesReplayed = 0;
    return counters;
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

export function createCompanion(specification: Specification, options: JsonValue): Companion {
  return new ElectionLockstep(specification, lockstepOptions(options));
}

/** Where two paths to one state leave the world in different conditions, in words. */
export function explainRemembered(
  specification: Specification,
  first: Path,
  second: Path,
): DifferentPart | undefined {
  const vocabulary = new ElectionVocabulary(specification);
  const draft = new ElectionDraft(vocabulary.servers.elements.length, vocabulary.flight);
  const binding = new ElectionBinding(vocabulary, draft);
  const [a, b] = [first, second].map((path) => {
    for (const { action, args, state } of path) {
      if (action === undefined) draft.begin(vocabulary.claimsOf(state));
      else binding.perform(boundActionOf(action.name), args ?? []);
    }
    const { voters, links } = draft.finish();
    return { voters, links };
  });
  return a && b && differentPart(a, b);
}
