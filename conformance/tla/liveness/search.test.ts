import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { TlaError } from '../errors.ts';
import { StateCodec } from '../explore/state-codec.ts';
import type { Specification } from '../specification.ts';
import {
  fairness,
  lassosOf,
  smallGraph,
  specificationOf,
  temporalFormula,
  type SmallGraph,
} from '../testmodels/small-graphs.ts';
import type { Temporal } from '../temporal.ts';
import { holdsOn, type Lasso } from './lasso.ts';
import { checkLiveness, type LivenessOutcome } from './liveness-check.ts';

/** States of the lassos that are tried one by one. */
const LENGTH = 4;
const RUNS = Number(process.env['LIVENESS_RUNS'] ?? 300);
/** Undefined where the formula is refused as too large. */
async function check(specification: Specification): Promise<LivenessOutcome | undefined> {
  try {
    return await checkLiveness(specification, new StateCodec(specification));
  } catch (error) {
    if (error instanceof TlaError && error.kind === 'unsupported') return undefined;
    throw error;
  }
}

const problem = smallGraph().chain((graph) =>
  fc.record({
    graph: fc.constant(graph),
    assumed: fc.array(fc.oneof({ weight: 3, arbitrary: fairness(graph) }, temporalFormula(graph)), {
      maxLength: 3,
    }),
    demanded: temporalFormula(graph),
  }),
);

function counterexampleAmong(
  graph: SmallGraph,
  assumed: readonly Temporal[],
  demanded: Temporal,
): Lasso | undefined {
  for (const lasso of lassosOf(graph, LENGTH)) {
    if (assumed.every((formula) => holdsOn(formula, lasso)) && !holdsOn(demanded, lasso)) return lasso;
  }
  return undefined;
}

describe('the search for a counterexample, on random graphs and formulas', () => {
  it('finds one wherever a short lasso is one, and only behaviours that are', async () => {
    let violated = 0;
    let holds = 0;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(problem, async ({ graph, assumed, demanded }) => {
        const outcome = await check(specificationOf(graph, assumed, demanded));
        if (outcome === undefined) {
          refused += 1;
          return;
        }
        const { verdict } = outcome;
        const short = counterexampleAmong(graph, assumed, demanded);
        if (verdict.kind === 'holds') {
          holds += 1;
          expect(short).toBeUndefined();
          return;
        }
        if (verdict.kind !== 'violated') throw new Error(verdict.kind);
        violated += 1;
        const { path, loop } = verdict.behaviour;
        const lasso = { states: path.map(({ state }) => state), loop };
        const numbers = lasso.states.map(([value]) => Number(value));
        for (const [position, from] of numbers.entries()) {
          const to = numbers[position + 1] ?? numbers[loop];
          expect(from === to || graph[from]?.includes(to ?? -1)).toBe(true);
        }
        expect(numbers[0]).toBe(0);
        expect(assumed.every((formula) => holdsOn(formula, lasso))).toBe(true);
        expect(holdsOn(demanded, lasso)).toBe(false);
      }),
      { numRuns: RUNS },
    );
    // Of such formulas about one in ten thousand is too large.
    expect(refused).toBeLessThan(3 + RUNS / 1000);
    // Both answers come often, or the test says little.
    expect(Math.min(violated, holds)).toBeGreaterThan(RUNS / 10);
  });
});
