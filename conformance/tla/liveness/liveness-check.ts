/**
 * Checks what a model demands of infinite behaviours, under the fairness that its specification assumes.
 *
 * A property is violated if some behaviour satisfies the fairness and the negation of the property. That formula is split
 * into cases ({@link casesOf}); of each case the part that needs it becomes an automaton, whose product with the behaviour
 * graph is searched for a cycle that satisfies the rest.
 */
import { TlaError } from '../errors.ts';
import type { EvaluationFinding } from '../explore/finding.ts';
import { pathTo, type PathStep } from '../explore/path.ts';
import type { StateCodec } from '../explore/state-codec.ts';
import type { Property, Specification } from '../specification.ts';
import type { Temporal } from '../temporal.ts';
import { Atoms } from './atoms.ts';
import { automatonOf, type Automaton } from './automaton.ts';
import { casesOf, type Case } from './cases.ts';
import { Components } from './components.ts';
import { Realizer, type InfiniteBehaviour } from './counterexample.ts';
import { findFairLasso } from './fair-cycle.ts';
import { Effort, TooMuchEffort } from './effort.ts';
import { behaviourGraph, type BehaviourGraph } from './graph.ts';
import { both } from './normal-form.ts';
import { Product } from './product.ts';

/** Sizes of the behaviour graph. */
export interface GraphFigures {
  readonly states: number;
  /** Distinct pairs of a state and a successor other than itself; what only stutters is not counted. */
  readonly edges: number;
  /** Strongly connected components. */
  readonly sccs: number;
}

export type LivenessVerdict =
  | { readonly kind: 'holds' }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'violated'; readonly property: Property; readonly behaviour: InfiniteBehaviour }
  | { readonly kind: 'evaluation'; readonly finding: EvaluationFinding; readonly path: readonly PathStep[] };

export interface LivenessOutcome {
  readonly verdict: LivenessVerdict;
  readonly figures?: GraphFigures;
}

export interface LivenessOptions {
  readonly signal?: AbortSignal;
  /** Called now and then with a line that says how far it is. */
  readonly onProgress?: (line: string) => void;
}

interface Question {
  readonly property: Property;
  readonly formula: Temporal;
  readonly cases: readonly Case[];
  /** What is left for the automata of the cases. */
  readonly effort: Effort;
}

/** For one property: some seconds. */
const EFFORT_MAX = 5_000_000;

/** Whether a model has anything to check here. */
export function hasLiveness(specification: Specification): boolean {
  return specification.properties.some(({ liveness }) => liveness !== undefined);
}

/**
 * Refuses a model whose behaviours cannot be told from its states.
 * @throws TlaError
 */
export function requireLivenessModel(specification: Specification): void {
  const property = specification.properties.find(({ liveness }) => liveness !== undefined);
  if (property === undefined) return;
  for (const [word, given] of [
    ['SYMMETRY', specification.symmetry],
    ['VIEW', specification.view],
  ] as const) {
    if (given === undefined) continue;
    throw new TlaError(
      'configuration',
      `property ${property.name} speaks of whole behaviours, which ${word} may hide; leave ${word} or the property out`,
      property.place,
    );
  }
}

/**
 * Checks the liveness parts of all properties, in their order, up to the first that is violated.
 * @throws TlaError for a model that is not supported
 */
export async function checkLiveness(
  specification: Specification,
  codec: StateCodec,
  options: LivenessOptions = {},
): Promise<LivenessOutcome> {
  requireLivenessModel(specification);
  const { signal, onProgress } = options;
  const atoms = new Atoms();
  const questions = questionsOf(specification, atoms);
  const built = await behaviourGraph(specification, codec, atoms, {
    ...(signal === undefined ? {} : { signal }),
    onProgress: (states, steps) => onProgress?.(`liveness: ${states} states, ${steps} steps`),
  });
  if (built.kind === 'interrupted') return { verdict: { kind: 'interrupted' } };
  if (built.kind === 'evaluation') {
    const { finding, table, state, next } = built;
    const path = table.size === 0 ? [] : pathTo(specification, codec, table, state);
    if (next !== undefined) path.push({ state: next });
    return { verdict: { kind: 'evaluation', finding, path } };
  }
  const { graph } = built;
  const figures = figuresOf(graph);
  const realizer = new Realizer(specification, codec, graph.table);
  let last: { readonly key: string; readonly product: Product } | undefined;
  for (const { property, formula, cases, effort } of questions) {
    const automata = new Map<string, Automaton>();
    for (const [number, question] of cases.entries()) {
      onProgress?.(`liveness: ${property.name}, case ${number + 1} of ${cases.length}`);
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (signal?.aborted === true) return { verdict: { kind: 'interrupted' }, figures };
      const { key } = question.automaton;
      const automaton =
        automata.get(key) ?? bearable(property, () => automatonOf(question.automaton, effort));
      automata.set(key, automaton);
      if (last?.key !== key) last = { key, product: new Product(graph, automaton) };
      const { product } = last;
      const lasso = findFairLasso(product, question);
      if (lasso === undefined) continue;
      const states = (nodes: readonly number[]): number[] => nodes.map((node) => product.stateOf(node));
      const behaviour = realizer.counterexample(states(lasso.way), states(lasso.cycle), {
        fairness: specification.fairness,
        violated: formula,
      });
      return { verdict: { kind: 'violated', property, behaviour }, figures };
    }
  }
  return { verdict: { kind: 'holds' }, figures };
}

function questionsOf(specification: Specification, atoms: Atoms): Question[] {
  const fairness = both(specification.fairness.map((formula) => atoms.normalForm(formula)));
  return specification.properties.flatMap((property): Question[] => {
    const { liveness } = property;
    if (liveness === undefined) return [];
    const effort = new Effort(EFFORT_MAX);
    const cases = bearable(property, () =>
      casesOf(both([fairness, atoms.normalForm(liveness, false)]), effort),
    );
    return [{ property, formula: liveness, cases, effort }];
  });
}

/** @throws TlaError about the property if the work on it takes too much effort */
function bearable<Result>({ name, place }: Property, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof TooMuchEffort)) throw error;
    throw new TlaError(
      'unsupported',
      `property ${name}: the formula is too large; split it into several`,
      place,
    );
  }
}

function figuresOf(graph: BehaviourGraph): GraphFigures {
  const { states, steps, offsets, targets } = graph;
  const components = new Components({
    size: states,
    edgeCount: (state) => (offsets[state + 1] ?? 0) - (offsets[state] ?? 0),
    target: (state, edge) => targets[(offsets[state] ?? 0) + edge] ?? -1,
  });
  const everything = Uint32Array.from({ length: states }, (_, state) => state);
  const sccs = components.search(everything, 0, () => undefined);
  return { states, edges: steps - states, sccs };
}
