/** Turns a lasso of the product into a behaviour that people read: states with the actions between them, no detours. */
import { findInitial, findSuccessor, withinActionConstraints, type PathStep } from '../explore/path.ts';
import type { StateCodec } from '../explore/state-codec.ts';
import type { StateTable } from '../explore/state-table.ts';
import type { Specification, State } from '../specification.ts';
import type { Temporal } from '../temporal.ts';
import { holdsOn } from './lasso.ts';

/** A behaviour that goes from its last state back to an earlier one; in place, if it stutters for ever. */
export interface InfiniteBehaviour {
  readonly path: readonly PathStep[];
  /** Position of the state that follows the last one. */
  readonly loop: number;
  /** The step back: its state is that of `path[loop]`. Absent for stuttering. */
  readonly closing?: PathStep;
}

/** The same by numbers of states in a graph. */
interface NumberedLasso {
  readonly states: readonly number[];
  readonly loop: number;
}

/** What a counterexample must satisfy and what it must violate. */
export interface Claim {
  readonly fairness: readonly Temporal[];
  readonly violated: Temporal;
}

export function isCounterexample(claim: Claim, behaviour: InfiniteBehaviour): boolean {
  const lasso = { states: behaviour.path.map(({ state }) => state), loop: behaviour.loop };
  return claim.fairness.every((condition) => holdsOn(condition, lasso)) && !holdsOn(claim.violated, lasso);
}

export class Realizer {
  private readonly specification: Specification;
  private readonly codec: StateCodec;
  private readonly table: StateTable;

  constructor(specification: Specification, codec: StateCodec, table: StateTable) {
    this.specification = specification;
    this.codec = codec;
    this.table = table;
  }

  /**
   * The behaviour along `way` and then for ever around `cycle`, whose last state is the last one of `way`.
   * @throws Error if it is no counterexample: then the search is wrong, and nobody should believe it
   */
  counterexample(way: readonly number[], cycle: readonly number[], claim: Claim): InfiniteBehaviour {
    const whole: NumberedLasso = { states: [...way, ...cycle.slice(0, -1)], loop: way.length - 1 };
    for (const candidate of [rolledUp(withoutStuttering(whole)), withoutStuttering(whole), whole]) {
      const behaviour = this.realize(candidate);
      if (isCounterexample(claim, behaviour)) return behaviour;
    }
    throw new Error('the search found a behaviour that is no counterexample');
  }

  private realize({ states, loop }: NumberedLasso): InfiniteBehaviour {
    const path: PathStep[] = [];
    for (const index of states) {
      const before = path.at(-1);
      path.push(before === undefined ? this.initialStep(index) : this.step(before.state, index));
    }
    const last = path.at(-1);
    const target = states[loop];
    if (last === undefined || target === undefined) throw new Error('a behaviour without states');
    if (loop === states.length - 1) return { path, loop };
    return { path, loop, closing: this.step(last.state, target) };
  }

  private initialStep(index: number): PathStep {
    const { specification } = this;
    const step = findInitial(specification, (state) => this.isState(state, index));
    return step ?? unreachable(index);
  }

  private step(from: State, index: number): PathStep {
    if (this.isState(from, index)) return { state: from };
    const { specification } = this;
    const step = findSuccessor(
      specification,
      from,
      (next) => this.isState(next, index) && withinActionConstraints(specification, from, next),
    );
    return step ?? unreachable(index);
  }

  private isState(state: State, index: number): boolean {
    const { low, high } = this.table.fingerprintOf(index);
    this.codec.fingerprint(state);
    return this.codec.low === low && this.codec.high === high;
  }
}

function unreachable(index: number): never {
  throw new Error(`state ${index} cannot be reached again: the specification changed`);
}

/** Leaves out steps that repeat their state, except that a cycle keeps one step. */
function withoutStuttering({ states, loop }: NumberedLasso): NumberedLasso {
  const kept: number[] = [];
  let newLoop = 0;
  for (const [position, state] of states.entries()) {
    const repeats = position > 0 && states[position - 1] === state;
    if (!repeats) kept.push(state);
    if (position === loop) newLoop = kept.length - 1;
  }
  // The last state may be the one that the cycle begins with.
  if (newLoop < kept.length - 1 && kept.at(-1) === kept[newLoop]) kept.pop();
  return { states: kept, loop: newLoop };
}

/** Begins the cycle as early as possible: what leads to it may have gone along it already. */
function rolledUp({ states, loop }: NumberedLasso): NumberedLasso {
  let kept = states;
  let at = loop;
  while (at > 0 && kept[at - 1] === kept.at(-1)) {
    kept = kept.slice(0, -1);
    at -= 1;
  }
  return { states: kept, loop: at };
}
