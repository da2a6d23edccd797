/** Random little graphs and temporal formulas over them, and all their lassos: what the search is held against. */
import fc from 'fast-check';

import type { Property, Specification, State } from '../specification.ts';
import type { FairnessFormula, StateFormula, StepFormula, Temporal } from '../temporal.ts';
import { handWritten } from './hand-written.ts';
import type { Lasso } from '../liveness/lasso.ts';

const place = { file: '<test>', module: 'Test', line: 1, column: 1, endLine: 1, endColumn: 1 };

/** States are the numbers from 0; `edges[s]` are the successors of s. State 0 is initial. */
export type SmallGraph = readonly (readonly number[])[];

const numberOf = ([value]: State): number => Number(value);

export function smallGraph(): fc.Arbitrary<SmallGraph> {
  return fc.integer({ min: 1, max: 4 }).chain((size) =>
    fc.array(fc.uniqueArray(fc.nat({ max: size - 1 }), { maxLength: 3 }), {
      minLength: size,
      maxLength: size,
    }),
  );
}

/** Holds in the states whose bit is set. */
export function stateFormula(mask: number): StateFormula {
  return { kind: 'state', place, holds: (state) => ((mask >> numberOf(state)) & 1) === 1 };
}

/** Holds at the steps from a state of `from` to a state of `to`. */
export function stepFormula(from: number, to: number): StepFormula {
  return {
    kind: 'step',
    place,
    holds: (state, next) => ((from >> numberOf(state)) & 1) === 1 && ((to >> numberOf(next)) & 1) === 1,
  };
}

const operation = <Kind extends string>(
  kind: Kind,
): { readonly kind: Kind; readonly place: typeof place } => ({
  kind,
  place,
});

/** Fairness of the steps of the graph from `from` to `to`. */
export function fairnessFormula(
  graph: SmallGraph,
  kind: FairnessFormula['kind'],
  from: number,
  to: number,
  enumerable: boolean,
): FairnessFormula {
  const within = (mask: number, state: number): boolean => ((mask >> state) & 1) === 1;
  const targets = (state: number): number[] =>
    within(from, state) ? (graph[state] ?? []).filter((next) => next !== state && within(to, next)) : [];
  return {
    kind,
    place,
    enabled: { kind: 'state', place, holds: (state) => targets(numberOf(state)).length > 0 },
    taken: {
      kind: 'step',
      place,
      holds: (state, next) => targets(numberOf(state)).includes(numberOf(next)),
    },
    ...(enumerable
      ? {
          successors: (state: State, emit: (next: State) => void): boolean => {
            for (const next of targets(numberOf(state))) emit([next]);
            return true;
          },
        }
      : {}),
  };
}

const mask = fc.nat({ max: 15 });

export function fairness(graph: SmallGraph): fc.Arbitrary<FairnessFormula> {
  return fc
    .tuple(fc.constantFrom('weak-fairness' as const, 'strong-fairness' as const), mask, mask, fc.boolean())
    .map(([kind, from, to, enumerable]) => fairnessFormula(graph, kind, from, to, enumerable));
}

/** Formulas of any shape, those that TLC refuses included. */
export function temporalFormula(graph: SmallGraph): fc.Arbitrary<Temporal> {
  const leaf: fc.Arbitrary<Temporal> = fc.oneof(
    { weight: 4, arbitrary: mask.map(stateFormula) },
    { weight: 2, arbitrary: fc.tuple(mask, mask).map(([from, to]) => stepFormula(from, to)) },
    { weight: 1, arbitrary: fairness(graph) },
    { weight: 1, arbitrary: fc.boolean().map((value): Temporal => ({ ...operation('constant'), value })) },
  );
  return fc.letrec<{ formula: Temporal }>((tie) => ({
    formula: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      leaf,
      fc
        .tuple(fc.constantFrom('not' as const, 'always' as const, 'eventually' as const), tie('formula'))
        .map(([kind, operand]): Temporal => ({ ...operation(kind), operand })),
      fc
        .tuple(fc.constantFrom('and' as const, 'or' as const), tie('formula'), tie('formula'))
        .map(([kind, ...operands]): Temporal => ({ ...operation(kind), operands })),
      fc
        .tuple(
          fc.constantFrom('implies' as const, 'equivalent' as const, 'leads-to' as const),
          tie('formula'),
          tie('formula'),
        )
        .map(([kind, left, right]): Temporal => ({ ...operation(kind), left, right })),
    ),
  })).formula;
}

/** The graph as a specification with these assumptions and one property. */
export function specificationOf(
  graph: SmallGraph,
  assumed: readonly Temporal[],
  demanded: Temporal,
): Specification {
  const property: Property = {
    name: 'Demanded',
    place,
    initial: [],
    invariants: [],
    steps: [],
    liveness: demanded,
  };
  return {
    ...handWritten({
      variables: ['x'],
      initial: [[0]],
      actions: {
        *Step(state) {
          for (const next of graph[numberOf(state)] ?? []) yield { next: [next] };
        },
      },
    }),
    fairness: assumed,
    properties: [property],
  };
}

/** All behaviours of the graph with so many states before they repeat, stuttering allowed everywhere. */
export function* lassosOf(graph: SmallGraph, length: number): Generator<Lasso> {
  const leadsTo = (from: number, to: number): boolean => from === to || (graph[from] ?? []).includes(to);
  function* extend(states: readonly number[]): Generator<Lasso> {
    const last = states.at(-1) ?? 0;
    for (const [loop, state] of states.entries()) {
      if (leadsTo(last, state)) yield { states: states.map((number) => [number]), loop };
    }
    if (states.length === length) return;
    for (const next of new Set([...(graph[last] ?? []), last])) yield* extend([...states, next]);
  }
  yield* extend([0]);
}
