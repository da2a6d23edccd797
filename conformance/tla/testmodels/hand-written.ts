/** Specifications written by hand as the explorer sees them, so that it is tested without the language. */
import type { Action, EmitSuccessor, Place, Predicate, Specification, State } from '../specification.ts';
import { Interner } from '../values/interner.ts';

const nowhere: Place = { file: '<test>', module: 'Test', line: 1, column: 1, endLine: 1, endColumn: 1 };

export interface HandWritten {
  readonly variables: readonly string[];
  readonly initial: readonly State[];
  /** By action name. A `parameter` array lists the values of its one parameter. */
  readonly actions: Readonly<Record<string, (state: State) => Iterable<{ next: State; args?: State }>>>;
  readonly invariants?: Readonly<Record<string, (state: State) => boolean>>;
  readonly constraint?: (state: State) => boolean;
  readonly actionConstraint?: (state: State, next: State) => boolean;
  readonly checkDeadlock?: boolean;
}

export function handWritten(given: HandWritten): Specification {
  const actions: Action[] = Object.keys(given.actions).map((name, index) => ({
    index,
    name,
    place: nowhere,
    parameters: ['p'],
  }));
  const predicate = (name: string, holds: (state: State) => boolean): Predicate => ({
    name,
    place: nowhere,
    holds,
  });
  const unavailable = (): never => {
    throw new Error('a hand-written specification evaluates no expressions');
  };
  const successorsBy = (state: State, name: string, emit: EmitSuccessor): void => {
    const action = actions.find((candidate) => candidate.name === name);
    if (action === undefined) return;
    for (const { next, args } of given.actions[name]?.(state) ?? []) emit(next, action, args ?? []);
  };
  return {
    rootModule: 'Test',
    files: [],
    variables: given.variables,
    actions,
    interner: new Interner(),
    initialStates: (emit) => {
      given.initial.forEach((state) => {
        emit(state);
      });
    },
    successors: (state, emit) => {
      for (const action of actions) successorsBy(state, action.name, emit);
    },
    successorsBy,
    invariants: Object.entries(given.invariants ?? {}).map(([name, holds]) => predicate(name, holds)),
    properties: [],
    fairness: [],
    constraints: given.constraint === undefined ? [] : [predicate('Bounds', given.constraint)],
    actionConstraints:
      given.actionConstraint === undefined
        ? []
        : [{ name: 'Steps', place: nowhere, holds: given.actionConstraint }],
    assumptions: [],
    checkDeadlock: given.checkDeadlock ?? false,
    evaluateConstant: unavailable,
    evaluateIn: unavailable,
    evaluateStep: unavailable,
  };
}

/** Two counters; `up(i)` adds one to the i-th. Beyond `bound` lies what CONSTRAINT cuts off. */
export function counters(bound: number): HandWritten {
  return {
    variables: ['a', 'b'],
    initial: [[0, 0]],
    actions: {
      *Up([a, b]) {
        if (typeof a !== 'number' || typeof b !== 'number') return;
        yield { next: [a + 1, b], args: [1] };
        yield { next: [a, b + 1], args: [2] };
      },
      *Reset([a]) {
        if (typeof a === 'number' && a > 1) yield { next: [0, 0] };
      },
    },
    constraint: ([a, b]) => typeof a === 'number' && typeof b === 'number' && a <= bound && b <= bound,
  };
}
