/** How a mismatch is said, to a person and to a program. */
import type { JsonValue, Mismatch } from '../tla/explore/companion.ts';
import type { Difference } from './projection.ts';

/** What a mismatch can be about. */
export type MismatchKind = 'variable' | 'effect' | 'event' | 'exception' | 'refusal' | 'crash';

export interface MismatchFacts {
  readonly kind: MismatchKind;
  /** The variable, the effect, the stimulus, … */
  readonly what: string;
  /** Who sees it, or where. */
  readonly at?: string;
  readonly specified: string;
  readonly actual: string;
}

/** @param step the action with its parameters, as text */
export function mismatch(step: string, facts: MismatchFacts): Mismatch {
  const at = facts.at === undefined ? '' : ` of ${facts.at}`;
  const detail: Readonly<Record<string, JsonValue>> = {
    step,
    kind: facts.kind,
    what: facts.what,
    ...(facts.at === undefined ? {} : { at: facts.at }),
    specified: facts.specified,
    actual: facts.actual,
  };
  return {
    kind: 'mismatch',
    summary: `${step}: ${facts.what}${at}: the specification says ${facts.specified}, the implementation ${facts.actual}`,
    detail,
  };
}

export function difference(step: string, { variable, seenBy, at, specified, actual }: Difference): Mismatch {
  return mismatch(step, { kind: 'variable', what: variable, at: `${at} (${seenBy})`, specified, actual });
}
