import { describe, expect, it } from 'vitest';

import { StateCodec } from '../explore/state-codec.ts';
import type { Temporal } from '../temporal.ts';
import {
  fairnessFormula,
  specificationOf,
  stateFormula,
  stepFormula,
  type SmallGraph,
} from '../testmodels/small-graphs.ts';
import { checkLiveness, requireLivenessModel } from './liveness-check.ts';

const place = { file: '<test>', module: 'Test', line: 1, column: 1, endLine: 1, endColumn: 1 };
const is = (...numbers: number[]): Temporal =>
  stateFormula(numbers.reduce((mask, number) => mask | (1 << number), 0));
const eventually = (operand: Temporal): Temporal => ({ kind: 'eventually', place, operand });
const always = (operand: Temporal): Temporal => ({ kind: 'always', place, operand });
const leadsTo = (left: Temporal, right: Temporal): Temporal => ({ kind: 'leads-to', place, left, right });

/** The numbers of a counterexample and where it loops, or what else the verdict is. */
async function counterexample(
  graph: SmallGraph,
  assumed: readonly Temporal[],
  demanded: Temporal,
): Promise<unknown> {
  const specification = specificationOf(graph, assumed, demanded);
  const { verdict } = await checkLiveness(specification, new StateCodec(specification));
  if (verdict.kind !== 'violated') return verdict.kind;
  const { path, loop, closing } = verdict.behaviour;
  return { states: path.map(({ state: [value] }) => value), loop, stutters: closing === undefined };
}

describe('liveness', () => {
  const line: SmallGraph = [[1], [2], []];
  const weak = fairnessFormula(line, 'weak-fairness', 0b111, 0b111, true);

  it('fails by stuttering where nothing is fair', async () => {
    expect(await counterexample(line, [], eventually(is(2)))).toEqual({
      states: [0],
      loop: 0,
      stutters: true,
    });
    expect(await counterexample(line, [], leadsTo(is(1), is(2)))).toEqual({
      states: [0, 1],
      loop: 1,
      stutters: true,
    });
  });

  it('holds where weak fairness leads on', async () => {
    expect(await counterexample(line, [weak], eventually(is(2)))).toBe('holds');
    expect(await counterexample(line, [weak], leadsTo(is(0), is(2)))).toBe('holds');
    expect(await counterexample(line, [weak], eventually(always(is(2))))).toBe('holds');
  });

  // 0 and 1 alternate; 2 can be entered from 1 only.
  const door: SmallGraph = [[1], [0, 2], []];
  const enter = (kind: 'weak-fairness' | 'strong-fairness'): Temporal =>
    fairnessFormula(door, kind, 0b010, 0b100, true);
  const go = fairnessFormula(door, 'weak-fairness', 0b111, 0b111, true);

  it('needs strong fairness for what is enabled now and then', async () => {
    const passing = { states: [0, 1], loop: 0, stutters: false };
    expect(await counterexample(door, [go, enter('weak-fairness')], eventually(is(2)))).toEqual(passing);
    expect(await counterexample(door, [go, enter('strong-fairness')], eventually(is(2)))).toBe('holds');
  });

  it('leaves the states of an unanswered request out of the cycle, and looks at the rest again', async () => {
    // Strong fairness of 1 -> 2 forbids to pass 1 for ever; 3 and 0 alternate without it.
    const graph: SmallGraph = [[1, 3], [0, 2], [], [0]];
    const strong = fairnessFormula(graph, 'strong-fairness', 0b0010, 0b0100, true);
    const moving = fairnessFormula(graph, 'weak-fairness', 0b1111, 0b1111, true);
    expect(await counterexample(graph, [moving, strong], eventually(is(2)))).toEqual({
      states: [0, 3],
      loop: 0,
      stutters: false,
    });
  });

  it('takes the shortest way to a cycle', async () => {
    const graph: SmallGraph = [[1, 2], [1, 3], [2], [3]];
    const demanded = leadsTo(is(3), is(0));
    expect(await counterexample(graph, [], demanded)).toEqual({ states: [0, 1, 3], loop: 2, stutters: true });
  });

  it('judges fairness the same by its predicates as by its successors', async () => {
    const slow = fairnessFormula(door, 'strong-fairness', 0b010, 0b100, false);
    expect(await counterexample(door, [go, slow], eventually(is(2)))).toBe('holds');
  });

  it('knows steps from states', async () => {
    const back = always(eventually(stepFormula(0b010, 0b001)));
    expect(await counterexample(door, [go], back)).toEqual({ states: [0, 1, 2], loop: 2, stutters: true });
  });

  it('says how large the graph is', async () => {
    const specification = specificationOf(door, [go], eventually(is(2)));
    const { figures } = await checkLiveness(specification, new StateCodec(specification));
    expect(figures).toEqual({ states: 3, edges: 3, sccs: 2 });
  });

  describe('of formulas that grow when they are taken apart', () => {
    const both = (...operands: Temporal[]): Temporal => ({ kind: 'and', place, operands });
    const either = (...operands: Temporal[]): Temporal => ({ kind: 'or', place, operands });
    const circle: SmallGraph = [[1], [2], [3], [0]];
    const fair = (from: number): Temporal =>
      fairnessFormula(circle, 'strong-fairness', 1 << from, 0b1111, true);

    it('pulls fairness out of what it is nested in', async () => {
      // Each `fair` is a disjunction, of which every junction around it would make alternatives of its own: then this
      // takes much longer than the test may.
      const nested = [0, 1, 2, 3].reduce<Temporal>(
        (inner, from) =>
          eventually(both(either(is(from), fair(from)), always(either(inner, eventually(is(from)))))),
        is(2),
      );
      const assumed = [0, 1, 2, 3].map(fair);
      expect(await counterexample(circle, assumed, nested)).toBe('holds');
      expect(await counterexample(circle, assumed, both(nested, eventually(always(is(2)))))).toEqual({
        states: [0, 1, 2, 3],
        loop: 0,
        stutters: false,
      });
    }, 5_000);

    it('gives up on one that it cannot bear, and says so', async () => {
      const masks = Array.from({ length: 14 }, (_, mask) => mask + 1);
      const answers = masks.map((mask) =>
        always(
          either(
            stateFormula(mask),
            eventually(both(stateFormula(15 - mask), always(stepFormula(mask, mask)))),
          ),
        ),
      );
      await expect(
        counterexample(circle, [], { kind: 'not', place, operand: both(...answers) }),
      ).rejects.toThrow('property Demanded: the formula is too large; split it into several');
    });
  });

  it.each(['symmetry', 'view'] as const)('refuses a model with %s', (word) => {
    const specification = specificationOf(line, [], eventually(is(2)));
    const given = word === 'symmetry' ? { symmetry: [] } : { view: { name: 'V', place, value: () => 0 } };
    expect(() => {
      requireLivenessModel({ ...specification, ...given });
    }).toThrow(`property Demanded speaks of whole behaviours, which ${word.toUpperCase()} may hide`);
  });
});
