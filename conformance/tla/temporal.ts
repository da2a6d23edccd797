/** Formulas about whole behaviours, compiled down to predicates on states and on steps. */
import type { Place } from './errors.ts';
import type { ActionPredicate, Predicate, State } from './specification.ts';

/** A formula that a state alone decides; `ENABLED` is one of these. Raises a `TlaError` where it cannot be evaluated. */
export interface StateFormula {
  readonly kind: 'state';
  readonly place: Place;
  holds(state: State): boolean;
}

/**
 * `[A]_v` or `<<A>>_v`, which a step decides. A step that repeats its state is one too: there `[A]_v` holds and
 * `<<A>>_v` does not.
 */
export interface StepFormula {
  readonly kind: 'step';
  readonly place: Place;
  holds(state: State, next: State): boolean;
}

/** `WF_v(A)` or `SF_v(A)`. */
export interface FairnessFormula {
  readonly kind: 'weak-fairness' | 'strong-fairness';
  readonly place: Place;
  /** `ENABLED <<A>>_v`. */
  readonly enabled: StateFormula;
  /** `<<A>>_v`. */
  readonly taken: StepFormula;
  /**
   * Every state that A leads to, duplicates and such with an unchanged `v` included: `enabled` and `taken` in one go, since
   * both follow from it. Absent where A speaks of the variables of another module that a mapping stands for. Returns
   * false if A leaves a variable open; then the two predicates must be asked.
   */
  successors?(state: State, emit: (next: State) => void): boolean;
}

interface Operation<Kind extends string> {
  readonly kind: Kind;
  readonly place: Place;
}

/**
 * A temporal formula. Quantifiers over constant sets have become conjunctions and disjunctions, definitions and instances
 * have been replaced by what they stand for, and `IF` by the two implications that it abbreviates.
 */
export type Temporal =
  | (Operation<'constant'> & { readonly value: boolean })
  | StateFormula
  | StepFormula
  | (Operation<'not' | 'always' | 'eventually'> & { readonly operand: Temporal })
  | (Operation<'and' | 'or'> & { readonly operands: readonly Temporal[] })
  | (Operation<'implies' | 'equivalent' | 'leads-to'> & { readonly left: Temporal; readonly right: Temporal })
  | FairnessFormula;

/** The formulas that a search has to know; the others are made of these. */
export type CoreTemporal =
  | (Operation<'constant'> & { readonly value: boolean })
  | StateFormula
  | StepFormula
  | (Operation<'not' | 'always' | 'eventually'> & { readonly operand: CoreTemporal })
  | (Operation<'and' | 'or'> & { readonly operands: readonly CoreTemporal[] });

/**
 * What one PROPERTY of the model demands, split by what decides it, as TLC splits it. The property is the conjunction of
 * all parts.
 */
export interface Property {
  /** As the configuration file names it. */
  readonly name: string;
  readonly place: Place;
  /** To hold in every initial state. The name of each part here and below is the one that TLC reports. */
  readonly initial: readonly Predicate[];
  /** `[]P` for a predicate P on states. These stand in `Specification.invariants` too. */
  readonly invariants: readonly Predicate[];
  /** `[][A]_v`: to hold of every step, those out of CONSTRAINT included. */
  readonly steps: readonly ActionPredicate[];
  /** What is left: only whole behaviours decide it. */
  readonly liveness?: Temporal;
}

/** Replaces what abbreviates by what it stands for. */
export function core(formula: Temporal): CoreTemporal {
  const { place } = formula;
  const not = (operand: CoreTemporal): CoreTemporal => ({ kind: 'not', place, operand });
  const or = (...operands: CoreTemporal[]): CoreTemporal => ({ kind: 'or', place, operands });
  const always = (operand: CoreTemporal): CoreTemporal => ({ kind: 'always', place, operand });
  const eventually = (operand: CoreTemporal): CoreTemporal => ({ kind: 'eventually', place, operand });
  switch (formula.kind) {
    case 'constant':
    case 'state':
    case 'step':
      return formula;
    case 'not':
    case 'always':
    case 'eventually':
      return { kind: formula.kind, place, operand: core(formula.operand) };
    case 'and':
    case 'or':
      return { kind: formula.kind, place, operands: formula.operands.map(core) };
    case 'implies':
      return or(not(core(formula.left)), core(formula.right));
    case 'equivalent': {
      const [left, right] = [core(formula.left), core(formula.right)];
      return { kind: 'and', place, operands: [or(not(left), right), or(left, not(right))] };
    }
    case 'leads-to':
      return always(or(not(core(formula.left)), eventually(core(formula.right))));
    case 'weak-fairness':
      return always(eventually(or(not(formula.enabled), formula.taken)));
    case 'strong-fairness':
      return or(eventually(always(not(formula.enabled))), always(eventually(formula.taken)));
  }
}
