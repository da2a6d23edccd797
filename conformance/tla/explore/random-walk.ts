/** Random behaviours of a specification, the same ones for the same seed. */
import type { Specification } from '../specification.ts';
import { evaluationFinding, type Finding } from './finding.ts';
import type { Figures, Outcome, Verdict } from './outcome.ts';
import type { PathStep } from './path.ts';
import { Random } from './random.ts';
import type { StateCodec } from './state-codec.ts';
import { NO_PARENT, StateTable } from './state-table.ts';
import { findInitialViolation, findStepViolation, findViolation } from './violations.ts';

export interface Walk {
  readonly path: readonly PathStep[];
  /** What the last state, or the attempt to leave it, came upon. */
  readonly finding?: Finding;
  /** Successors generated on the way, the initial states included. */
  readonly generated: number;
}

/**
 * Walks from a random initial state for at most `depth` states. Each step first chooses, with equal chances, the name of
 * an action that is possible, then one of its successors within the bounds of the model: actions with many successors do
 * not crowd out the others. The walk ends early where there is no such successor, or where something is found.
 */
export function randomWalk(specification: Specification, random: Random, depth: number): Walk {
  const path: PathStep[] = [];
  let generated = 0;
  const end = (finding?: Finding): Walk =>
    finding === undefined ? { path, generated } : { path, generated, finding };

  const initial: PathStep[] = [];
  try {
    specification.initialStates((state) => {
      generated += 1;
      if (specification.constraints.every((constraint) => constraint.holds(state))) initial.push({ state });
    });
  } catch (error) {
    return end(evaluationFinding(error, 'the initial predicate'));
  }
  let step = choose(initial, random);
  while (step !== undefined) {
    const source = path.at(-1);
    path.push(step);
    const { state } = step;
    const violation =
      source === undefined
        ? findInitialViolation(specification, state)
        : (findViolation(specification, state) ?? findStepViolation(specification, source.state, state));
    if (violation !== undefined) return end(violation);
    if (path.length >= depth) return end();

    const byAction = new Map<string, PathStep[]>();
    let successors = 0;
    try {
      specification.successors(state, (next, action, args) => {
        successors += 1;
        const within =
          specification.constraints.every((constraint) => constraint.holds(next)) &&
          specification.actionConstraints.every((constraint) => constraint.holds(state, next));
        if (!within) return;
        const same = byAction.get(action.name);
        const possible = { state: next, action, args };
        if (same === undefined) byAction.set(action.name, [possible]);
        else same.push(possible);
      });
    } catch (error) {
      return end(evaluationFinding(error, 'the next-state relation'));
    }
    generated += successors;
    if (successors === 0 && specification.checkDeadlock) return end({ kind: 'deadlock' });
    step = choose(choose([...byAction.values()], random) ?? [], random);
  }
  return end();
}

function choose<T>(items: readonly T[], random: Random): T | undefined {
  return items.length === 0 ? undefined : items[random.below(items.length)];
}

export interface SimulationOptions {
  /** Walks, at most; Infinity is a number too, as long as a signal ends them. */
  readonly runs: number;
  /** States in a walk, at most. */
  readonly depth: number;
  /** A whole number below 2^32. Walk i, from 0, makes the choices of seed + i, whatever came before it. */
  readonly seed: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (walks: number) => void;
}

/** What random walks came to. */
export interface Simulation extends Outcome {
  readonly walks: {
    /** Walks that were begun. */
    readonly count: number;
    /** States visited, each as often as it was. */
    readonly states: number;
    /** The seed with which the first walk is the one that found something; undefined if none did. */
    readonly foundBy?: number;
  };
}

const SEEDS = 2 ** 32;

/** Random walks, one after the other, until one finds something. States outside CONSTRAINT are not entered or checked. */
export async function simulate(
  specification: Specification,
  codec: StateCodec,
  options: SimulationOptions,
): Promise<Simulation> {
  const seen = new StateTable(false);
  const steps = new Map<string, number>();
  let generated = 0;
  let depth = 0;
  let initialDistinct = 0;
  let count = 0;
  let states = 0;
  let foundBy: number | undefined;
  let verdict: Verdict = { kind: 'ok' };
  while (count < options.runs) {
    if (options.signal?.aborted === true) {
      verdict = { kind: 'interrupted' };
      break;
    }
    const seed = (options.seed + count) % SEEDS;
    const walk = randomWalk(specification, new Random(seed), options.depth);
    count += 1;
    generated += walk.generated;
    states += walk.path.length;
    depth = Math.max(depth, walk.path.length);
    for (const { state, action } of walk.path) {
      if (action !== undefined) steps.set(action.name, (steps.get(action.name) ?? 0) + 1);
      codec.fingerprint(state);
      const { low, high } = codec;
      if (seen.find(low, high) >= 0) continue;
      seen.add(low, high, NO_PARENT);
      if (action === undefined) initialDistinct += 1;
    }
    if (walk.finding !== undefined) {
      verdict = { kind: 'found', finding: walk.finding, path: walk.path };
      foundBy = seed;
      break;
    }
    options.onProgress?.(count);
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  const figures: Figures = {
    generated,
    distinct: seen.size,
    depth,
    queue: 0,
    initialGenerated: 0,
    initialDistinct,
    actions: specification.actions.map((action) => ({
      action,
      generated: steps.get(action.name) ?? 0,
      distinct: 0,
      outside: 0,
    })),
    edges: 0,
    outside: 0,
    counters: {},
    ...(specification.coverage === undefined ? {} : { coverage: specification.coverage.take() }),
  };
  return { verdict, figures, walks: { count, states, ...(foundBy === undefined ? {} : { foundBy }) } };
}
