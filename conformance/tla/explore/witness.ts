/** Finds behaviours that pass given milestones. */
import type { Value } from '../values/value.ts';
import type { Action, Specification, State } from '../specification.ts';
import { TlaError } from '../errors.ts';
import { Frontier, visitBlock } from './frontier.ts';
import { nthSuccessor, pathTo, type PathStep } from './path.ts';
import type { StateCodec } from './state-codec.ts';
import { NO_PARENT, StateTable } from './state-table.ts';

/** A step that the specification allows, within the bounds of the model. */
export interface Edge {
  readonly source: State;
  readonly action: Action;
  /** Values of the action's formal parameters. */
  readonly args: readonly Value[];
  readonly target: State;
}

export interface Scenario {
  readonly name: string;
  /** Met in order by the edges of a witness; between two of them anything may happen. */
  readonly milestones: readonly ((edge: Edge) => boolean)[];
}

export type Witness =
  | {
      readonly kind: 'witness';
      readonly name: string;
      readonly path: readonly PathStep[];
      /** For each milestone, the position in the path of the state that its edge leads to. */
      readonly milestones: readonly number[];
    }
  /** No behaviour passes this milestone (counted from 0) after the ones before it. */
  | { readonly kind: 'missing'; readonly name: string; readonly milestone: number };

const NOTHING = new Uint8Array(0);
const FRONTIER_BYTES_MAX = 2 ** 30;

/**
 * For each scenario the behaviour that is shortest to its first milestone, from there shortest to the second, and so on;
 * among equals the first in the order of parents and of actions. All scenarios share the search for first milestones.
 */
export async function findWitnesses(
  specification: Specification,
  codec: StateCodec,
  scenarios: readonly Scenario[],
  signal?: AbortSignal,
): Promise<Witness[]> {
  const firsts = scenarios.map((scenario) => scenario.milestones[0] ?? ((): boolean => false));
  const begun = await searchEdges(specification, codec, undefined, firsts, signal);
  const witnesses: Witness[] = [];
  for (const [position, scenario] of scenarios.entries()) {
    witnesses.push(await continueWitness(specification, codec, scenario, begun[position], signal));
  }
  return witnesses;
}

/** {@link findWitnesses} for one scenario. */
export async function findWitness(
  specification: Specification,
  codec: StateCodec,
  scenario: Scenario,
  signal?: AbortSignal,
): Promise<Witness> {
  const [witness] = await findWitnesses(specification, codec, [scenario], signal);
  return witness ?? { kind: 'missing', name: scenario.name, milestone: 0 };
}

async function continueWitness(
  specification: Specification,
  codec: StateCodec,
  scenario: Scenario,
  begun: readonly PathStep[] | undefined,
  signal: AbortSignal | undefined,
): Promise<Witness> {
  const { name, milestones } = scenario;
  if (begun === undefined) return { kind: 'missing', name, milestone: 0 };
  const path = [...begun];
  const reached = [path.length - 1];
  for (const [milestone, test] of milestones.entries()) {
    if (milestone === 0) continue;
    const [found] = await searchEdges(specification, codec, path.at(-1)?.state, [test], signal);
    if (found === undefined) return { kind: 'missing', name, milestone };
    path.push(...found.slice(1));
    reached.push(path.length - 1);
  }
  return { kind: 'witness', name, path, milestones: reached };
}

/** For each test the path to and including the first edge that passes it, breadth first from `root` or the initial states. */
async function searchEdges(
  specification: Specification,
  codec: StateCodec,
  root: State | undefined,
  tests: readonly ((edge: Edge) => boolean)[],
  signal: AbortSignal | undefined,
): Promise<(readonly PathStep[] | undefined)[]> {
  const table = new StateTable(false);
  const frontier = new Frontier(FRONTIER_BYTES_MAX);
  const hits: ({ readonly source: number; readonly edge: number } | undefined)[] = tests.map(() => undefined);
  let open = tests.length;

  const admit = (state: State, parent: number): void => {
    codec.fingerprint(state);
    const { low, high } = codec;
    if (table.find(low, high) >= 0) return;
    frontier.push(table.add(low, high, parent), codec.encode(state), NOTHING);
  };
  const expand = (index: number, source: State): void => {
    let edge = -1;
    specification.successors(source, (target, action, args) => {
      edge += 1;
      if (open === 0 || !within(specification, source, target)) return;
      for (let test = 0; test < tests.length; test += 1) {
        if (hits[test] !== undefined || tests[test]?.({ source, action, args, target }) !== true) continue;
        hits[test] = { source: index, edge };
        open -= 1;
      }
      admit(target, index);
    });
  };

  try {
    if (root !== undefined) admit(root, NO_PARENT);
    else {
      specification.initialStates((state) => {
        if (specification.constraints.every((constraint) => constraint.holds(state))) admit(state, NO_PARENT);
      });
    }
    for (let block = frontier.take(true); block !== undefined && open > 0; block = frontier.take(true)) {
      const { first } = block;
      visitBlock(block, (position, bytes) => {
        expand(first + position, codec.decode(bytes));
        return open > 0;
      });
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (signal?.aborted === true)
        throw new TlaError('evaluation', 'the search for witnesses was interrupted');
    }
  } finally {
    frontier.dispose();
  }
  return hits.map((hit) => {
    if (hit === undefined) return undefined;
    const path = pathTo(specification, codec, table, hit.source, root);
    const source = path.at(-1);
    const last = source && nthSuccessor(specification, source.state, hit.edge);
    if (last === undefined) throw new Error('a step cannot be taken again: the specification changed');
    return [...path, last];
  });
}

function within(specification: Specification, source: State, target: State): boolean {
  return (
    specification.constraints.every((constraint) => constraint.holds(target)) &&
    specification.actionConstraints.every((constraint) => constraint.holds(source, target))
  );
}
