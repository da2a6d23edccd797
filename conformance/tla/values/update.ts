/** The one-level updates that `EXCEPT` is made of. */
import { evaluationError } from '../errors.ts';
import { fieldIndex } from './functions.ts';
import type { Tabulated } from './functions.ts';
import { quote } from './format.ts';
import { indexOfSorted } from './sets.ts';
import { equal } from './equality.ts';
import { FunctionValue, LazyFunction, RecordValue, TupleValue, itemAt } from './value.ts';
import type { Value } from './value.ts';

/** Where the value at an argument is kept, or -1 if the argument is outside the domain. */
export function positionOf(f: Tabulated, argument: Value): number {
  switch (f.kind) {
    case 'tuple':
      if (typeof argument !== 'number') {
        throw evaluationError(`the index of a sequence must be an integer, not ${quote(argument)}`);
      }
      return argument >= 1 && argument <= f.elements.length ? argument - 1 : -1;
    case 'record':
      if (typeof argument !== 'object' || argument.kind !== 'string') {
        throw evaluationError(`the field of a record must be a string, not ${quote(argument)}`);
      }
      return fieldIndex(f.shape, argument);
    case 'function':
      return indexOfSorted(f.domain.elements, argument);
  }
}

export function valueAt(f: Tabulated, position: number): Value {
  return itemAt(f.kind === 'tuple' ? f.elements : f.values, position);
}

/** The function with another value at a position; the domain stays, so the representation does too. */
export function replaceAt(f: Tabulated, position: number, value: Value): Tabulated {
  const copy = (f.kind === 'tuple' ? f.elements : f.values).slice();
  copy[position] = value;
  switch (f.kind) {
    case 'tuple':
      return new TupleValue(copy);
    case 'record':
      return new RecordValue(f.shape, copy);
    case 'function':
      return new FunctionValue(f.domain, copy);
  }
}

/** The function with another value at an argument of its domain, which cannot be listed: a rule beside the rule. */
export function replaceByRule(f: LazyFunction, argument: Value, value: Value): LazyFunction {
  return new LazyFunction(f.domain, (other) => (equal(argument, other) ? value : f.rule(other)), f.print);
}
