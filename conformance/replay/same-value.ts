import { TlaError } from '../tla/errors.ts';
import { equal } from '../tla/values/equality.ts';
import type { Value } from '../tla/values/value.ts';

/** Equality for comparisons with an implementation: values of different kinds differ, where TLA+ would not compare them. */
export function same(specified: Value, actual: Value): boolean {
  if (typeof specified !== typeof actual) return false;
  try {
    return equal(specified, actual);
  } catch (error) {
    if (error instanceof TlaError) return false;
    throw error;
  }
}
