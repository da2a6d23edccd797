/**
 * Infinite behaviours that a finite description suffices for, and what temporal formulas say of them. Every
 * counterexample is judged here once more before anybody sees it, by the meaning of the formula and nothing else.
 */
import type { State } from '../specification.ts';
import type { StateFormula, StepFormula, Temporal } from '../temporal.ts';

/** Goes through all states, from the last back to `states[loop]`, and so on for ever. */
export interface Lasso {
  /** At least one. */
  readonly states: readonly State[];
  readonly loop: number;
}

/** Whether the behaviour satisfies the formula. Raises a `TlaError` where a predicate cannot be evaluated. */
export function holdsOn(formula: Temporal, lasso: Lasso): boolean {
  return truths(formula, lasso)[0] === true;
}

/** For each position whether the behaviour from there on satisfies the formula. */
function truths(formula: Temporal, lasso: Lasso): boolean[] {
  switch (formula.kind) {
    case 'constant':
      return lasso.states.map(() => formula.value);
    case 'state':
      return inStates(formula, lasso);
    case 'step':
      return inSteps(formula, lasso);
    case 'not':
      return truths(formula.operand, lasso).map((truth) => !truth);
    case 'and':
      return pointwise(formula.operands, lasso, (values) => values.every(Boolean));
    case 'or':
      return pointwise(formula.operands, lasso, (values) => values.some(Boolean));
    case 'implies':
      return pointwise(
        [formula.left, formula.right],
        lasso,
        ([left, right]) => left !== true || right === true,
      );
    case 'equivalent':
      return pointwise([formula.left, formula.right], lasso, ([left, right]) => left === right);
    case 'always':
      return fromHere(truths(formula.operand, lasso), lasso, (values) => values.every(Boolean));
    case 'eventually':
      return fromHere(truths(formula.operand, lasso), lasso, (values) => values.some(Boolean));
    case 'leads-to': {
      const left = truths(formula.left, lasso);
      const right = fromHere(truths(formula.right, lasso), lasso, (values) => values.some(Boolean));
      const answered = left.map((truth, position) => !truth || right[position] === true);
      return fromHere(answered, lasso, (values) => values.every(Boolean));
    }
    case 'weak-fairness':
    case 'strong-fairness': {
      // Both are tail formulas: what holds of the cycle holds everywhere.
      const enabled = inStates(formula.enabled, lasso).slice(lasso.loop);
      const taken = inSteps(formula.taken, lasso).slice(lasso.loop);
      const due = formula.kind === 'weak-fairness' ? enabled.every(Boolean) : enabled.some(Boolean);
      const fair = !due || taken.some(Boolean);
      return lasso.states.map(() => fair);
    }
  }
}

function inStates(formula: StateFormula, { states }: Lasso): boolean[] {
  return states.map((state) => formula.holds(state));
}

function inSteps(formula: StepFormula, { states, loop }: Lasso): boolean[] {
  return states.map((state, position) => formula.holds(state, states[position + 1] ?? states[loop] ?? state));
}

function pointwise(
  formulas: readonly Temporal[],
  lasso: Lasso,
  combine: (values: readonly boolean[]) => boolean,
): boolean[] {
  const columns = formulas.map((formula) => truths(formula, lasso));
  return lasso.states.map((_, position) => combine(columns.map((column) => column[position] === true)));
}

/** Combines what holds at all positions that are still to come: on the cycle, all of the cycle. */
function fromHere(
  values: readonly boolean[],
  { loop }: Lasso,
  combine: (values: readonly boolean[]) => boolean,
): boolean[] {
  return values.map((_, position) => combine(values.slice(Math.min(position, loop))));
}
