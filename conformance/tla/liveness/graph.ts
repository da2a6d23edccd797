/** The behaviour graph of a model: its states, the steps between them, and what the atoms of the formulas say of both. */
import type { EvaluationFinding } from '../explore/finding.ts';
import { evaluationFinding } from '../explore/finding.ts';
import { Frontier, visitBlock } from '../explore/frontier.ts';
import type { StateCodec } from '../explore/state-codec.ts';
import { NO_PARENT, StateTable } from '../explore/state-table.ts';
import type { Specification, State } from '../specification.ts';
import type { FairnessFormula } from '../temporal.ts';
import type { Atoms, Leaf } from './atoms.ts';
import { Bits, Numbers } from './bits.ts';

/**
 * States are numbered in the order of their discovery, breadth first, and so are steps: first those out of state 0, each
 * target once, the stuttering step last of its source.
 */
export interface BehaviourGraph {
  readonly states: number;
  /** Stuttering steps included. */
  readonly steps: number;
  /** States 0 to this number, without it, are the initial ones. */
  readonly initial: number;
  /** The steps of state s are those from `offsets[s]` up to, without it, `offsets[s + 1]`. */
  readonly offsets: Uint32Array;
  readonly targets: Uint32Array;
  /** For each atom the states or the steps in which it holds. */
  readonly truth: readonly Bits[];
  readonly table: StateTable;
}

export type GraphResult =
  | { readonly kind: 'graph'; readonly graph: BehaviourGraph }
  | { readonly kind: 'interrupted' }
  | {
      readonly kind: 'evaluation';
      readonly finding: EvaluationFinding;
      readonly table: StateTable;
      /** Where it went wrong; the end of the step if there is one. */
      readonly state: number;
      readonly next?: State;
    };

export interface GraphOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (states: number, steps: number) => void;
}

const FRONTIER_BYTES_MAX = 2 ** 30;
const STEPS_MAX = 2 ** 32 - 1;
const NOTHING = new Uint8Array(0);

/**
 * Visits all states within CONSTRAINT and all steps within ACTION_CONSTRAINT. Steps that leave them belong to no
 * behaviour.
 */
export async function behaviourGraph(
  specification: Specification,
  codec: StateCodec,
  atoms: Atoms,
  options: GraphOptions = {},
): Promise<GraphResult> {
  const builder = new GraphBuilder(specification, codec, atoms);
  try {
    return await builder.build(options);
  } finally {
    builder.frontier.dispose();
  }
}

class GraphBuilder {
  readonly frontier = new Frontier(FRONTIER_BYTES_MAX);
  private readonly specification: Specification;
  private readonly codec: StateCodec;
  private readonly table = new StateTable(false);
  private readonly offsets = new Numbers();
  private readonly targets = new Numbers();
  /** For each state the last source, plus one, that has a step to it. */
  private readonly reachedFrom = new Numbers();
  private readonly truth: readonly Bits[];
  private readonly stateAtoms: readonly number[];
  private readonly stepAtoms: readonly number[];
  private readonly leaves: readonly Leaf[];
  private readonly fairness: readonly Enumerated[];

  /** What is being looked at, for the message when it cannot be evaluated. */
  private source = 0;
  private next: State | undefined;
  private during = '';

  constructor(specification: Specification, codec: StateCodec, atoms: Atoms) {
    this.specification = specification;
    this.codec = codec;
    this.leaves = atoms.leaves;
    this.truth = atoms.leaves.map(() => new Bits());
    this.fairness = [...atoms.fairness].map((condition) => ({
      condition,
      enabled: atoms.atomOf(condition.enabled).index,
      taken: atoms.atomOf(condition.taken).index,
    }));
    const enumerated = new Set(this.fairness.flatMap(({ enabled, taken }) => [enabled, taken]));
    const positions = [...atoms.leaves.keys()].filter((index) => !enumerated.has(index));
    this.stateAtoms = positions.filter((index) => atoms.leaves[index]?.kind === 'state');
    this.stepAtoms = positions.filter((index) => atoms.leaves[index]?.kind === 'step');
  }

  async build({ signal, onProgress }: GraphOptions): Promise<GraphResult> {
    const { specification, codec, table } = this;
    let progressAt = Date.now() + 1000;
    try {
      this.during = 'the initial predicate';
      specification.initialStates((state) => {
        if (this.withinConstraints(state)) this.admit(state, NO_PARENT);
      });
      const initial = table.size;
      for (let block = this.frontier.take(true); block !== undefined; block = this.frontier.take(true)) {
        const { first } = block;
        visitBlock(block, (position, bytes) => {
          this.expand(first + position, codec.decode(bytes));
          return true;
        });
        await new Promise<void>((resolve) => setImmediate(resolve));
        if (signal?.aborted === true) return { kind: 'interrupted' };
        if (onProgress !== undefined && Date.now() >= progressAt) {
          onProgress(table.size, this.targets.length);
          progressAt = Date.now() + 1000;
        }
      }
      this.offsets.push(this.targets.length);
      const graph: BehaviourGraph = {
        states: table.size,
        steps: this.targets.length,
        initial,
        offsets: this.offsets.view(),
        targets: this.targets.view(),
        truth: this.truth,
        table,
      };
      return { kind: 'graph', graph };
    } catch (error) {
      const finding = evaluationFinding(error, this.during);
      const { source, next } = this;
      return { kind: 'evaluation', finding, table, state: source, ...(next === undefined ? {} : { next }) };
    }
  }

  private expand(source: number, state: State): void {
    this.source = source;
    this.next = undefined;
    this.evaluateState(source, state);
    const first = this.targets.length;
    this.offsets.push(first);
    const nexts = this.distinctSuccessors(source, state);
    this.targets.push(source);
    nexts.push(state);
    if (this.targets.length > STEPS_MAX) throw new RangeError('more than 4,294,967,295 steps');
    for (const atom of this.stepAtoms) {
      const leaf = this.leaves[atom];
      const truth = this.truth[atom];
      if (leaf?.kind !== 'step' || truth === undefined) continue;
      this.during = LIVENESS;
      for (const [position, next] of nexts.entries()) {
        this.next = next;
        if (leaf.holds(state, next)) truth.add(first + position);
      }
    }
    for (const enumerated of this.fairness) this.evaluateFairness(enumerated, source, state, nexts);
  }

  private evaluateState(source: number, state: State): void {
    this.during = LIVENESS;
    for (const atom of this.stateAtoms) {
      const leaf = this.leaves[atom];
      if (leaf?.kind === 'state' && leaf.holds(state)) this.truth[atom]?.add(source);
    }
  }

  /** Adds the steps to all successors but the state itself; returns these, in the same order. */
  private distinctSuccessors(source: number, state: State): State[] {
    const { specification, targets, reachedFrom } = this;
    // What is given to `emit` is looked at afterwards: it may call for the specification.
    const generated: State[] = [];
    this.during = 'the next-state relation';
    specification.successors(state, (next) => {
      generated.push(next);
    });
    const nexts: State[] = [];
    for (const next of generated) {
      this.next = next;
      const target = this.targetOf(state, next, source);
      if (target < 0 || target === source || reachedFrom.at(target) === source + 1) continue;
      reachedFrom.set(target, source + 1);
      targets.push(target);
      nexts.push(next);
    }
    this.next = undefined;
    return nexts;
  }

  /** The index of a successor within the bounds of the model, or -1. */
  private targetOf(state: State, next: State, source: number): number {
    const { codec, table, specification } = this;
    codec.fingerprint(next);
    const { low, high } = codec;
    const known = table.find(low, high);
    if (known < 0 && !this.withinConstraints(next)) return -1;
    for (const constraint of specification.actionConstraints) {
      this.during = `action constraint ${constraint.name}`;
      if (!constraint.holds(state, next)) return -1;
    }
    return known < 0 ? this.add(next, low, high, source) : known;
  }

  private evaluateFairness(
    { condition, enabled, taken }: Enumerated,
    source: number,
    state: State,
    nexts: readonly State[],
  ): void {
    this.during = LIVENESS;
    this.next = undefined;
    const first = this.offsets.at(source);
    let isEnabled = false;
    const reached = new Set<number>();
    const outcomes: State[] = [];
    const complete = condition.successors?.(state, (next) => {
      outcomes.push(next);
    });
    if (complete !== true) {
      if (condition.enabled.holds(state)) this.truth[enabled]?.add(source);
      for (const [position, next] of nexts.entries()) {
        this.next = next;
        if (condition.taken.holds(state, next)) this.truth[taken]?.add(first + position);
      }
      return;
    }
    for (const next of outcomes) {
      this.next = next;
      this.codec.fingerprint(next);
      const target = this.table.find(this.codec.low, this.codec.high);
      if (isEnabled && (target < 0 || reached.has(target))) continue;
      if (!condition.taken.holds(state, next)) continue;
      isEnabled = true;
      if (target >= 0) reached.add(target);
    }
    if (!isEnabled) return;
    this.truth[enabled]?.add(source);
    for (let step = first; step < this.targets.length; step += 1) {
      if (reached.has(this.targets.at(step))) this.truth[taken]?.add(step);
    }
  }

  private withinConstraints(state: State): boolean {
    for (const constraint of this.specification.constraints) {
      this.during = `constraint ${constraint.name}`;
      if (!constraint.holds(state)) return false;
    }
    return true;
  }

  private admit(state: State, parent: number): void {
    this.codec.fingerprint(state);
    const { low, high } = this.codec;
    if (this.table.find(low, high) < 0) this.add(state, low, high, parent);
  }

  private add(state: State, low: number, high: number, parent: number): number {
    const index = this.table.add(low, high, parent);
    this.reachedFrom.push(0);
    this.frontier.push(index, this.codec.encode(state), NOTHING);
    return index;
  }
}

/** A fairness condition and the atoms that its enumeration decides. */
interface Enumerated {
  readonly condition: FairnessFormula;
  readonly enabled: number;
  readonly taken: number;
}

const LIVENESS = 'a temporal formula';
