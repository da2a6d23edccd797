import { evaluationError } from '../errors.ts';
import { enumerateIfPossible } from './enumeration.ts';
import { compare, equal } from './equality.ts';
import { quote } from './format.ts';
import { EnumeratedSet, IntervalSet, LazySet, describeKind, emptySet, isSet, itemAt } from './value.ts';
import type { SetValue, Value } from './value.ts';

/** The set of these values, in any order and with repetitions; raises if two of them cannot be compared. */
export function makeSet(values: readonly Value[]): EnumeratedSet {
  const length = values.length;
  if (length === 0) return emptySet;
  if (length > 24) return makeLargeSet(values);
  const sorted: Value[] = [itemAt(values, 0)];
  for (let i = 1; i < length; i += 1) insertSorted(sorted, itemAt(values, i));
  return new EnumeratedSet(sorted);
}

function insertSorted(sorted: Value[], value: Value): void {
  let position = sorted.length;
  while (position > 0) {
    const order = compare(itemAt(sorted, position - 1), value);
    if (order === 0) return;
    if (order < 0) break;
    position -= 1;
  }
  sorted.splice(position, 0, value);
}

function makeLargeSet(values: readonly Value[]): EnumeratedSet {
  const ordered = [...values].sort(compare);
  const distinct: Value[] = [itemAt(ordered, 0)];
  for (let i = 1; i < ordered.length; i += 1) {
    const value = itemAt(ordered, i);
    if (compare(itemAt(distinct, distinct.length - 1), value) !== 0) distinct.push(value);
  }
  return new EnumeratedSet(distinct);
}

/** The sorted elements; raises if the set is infinite. */
export function elementsOf(set: SetValue): readonly Value[] {
  if (set.kind === 'set') return set.elements;
  const spelled = enumerateIfPossible(set);
  if (spelled === undefined) throw evaluationError(`cannot enumerate ${quote(set)}`);
  return spelled.elements;
}

/** The set in enumerated form; raises if it is infinite. */
export function enumerated(set: SetValue): EnumeratedSet {
  if (set.kind === 'set') return set;
  const spelled = enumerateIfPossible(set);
  if (spelled === undefined) throw evaluationError(`cannot enumerate ${quote(set)}`);
  return spelled;
}

/** Position of a value among sorted elements, or -1; raises if it cannot be compared with them. */
export function indexOfSorted(elements: readonly Value[], value: Value): number {
  const length = elements.length;
  if (length === 0) return -1;
  if (length <= 8) {
    for (let i = 0; i < length; i += 1) if (elements[i] === value) return i;
    if (typeof value !== 'object' || value.kind === 'string' || value.kind === 'model') {
      // Model values sort first, so the last element tells whether the kinds fit.
      const last = itemAt(elements, length - 1);
      return equal(last, value) ? length - 1 : -1;
    }
  }
  let low = 0;
  let high = length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const order = compare(itemAt(elements, middle), value);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** TLA+ `value \in set`. */
export function contains(set: SetValue, value: Value): boolean {
  switch (set.kind) {
    case 'set':
      return indexOfSorted(set.elements, value) >= 0;
    case 'interval':
      if (typeof value === 'number') return value >= set.low && value <= set.high;
      if (set.high < set.low || isUntypedModel(value)) return false;
      throw notComparable(value, set);
    case 'lazy-set':
      return set.enumerated === undefined
        ? set.rules.contains(value)
        : indexOfSorted(set.enumerated.elements, value) >= 0;
  }
}

export function isUntypedModel(value: Value): boolean {
  return typeof value === 'object' && value.kind === 'model' && value.type === '';
}

export function notComparable(value: Value, set: SetValue): Error {
  return evaluationError(
    `cannot check whether ${describeKind(value)}, ${quote(value)}, is an element of ${quote(set)}`,
  );
}

/** The number of elements; raises if infinite. */
export function cardinality(set: SetValue): number {
  if (set.kind === 'set') return set.elements.length;
  if (set.kind === 'interval') return set.high < set.low ? 0 : set.high - set.low + 1;
  const size = set.enumerated === undefined ? set.rules.size() : undefined;
  if (size === Infinity) throw evaluationError(`Cardinality of an infinite set: ${quote(set)}`);
  if (size !== undefined && size <= 2147483647) return size;
  return elementsOf(set).length;
}

/** True if the elements can be listed. */
export function isEnumerable(set: SetValue): boolean {
  return set.kind !== 'lazy-set' || enumerateIfPossible(set) !== undefined;
}

export function isEmptySet(set: SetValue): boolean {
  if (set.kind === 'set') return set.elements.length === 0;
  if (set.kind === 'interval') return set.high < set.low;
  const size = set.rules.size();
  return size === undefined ? elementsOf(set).length === 0 : size === 0;
}

/** `a \cup b`. */
export function union(a: SetValue, b: SetValue): SetValue {
  if (!isEnumerable(a) || !isEnumerable(b)) {
    return new LazySet({
      print: (show) => `(${show(a)} \\cup ${show(b)})`,
      contains: (value) => contains(a, value) || contains(b, value),
      size: () => Infinity,
      enumerate: () => undefined,
    });
  }
  const x = elementsOf(a);
  const y = elementsOf(b);
  if (y.length === 0) return enumerated(a);
  if (x.length === 0) return enumerated(b);
  return mergeSorted(x, y);
}

function mergeSorted(x: readonly Value[], y: readonly Value[]): EnumeratedSet {
  const merged: Value[] = [];
  let i = 0;
  let j = 0;
  while (i < x.length && j < y.length) {
    const left = itemAt(x, i);
    const right = itemAt(y, j);
    const order = left === right ? 0 : compare(left, right);
    if (order <= 0) {
      merged.push(left);
      i += 1;
      if (order === 0) j += 1;
    } else {
      merged.push(right);
      j += 1;
    }
  }
  for (; i < x.length; i += 1) merged.push(itemAt(x, i));
  for (; j < y.length; j += 1) merged.push(itemAt(y, j));
  return new EnumeratedSet(merged);
}

/** `a \cap b`. */
export function intersection(a: SetValue, b: SetValue): SetValue {
  if (isEnumerable(a)) return new EnumeratedSet(elementsOf(a).filter((value) => contains(b, value)));
  if (isEnumerable(b)) return new EnumeratedSet(elementsOf(b).filter((value) => contains(a, value)));
  return new LazySet({
    print: (show) => `(${show(a)} \\cap ${show(b)})`,
    contains: (value) => contains(a, value) && contains(b, value),
    size: () => Infinity,
    enumerate: () => undefined,
  });
}

/** `a \ b`. */
export function difference(a: SetValue, b: SetValue): SetValue {
  if (isEnumerable(a)) {
    const kept = elementsOf(a).filter((value) => !contains(b, value));
    return kept.length === 0 ? emptySet : new EnumeratedSet(kept);
  }
  return new LazySet({
    print: (show) => `(${show(a)} \\ ${show(b)})`,
    contains: (value) => contains(a, value) && !contains(b, value),
    size: () => Infinity,
    enumerate: () => undefined,
  });
}

/** `a \subseteq b`; `a` must be enumerable. */
export function isSubset(a: SetValue, b: SetValue): boolean {
  if (a.kind === 'interval' && b.kind === 'interval') {
    return a.high < a.low || (a.low >= b.low && a.high <= b.high);
  }
  const elements = elementsOf(a);
  for (let i = 0; i < elements.length; i += 1) if (!contains(b, itemAt(elements, i))) return false;
  return true;
}

/** `UNION sets`. */
export function bigUnion(sets: SetValue): SetValue {
  if (!isEnumerable(sets)) {
    return new LazySet({
      print: (show) => `UNION ${show(sets)}`,
      contains: () => {
        throw evaluationError(`cannot enumerate ${quote(sets)} below UNION`);
      },
      size: () => Infinity,
      enumerate: () => undefined,
    });
  }
  let result: SetValue = emptySet;
  for (const member of elementsOf(sets)) {
    if (!isSet(member)) {
      throw evaluationError(
        `UNION needs a set of sets, but this element is ${describeKind(member)}: ${quote(member)}`,
      );
    }
    result = union(result, member);
  }
  return result;
}

/** `low..high`. */
export function interval(low: number, high: number): SetValue {
  return new IntervalSet(low, high);
}
