/** What an exploration can come upon, as plain data that travels between threads. */
import { TlaError, isStackOverflow, type Place } from '../errors.ts';
import type { JsonValue } from './companion.ts';

/** What does not hold. */
export interface Violated {
  /** As TLC names it: a definition, or the place of a conjunct. */
  readonly name: string;
  /** As the configuration file names it. */
  readonly property: string;
}

export type Finding =
  | ({ readonly kind: 'invariant' } & Violated)
  /** An initial state that a property does not allow. */
  | ({ readonly kind: 'initial-property' } & Violated)
  /** A step that a property does not allow. */
  | ({ readonly kind: 'step-property' } & Violated)
  | { readonly kind: 'deadlock' }
  | EvaluationFinding
  /** Two successors by the same action with the same arguments, in a model in which a step must be unique. */
  | { readonly kind: 'ambiguous'; readonly action: string }
  | { readonly kind: 'mismatch'; readonly summary: string; readonly detail: JsonValue }
  /** A state was reached by two paths and the companion's snapshots differ. */
  | { readonly kind: 'remembered' };

export interface EvaluationFinding {
  readonly kind: 'evaluation';
  /** `unsupported` when the checker, and not the specification, falls short. */
  readonly error: 'evaluation' | 'unsupported';
  readonly sentence: string;
  readonly place?: Place;
  /** What was being evaluated, in words: `the next-state relation`, `invariant TypeOK`, … */
  readonly during: string;
}

/** Where in the work on a block something was found. */
export interface FindingPlace {
  /** Position in the block of the state being expanded. */
  readonly source: number;
  /** Which of its successors, from 0 in the order of generation; -1 for the state itself. */
  readonly edge: number;
}

/**
 * What an error during evaluation amounts to.
 * @throws the error itself if it is not one that a specification can cause
 */
export function evaluationFinding(error: unknown, during: string): EvaluationFinding {
  if (isStackOverflow(error)) {
    return { kind: 'evaluation', error: 'evaluation', sentence: 'the recursion is too deep', during };
  }
  if (!(error instanceof TlaError)) throw error;
  const finding = {
    kind: 'evaluation',
    error: error.kind === 'unsupported' ? 'unsupported' : 'evaluation',
    sentence: error.sentence,
    during,
  } as const;
  return error.place === undefined ? finding : { ...finding, place: error.place };
}
