/** Drives the peers along one behaviour, step by step. */
import type { Mismatch } from '../tla/explore/companion.ts';
import type { Path } from '../tla/explore/path.ts';
import type { Specification, State } from '../tla/specification.ts';
import type { Value } from '../tla/values/value.ts';
import { Binding, CannotPerform } from './binding.ts';
import { differentPart, type DifferentPart } from './different-part.ts';
import { Draft } from './draft.ts';
import { difference, mismatch } from './mismatch.ts';
import { boundActionOf } from './model-actions.ts';
import { Projection, type Variable } from './projection.ts';
import { stepText } from './step-text.ts';
import { Vocabulary } from './vocabulary.ts';
import { WorldParts, type World } from './world.ts';

export class Driver {
  private readonly projection: Projection;
  private readonly draft: Draft;
  private readonly binding: Binding;

  /** @param falsified a variable that is projected wrongly on purpose */
  constructor(specification: Specification, falsified?: Variable) {
    const vocabulary = new Vocabulary(specification);
    this.projection = new Projection(vocabulary, falsified);
    this.draft = new Draft(new WorldParts(vocabulary.servers.length));
    this.binding = new Binding(vocabulary, this.draft);
    this.draft.begin();
  }

  /** Servers start for the first time, and are compared with that state. */
  start(state: State): Mismatch | undefined {
    this.draft.begin();
    const world = this.draft.finish();
    this.draft.load(world);
    const different = this.projection.difference(state, world);
    return different && difference('the start', different);
  }

  /** Performs an action, and compares the world with the state that it leads to. */
  step(action: string, args: readonly Value[], target: State): Mismatch | undefined {
    const name = boundActionOf(action);
    try {
      this.binding.perform(name, args);
    } catch (error) {
      if (!(error instanceof CannotPerform)) throw error;
      const { kind, expected, actual } = error;
      return mismatch(stepText(name, args), { kind, what: kind, specified: expected, actual });
    }
    const world = this.draft.finish();
    this.draft.load(world);
    const different = this.projection.difference(target, world);
    return different && difference(stepText(name, args), different);
  }

  /** The world as it is now. */
  world(): World {
    return this.draft.finish();
  }
}

/** Where two paths to one state leave the world in different conditions, in words. */
export function explainRemembered(
  specification: Specification,
  first: Path,
  second: Path,
): DifferentPart | undefined {
  const [a, b] = [first, second].map((path) => {
    const driver = new Driver(specification);
    for (const { action, args, state } of path) {
      if (action !== undefined) driver.step(action.name, args ?? [], state);
    }
    const { peers, hosts, channels } = driver.world();
    return { peers, hosts, channels };
  });
  return a && b && differentPart(a, b);
}
