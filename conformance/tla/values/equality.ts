/**
 * Equality and order. Both are partial: values that have nothing to do with each other raise an evaluation error, as in
 * TLC. Sizes are compared before contents, so sets or functions of different sizes are unequal without a look inside.
 */
import { evaluationError } from '../errors.ts';
import { enumerateIfPossible } from './enumeration.ts';
import { quote } from './format.ts';
import { tabulate } from './tabulation.ts';
import { describeKind, isFunction, isSet } from './value.ts';
import type { EnumeratedSet, LazyFunction, ModelValue, SetValue, Value } from './value.ts';

function incomparable(what: string, a: Value, b: Value): Error {
  return evaluationError(
    `cannot ${what} ${describeKind(a)} and ${describeKind(b)}: ${quote(a)} and ${quote(b)}`,
  );
}

/** Equality with a model value on either side: decided for untyped ones, an error between types. */
function modelEqual(a: ModelValue, b: Value): boolean {
  if (typeof b === 'object' && b.kind === 'model') {
    if (a.name === b.name) return true;
    if (a.type !== '' && b.type !== '' && a.type !== b.type) {
      throw incomparable('check equality of differently typed', a, b);
    }
    return false;
  }
  if (a.type !== '') throw incomparable('check equality of', a, b);
  return false;
}

/** A model value sorts before everything that is not one. */
function modelCompare(a: ModelValue, b: Value): number {
  if (typeof b === 'object' && b.kind === 'model') {
    if (a.type !== '' && b.type !== '' && a.type !== b.type) {
      throw incomparable('compare differently typed', a, b);
    }
    return a.rank - b.rank;
  }
  if (a.type !== '') throw incomparable('compare', a, b);
  return -1;
}

function spelled(set: SetValue, other: Value): EnumeratedSet {
  const result = enumerateIfPossible(set);
  if (result === undefined) throw incomparable('compare', set, other);
  return result;
}

function finite(f: LazyFunction, other: Value): Exclude<ReturnType<typeof tabulate>, undefined> {
  const result = tabulate(f);
  if (result === undefined) throw incomparable('compare', f, other);
  return result;
}

/** TLA+ `a = b`. Raises an evaluation error where TLC does. */
export function equal(a: Value, b: Value): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a === b;
  if (typeof a === 'boolean' && typeof b === 'boolean') return a === b;
  if (typeof b === 'object' && b.kind === 'model') {
    return typeof a === 'object' && a.kind === 'model' ? modelEqual(a, b) : modelEqual(b, a);
  }
  if (typeof a !== 'object' || typeof b !== 'object') {
    if (typeof a === 'object' && a.kind === 'model') return modelEqual(a, b);
    throw incomparable('check equality of', a, b);
  }
  switch (a.kind) {
    case 'string':
      if (b.kind !== 'string') throw incomparable('check equality of', a, b);
      return a === b || a.text === b.text;
    case 'model':
      return modelEqual(a, b);
    case 'set':
    case 'interval':
    case 'lazy-set':
      if (!isSet(b)) throw incomparable('check equality of', a, b);
      return setsEqual(a, b);
    case 'lazy-function':
      if (!isFunction(b)) throw incomparable('check equality of', a, b);
      return equal(finite(a, b), b);
    case 'tuple':
    case 'record':
    case 'function':
      break;
  }
  if (a === b) return true;
  if (b.kind === 'lazy-function') return equal(a, finite(b, a));
  if (a.kind === 'tuple') {
    if (b.kind === 'tuple') return listsEqual(a.elements, b.elements);
    if (b.kind === 'record') {
      if (a.elements.length !== b.values.length) return false;
      throw incomparable('check equality of', a, b);
    }
    if (b.kind === 'function') {
      return (
        a.elements.length === b.values.length &&
        naturalDomainEqual(b.domain) &&
        listsEqual(a.elements, b.values)
      );
    }
  } else if (a.kind === 'record') {
    if (b.kind === 'record') {
      return (
        (a.shape === b.shape || listsEqual(a.shape.fields, b.shape.fields)) && listsEqual(a.values, b.values)
      );
    }
    if (b.kind === 'tuple' && b.elements.length === 0) return false;
    throw incomparable('check equality of', a, b);
  } else {
    if (b.kind === 'function') {
      return (
        (a.domain === b.domain || listsEqual(a.domain.elements, b.domain.elements)) &&
        listsEqual(a.values, b.values)
      );
    }
    if (b.kind === 'tuple') {
      return (
        a.values.length === b.elements.length &&
        naturalDomainEqual(a.domain) &&
        listsEqual(a.values, b.elements)
      );
    }
    if (b.kind === 'record') {
      return listsEqual(a.domain.elements, b.shape.fields) && listsEqual(a.values, b.values);
    }
  }
  throw incomparable('check equality of', a, b);
}

/** Is this domain, known not to be `1..n`, equal to `1..n`? No, or an error if it is not about integers. */
function naturalDomainEqual(domain: EnumeratedSet): boolean {
  return domain.elements.every((element, i) => equal(element, i + 1));
}

function listsEqual(a: readonly Value[], b: readonly Value[]): boolean {
  const length = a.length;
  if (length !== b.length) return false;
  for (let i = 0; i < length; i += 1) {
    const x = a[i];
    const y = b[i];
    if (x === undefined || y === undefined || !equal(x, y)) return false;
  }
  return true;
}

function setsEqual(a: SetValue, b: SetValue): boolean {
  if (a === b) return true;
  if (a.kind === 'interval' && b.kind === 'interval') {
    if (a.high < a.low) return b.high < b.low;
    return a.low === b.low && a.high === b.high;
  }
  if (a.kind === 'lazy-set' && b.kind === 'lazy-set') {
    const decided = a.rules.equals?.(b.rules);
    if (decided !== undefined) return decided;
  }
  return listsEqual(spelled(a, b).elements, spelled(b, a).elements);
}

/**
 * TLC's total order within a kind: negative, zero or positive. It is what sets are sorted by and what `CHOOSE` minimizes.
 * Raises an evaluation error where TLC does.
 */
export function compare(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (typeof a === 'object' && a.kind === 'model') return modelCompare(a, b);
  if (typeof b === 'object' && b.kind === 'model') return -modelCompare(b, a);
  if (typeof a !== 'object' || typeof b !== 'object') throw incomparable('compare', a, b);
  switch (a.kind) {
    case 'string':
      if (b.kind !== 'string') throw incomparable('compare', a, b);
      return a.rank - b.rank;
    case 'set':
    case 'interval':
    case 'lazy-set': {
      if (!isSet(b)) throw incomparable('compare', a, b);
      if (a === b) return 0;
      return compareLists(spelled(a, b).elements, spelled(b, a).elements);
    }
    case 'lazy-function':
      if (!isFunction(b)) throw incomparable('compare', a, b);
      return compare(finite(a, b), b);
    case 'tuple':
    case 'record':
    case 'function':
      break;
  }
  if (a === b) return 0;
  if (b.kind === 'lazy-function') return compare(a, finite(b, a));
  if (a.kind === 'tuple' && b.kind === 'tuple') return compareLists(a.elements, b.elements);
  if (a.kind === 'record' && b.kind === 'record' && a.shape === b.shape)
    return compareLists(a.values, b.values);
  if (!isFunction(b)) throw incomparable('compare', a, b);
  const domains = compareLists(domainElements(a), domainElements(b));
  return domains !== 0 ? domains : compareLists(functionValues(a), functionValues(b));
}

type Tabulated = Exclude<ReturnType<typeof tabulate>, undefined>;

function domainElements(f: Tabulated): readonly Value[] {
  switch (f.kind) {
    case 'tuple':
      return f.elements.map((_, i) => i + 1);
    case 'record':
      return f.shape.fields;
    case 'function':
      return f.domain.elements;
  }
}

function functionValues(f: Tabulated): readonly Value[] {
  return f.kind === 'tuple' ? f.elements : f.values;
}

function compareLists(a: readonly Value[], b: readonly Value[]): number {
  const length = a.length;
  if (length !== b.length) return length - b.length;
  for (let i = 0; i < length; i += 1) {
    const x = a[i];
    const y = b[i];
    if (x === undefined || y === undefined) break;
    if (x === y && typeof x === 'object') continue;
    const order = compare(x, y);
    if (order !== 0) return order;
  }
  return 0;
}
