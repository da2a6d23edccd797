/** Collects the predicates of compiled formulas, and writes the formulas in terms of them. */
import type { FairnessFormula, StateFormula, StepFormula, Temporal } from '../temporal.ts';
import { always, both, either, eventually, negated, now, type Formula } from './normal-form.ts';
import { atomic, FALSE, joined, not, TRUE, type Atom, type Proposition } from './proposition.ts';

export type Leaf = StateFormula | StepFormula;

export class Atoms {
  /** By the index of the atom. */
  readonly leaves: Leaf[] = [];
  /** Conditions of which one enumeration of their action decides both predicates. */
  readonly fairness = new Set<FairnessFormula>();
  private readonly known = new Map<Leaf, Atom>();

  atomOf(leaf: Leaf): Atom {
    let atom = this.known.get(leaf);
    if (atom === undefined) {
      atom = { level: leaf.kind, index: this.leaves.length };
      this.known.set(leaf, atom);
      this.leaves.push(leaf);
    }
    return atom;
  }

  /** The formula in normal form, or its negation. */
  normalForm(formula: Temporal, positive = true): Formula {
    const whole = this.translate(formula);
    return positive ? whole : negated(whole);
  }

  private translate(formula: Temporal): Formula {
    switch (formula.kind) {
      case 'constant':
        return now(formula.value ? TRUE : FALSE);
      case 'state':
      case 'step':
        return now(this.proposition(formula));
      case 'not':
        return negated(this.translate(formula.operand));
      case 'always':
        return always(this.translate(formula.operand));
      case 'eventually':
        return eventually(this.translate(formula.operand));
      case 'and':
        return both(formula.operands.map((operand) => this.translate(operand)));
      case 'or':
        return either(formula.operands.map((operand) => this.translate(operand)));
      case 'implies':
        return either([negated(this.translate(formula.left)), this.translate(formula.right)]);
      case 'equivalent': {
        const [left, right] = [this.translate(formula.left), this.translate(formula.right)];
        return either([both([left, right]), both([negated(left), negated(right)])]);
      }
      case 'leads-to':
        return always(
          either([negated(this.translate(formula.left)), eventually(this.translate(formula.right))]),
        );
      case 'weak-fairness': {
        const { enabled, taken } = this.fairnessParts(formula);
        return always(eventually(now(joined('or', [not(enabled), taken]))));
      }
      case 'strong-fairness': {
        const { enabled, taken } = this.fairnessParts(formula);
        return either([eventually(always(now(not(enabled)))), always(eventually(now(taken)))]);
      }
    }
  }

  private fairnessParts(formula: FairnessFormula): { enabled: Proposition; taken: Proposition } {
    if (formula.successors !== undefined) this.fairness.add(formula);
    return { enabled: this.proposition(formula.enabled), taken: this.proposition(formula.taken) };
  }

  private proposition(leaf: Leaf): Proposition {
    return atomic(this.atomOf(leaf));
  }
}
