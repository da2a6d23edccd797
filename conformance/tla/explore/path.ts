/** Finds the states on the way to a state again, by executing the specification forward along their fingerprints. */
import type { Value } from '../values/value.ts';
import type { Action, Specification, State } from '../specification.ts';
import type { StateCodec } from './state-codec.ts';
import { NO_PARENT, type StateTable } from './state-table.ts';

/** A state and the step that led to it; an initial state has none. */
export interface PathStep {
  readonly state: State;
  readonly action?: Action;
  /** Values of the action's formal parameters. */
  readonly args?: readonly Value[];
}

/** From an initial state to the one of interest. */
export type Path = readonly PathStep[];

/** Indices of the states from an initial state to this one. */
export function ancestry(table: StateTable, index: number): number[] {
  const indices = [index];
  for (let at = table.parentOf(index); at !== NO_PARENT; at = table.parentOf(at)) indices.push(at);
  return indices.reverse();
}

/** The path by which a state was first reached, from an initial state, or from `root` if exploration began there. */
export function pathTo(
  specification: Specification,
  codec: StateCodec,
  table: StateTable,
  index: number,
  root?: State,
): PathStep[] {
  const path: PathStep[] = [];
  for (const ancestor of ancestry(table, index)) {
    const wanted = table.fingerprintOf(ancestor);
    const matches = (state: State): boolean => {
      codec.fingerprint(state);
      return codec.low === wanted.low && codec.high === wanted.high;
    };
    const previous = path.at(-1);
    const step =
      previous === undefined
        ? root === undefined
          ? findInitial(specification, matches)
          : { state: root }
        : findSuccessor(
            specification,
            previous.state,
            (next) => matches(next) && withinActionConstraints(specification, previous.state, next),
          );
    if (step === undefined)
      throw new Error(`state ${ancestor} cannot be reached again: the specification changed`);
    path.push(step);
  }
  return path;
}

/** The successor with this number, in the order of generation. */
export function nthSuccessor(specification: Specification, state: State, edge: number): PathStep | undefined {
  let count = 0;
  return findSuccessor(specification, state, () => count++ === edge);
}

/** The first initial state that satisfies the test. */
export function findInitial(
  specification: Specification,
  test: (state: State) => boolean,
): PathStep | undefined {
  let found: PathStep | undefined;
  specification.initialStates((state) => {
    if (found === undefined && test(state)) found = { state };
  });
  return found;
}

/** The first successor that satisfies the test. An evaluation error after it does not matter. */
export function findSuccessor(
  specification: Specification,
  state: State,
  test: (next: State) => boolean,
): PathStep | undefined {
  let found: PathStep | undefined;
  try {
    specification.successors(state, (next, action, args) => {
      if (found === undefined && test(next)) found = { state: next, action, args };
    });
  } catch (error) {
    if (found === undefined) throw error;
  }
  return found;
}

export function withinActionConstraints(specification: Specification, state: State, next: State): boolean {
  return specification.actionConstraints.every((constraint) => constraint.holds(state, next));
}
