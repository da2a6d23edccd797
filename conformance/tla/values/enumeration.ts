import { evaluationError } from '../errors.ts';
import { EnumeratedSet, emptySet } from './value.ts';
import type { SetValue, Value } from './value.ts';

/** More elements than this are not spelled out: the specification meant something else. */
const elementsMax = 16_777_216;

/** The set spelled out, cached; undefined if it cannot be (it is infinite). */
export function enumerateIfPossible(set: SetValue): EnumeratedSet | undefined {
  switch (set.kind) {
    case 'set':
      return set;
    case 'interval': {
      if (set.enumerated === undefined) {
        if (set.high < set.low) return emptySet;
        const size = set.high - set.low + 1;
        if (size > elementsMax) throw tooLarge(size);
        const elements: Value[] = [];
        for (let i = set.low; i <= set.high; i += 1) elements.push(i);
        set.enumerated = new EnumeratedSet(elements);
      }
      return set.enumerated;
    }
    case 'lazy-set': {
      if (set.enumerated === undefined) {
        const size = set.rules.size();
        if (size === Infinity) return undefined;
        if (size !== undefined && size > elementsMax) throw tooLarge(size);
        const elements = set.rules.enumerate();
        if (elements === undefined) return undefined;
        set.enumerated = new EnumeratedSet(elements);
      }
      return set.enumerated;
    }
  }
}

function tooLarge(size: number): Error {
  return evaluationError(`a set of ${size} elements is too large to enumerate`);
}
