/**
 * The companion of an exploration that drives the peers along every edge of the state graph.
 *
 * For each edge the world of its source is restored, the action is performed by the binding, and every variable of the
 * specification is compared with the world. The world's digest goes back to the explorer, which compares it with that of
 * other paths to the same state: what a peer remembers beyond the specification's variables is found there.
 */
import type { Arrival, Companion, CompanionEdge, JsonValue, Mismatch } from '../tla/explore/companion.ts';
import type { Specification, State } from '../tla/specification.ts';
import { Binding, CannotPerform } from './binding.ts';
import { CrashPrefixes } from './crash-prefixes.ts';
import { Draft } from './draft.ts';
import { difference, mismatch } from './mismatch.ts';
import { boundActionOf } from './model-actions.ts';
import { Projection, VARIABLES } from './projection.ts';
import { Refusals } from './refusals.ts';
import { stepText } from './step-text.ts';
import { lockstepOptions, type LockstepOptions } from './subject.ts';
import { Vocabulary } from './vocabulary.ts';
import { WorldParts, type World } from './world.ts';

const NO_WORLD: World = { peers: [], hosts: [], channels: [], openEnds: 0 };

class Lockstep implements Companion {
  private readonly projection: Projection;
  private readonly parts: WorldParts;
  private readonly draft: Draft;
  private readonly binding: Binding;
  private readonly refusals: Refusals | undefined;
  private readonly crashPrefixes: CrashPrefixes | undefined;
  private sourceState: State = [];
  private source: World = NO_WORLD;
  private arrived: World = NO_WORLD;
  private edgesReplayed = 0;

  constructor(specification: Specification, options: LockstepOptions) {
    const vocabulary = new Vocabulary(specification);
    const falsified = VARIABLES.find((variable) => variable === options.falsified);
    this.projection = new Projection(vocabulary, falsified);
    this.parts = new WorldParts(vocabulary.servers.length);
    this.draft = new Draft(this.parts);
    this.binding = new Binding(vocabulary, this.draft);
    const scene = {
      vocabulary,
      projection: this.projection,
      parts: this.parts,
      draft: this.draft,
      binding: this.binding,
    };
    this.refusals = options.refusals === false ? undefined : new Refusals(scene);
    this.crashPrefixes = options.crashPrefixes === false ? undefined : new CrashPrefixes(scene);
  }

  initial(state: State): Arrival | Mismatch {
    this.draft.begin();
    const world = this.draft.finish();
    const different = this.projection.difference(state, world);
    if (different !== undefined) return difference('the start', different);
    return this.arrival(world);
  }

  begin(source: State, snapshot: Uint8Array): void {
    this.sourceState = source;
    this.source = this.parts.decode(snapshot);
    this.refusals?.begin();
  }

  edge({ action, args, target }: CompanionEdge): Arrival | Mismatch {
    const name = boundActionOf(action.name);
    const { draft } = this;
    try {
      draft.load(this.source);
      const performed = this.binding.perform(name, args);
      const world = draft.finish();
      this.edgesReplayed += 1;
      const different = this.projection.difference(target, world);
      if (different !== undefined) return difference(stepText(name, args), different);
      this.refusals?.cover(name, args);
      const early = this.crashPrefixes?.check(name, performed, this.source, this.sourceState, world, target);
      if (early !== undefined) return mismatch(stepText(name, args), early);
      return this.arrival(world);
    } catch (error) {
      if (!(error instanceof CannotPerform)) throw error;
      return mismatch(stepText(name, args), {
        kind: error.kind,
        what: error.kind,
        specified: error.expected,
        actual: error.actual,
      });
    }
  }

  end(): Mismatch | undefined {
    return this.refusals?.end(this.sourceState, this.source);
  }

  takeCounters(): Readonly<Record<string, number>> {
    const counters = {
      edgesReplayed: this.edgesReplayed,
      refusals: this.refusals?.takeCount() ?? 0,
      crashPrefixes: this.crashPrefixes?.takeCount() ?? 0,
    };
    this.edgesReplayed = 0;
    return counters;
  }

  private arrival(world: World): Arrival {
    this.arrived = world;
    return {
      kind: 'arrival',
      digest: this.parts.digest(world),
      snapshot: () => this.parts.encode(this.arrived),
    };
  }
}

export function createCompanion(specification: Specification, options: JsonValue): Companion {
  return new Lockstep(specification, lockstepOptions(options));
}
