/** What is wrong with a state or a step, in the order in which TLC looks. */
import type { Predicate, Specification, State } from '../specification.ts';
import { evaluationFinding, type Finding } from './finding.ts';

/** The first invariant, in the order of the model, that does not hold or cannot be evaluated in a state. */
export function findViolation(specification: Specification, state: State): Finding | undefined {
  for (const invariant of specification.invariants) {
    try {
      if (!invariant.holds(state)) return { kind: 'invariant', ...namesOf(invariant) };
    } catch (error) {
      return evaluationFinding(error, `invariant ${invariant.name}`);
    }
  }
  return undefined;
}

/** What is wrong with an initial state: its invariants, then what properties demand of it. */
export function findInitialViolation(specification: Specification, state: State): Finding | undefined {
  const violation = findViolation(specification, state);
  if (violation !== undefined) return violation;
  for (const { initial } of specification.properties) {
    for (const part of initial) {
      try {
        if (!part.holds(state)) return { kind: 'initial-property', ...namesOf(part) };
      } catch (error) {
        return evaluationFinding(error, `property ${part.name}`);
      }
    }
  }
  return undefined;
}

/** The first part of a property that forbids a step. */
export function findStepViolation(
  specification: Specification,
  state: State,
  next: State,
): Finding | undefined {
  for (const { steps } of specification.properties) {
    for (const part of steps) {
      try {
        if (!part.holds(state, next)) return { kind: 'step-property', ...namesOf(part) };
      } catch (error) {
        return evaluationFinding(error, `action property ${part.name}`);
      }
    }
  }
  return undefined;
}

function namesOf({ name, property }: Pick<Predicate, 'name' | 'property'>): {
  name: string;
  property: string;
} {
  return { name, property: property ?? name };
}
