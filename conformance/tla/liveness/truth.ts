/** Looks up in a behaviour graph what propositions say. */
import type { BehaviourGraph } from './graph.ts';
import { Bits } from './bits.ts';
import { levelOf, type Proposition } from './proposition.ts';

/** Whether something holds at a step, given with the state that it leaves. */
export type StepTest = (state: number, step: number) => boolean;

export function stepTest(graph: BehaviourGraph, proposition: Proposition): StepTest {
  switch (proposition.kind) {
    case 'constant': {
      const { value } = proposition;
      return () => value;
    }
    case 'atom': {
      const { level, index } = proposition.atom;
      const bits = graph.truth[index];
      if (bits === undefined) throw new RangeError(`atom ${index} is not in the graph`);
      return level === 'state' ? (state) => bits.has(state) : (_state, step) => bits.has(step);
    }
    case 'not': {
      const test = stepTest(graph, proposition.operand);
      return (state, step) => !test(state, step);
    }
    case 'and': {
      const tests = proposition.items.map((item) => stepTest(graph, item));
      return (state, step) => {
        for (const test of tests) if (!test(state, step)) return false;
        return true;
      };
    }
    case 'or': {
      const tests = proposition.items.map((item) => stepTest(graph, item));
      return (state, step) => {
        for (const test of tests) if (test(state, step)) return true;
        return false;
      };
    }
  }
}

/** The same, computed for every state or step at once, for what is asked again and again. */
export function tabulated(graph: BehaviourGraph, proposition: Proposition): StepTest {
  if (proposition.kind === 'constant' || proposition.kind === 'atom') return stepTest(graph, proposition);
  const test = stepTest(graph, proposition);
  const { states, steps, offsets } = graph;
  if (levelOf(proposition) === 'state') {
    const bits = new Bits(states);
    for (let state = 0; state < states; state += 1) if (test(state, 0)) bits.add(state);
    return (state) => bits.has(state);
  }
  const bits = new Bits(steps);
  for (let state = 0; state < states; state += 1) {
    const end = offsets[state + 1] ?? 0;
    for (let step = offsets[state] ?? 0; step < end; step += 1) if (test(state, step)) bits.add(step);
  }
  return (_state, step) => bits.has(step);
}
