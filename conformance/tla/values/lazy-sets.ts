/** The sets that stay unevaluated: asked for membership or size, they answer without listing their elements. */
import { evaluationError } from '../errors.ts';
import { equal } from './equality.ts';
import { quote } from './format.ts';
import {
  cardinality,
  contains,
  elementsOf,
  isEmptySet,
  isEnumerable,
  isSubset,
  isUntypedModel,
  makeSet,
  notComparable,
} from './sets.ts';
import { recordShape, tabulate } from './tabulation.ts';
import { makeFunction } from './tabulation.ts';
import { enumerated } from './sets.ts';
import {
  EnumeratedSet,
  IntervalSet,
  LazySet,
  RecordValue,
  TupleValue,
  isFunction,
  isSet,
  itemAt,
} from './value.ts';
import type { LazySetRules, SetValue, StringValue, Value } from './value.ts';

class PowersetRules implements LazySetRules {
  readonly base: SetValue;

  constructor(base: SetValue) {
    this.base = base;
  }

  print(show: (value: Value) => string): string {
    return `SUBSET ${show(this.base)}`;
  }

  contains(value: Value): boolean {
    if (isSet(value)) return isSubset(value, this.base);
    if (isUntypedModel(value)) return false;
    throw evaluationError(
      `cannot check whether ${quote(value)}, which is not a set, is in ${this.print(quote)}`,
    );
  }

  size(): number | undefined {
    return isEnumerable(this.base) ? 2 ** cardinality(this.base) : Infinity;
  }

  /** Subsets in TLC's order: by size, then by elements, which is the order of combinations of sorted elements. */
  enumerate(): readonly Value[] | undefined {
    if (!isEnumerable(this.base)) return undefined;
    const elements = elementsOf(this.base);
    const subsets: Value[] = [];
    const chosen: Value[] = [];
    const choose = (from: number, missing: number): void => {
      if (missing === 0) {
        subsets.push(new EnumeratedSet([...chosen]));
        return;
      }
      for (let i = from; i <= elements.length - missing; i += 1) {
        chosen.push(itemAt(elements, i));
        choose(i + 1, missing - 1);
        chosen.pop();
      }
    };
    for (let size = 0; size <= elements.length; size += 1) choose(0, size);
    return subsets;
  }

  equals(other: LazySetRules): boolean | undefined {
    return other instanceof PowersetRules ? equal(this.base, other.base) : undefined;
  }
}

/** `SUBSET base`. */
export function powerset(base: SetValue): SetValue {
  return new LazySet(new PowersetRules(base));
}

/** All ways to take one of each list, the first position slowest: sorted if the lists are. */
function combinations(lists: readonly (readonly Value[])[]): Value[][] {
  let rows: Value[][] = [[]];
  for (const list of lists) rows = rows.flatMap((row) => list.map((value) => [...row, value]));
  return rows;
}

function product(sizes: readonly (number | undefined)[]): number | undefined {
  if (sizes.some((size) => size === 0)) return 0;
  let result = 1;
  for (const size of sizes) {
    if (size === undefined) return undefined;
    result *= size;
  }
  return result;
}

function sizeOf(set: SetValue): number | undefined {
  return isEnumerable(set) ? cardinality(set) : Infinity;
}

class FunctionSetRules implements LazySetRules {
  readonly domain: SetValue;
  readonly range: SetValue;

  constructor(domain: SetValue, range: SetValue) {
    this.domain = domain;
    this.range = range;
  }

  print(show: (value: Value) => string): string {
    return `[${show(this.domain)} -> ${show(this.range)}]`;
  }

  contains(value: Value): boolean {
    if (!isFunction(value)) {
      if (isUntypedModel(value)) return false;
      throw evaluationError(
        `cannot check whether ${quote(value)}, which is not a function, is in ${this.print(quote)}`,
      );
    }
    const f = value.kind === 'lazy-function' ? tabulate(value) : value;
    if (f === undefined)
      throw evaluationError(`cannot check whether ${quote(value)} is in ${this.print(quote)}`);
    switch (f.kind) {
      case 'tuple':
        return (
          equal(this.domain, new IntervalSet(1, f.elements.length)) &&
          f.elements.every((element) => contains(this.range, element))
        );
      case 'record':
        return (
          equal(this.domain, f.shape.domain) && f.values.every((element) => contains(this.range, element))
        );
      case 'function':
        return equal(this.domain, f.domain) && f.values.every((element) => contains(this.range, element));
    }
  }

  size(): number | undefined {
    const arguments_ = sizeOf(this.domain);
    if (arguments_ === 0) return 1;
    const results = sizeOf(this.range);
    if (arguments_ === undefined || results === undefined) return undefined;
    return results === 0 ? 0 : results ** arguments_;
  }

  enumerate(): readonly Value[] | undefined {
    if (!isEnumerable(this.domain)) return undefined;
    const domain = enumerated(this.domain);
    if (domain.elements.length > 0 && !isEnumerable(this.range)) return undefined;
    const range = domain.elements.length === 0 ? [] : elementsOf(this.range);
    return combinations(domain.elements.map(() => range)).map((row) => makeFunction(domain, row));
  }

  equals(other: LazySetRules): boolean | undefined {
    if (!(other instanceof FunctionSetRules)) return undefined;
    if (isEmptySet(this.range) || isEmptySet(other.range)) return undefined;
    return equal(this.domain, other.domain) && (isEmptySet(this.domain) || equal(this.range, other.range));
  }
}

/** `[domain -> range]`. */
export function functionSet(domain: SetValue, range: SetValue): SetValue {
  return new LazySet(new FunctionSetRules(domain, range));
}

class RecordSetRules implements LazySetRules {
  /** Sorted by rank. */
  readonly fields: readonly StringValue[];
  readonly ranges: readonly SetValue[];

  constructor(fields: readonly StringValue[], ranges: readonly SetValue[]) {
    this.fields = fields;
    this.ranges = ranges;
  }

  print(show: (value: Value) => string): string {
    return `[${this.fields.map((field, i) => `${field.text}: ${show(itemAt(this.ranges, i))}`).join(', ')}]`;
  }

  contains(value: Value): boolean {
    const f = isFunction(value) ? (value.kind === 'lazy-function' ? tabulate(value) : value) : undefined;
    if (f?.kind === 'record') {
      const { fields } = f.shape;
      if (fields.length !== this.fields.length) return false;
      if (!fields.every((field, i) => field.text === itemAt(this.fields, i).text)) return false;
      return f.values.every((element, i) => contains(itemAt(this.ranges, i), element));
    }
    if (isUntypedModel(value) || (f?.kind === 'tuple' && f.elements.length === 0)) return false;
    throw evaluationError(
      `cannot check whether ${quote(value)}, which is not a record, is in ${this.print(quote)}`,
    );
  }

  size(): number | undefined {
    return product(this.ranges.map(sizeOf));
  }

  enumerate(): readonly Value[] | undefined {
    if (this.size() === 0) return [];
    if (!this.ranges.every(isEnumerable)) return undefined;
    const shape = recordShape(this.fields);
    return combinations(this.ranges.map(elementsOf)).map((row) => new RecordValue(shape, row));
  }
}

/** `[f : S, g : T]`; the fields sorted by rank, their sets in the same order. */
export function recordSet(fields: readonly StringValue[], ranges: readonly SetValue[]): SetValue {
  return new LazySet(new RecordSetRules(fields, ranges));
}

class TupleSetRules implements LazySetRules {
  readonly ranges: readonly SetValue[];

  constructor(ranges: readonly SetValue[]) {
    this.ranges = ranges;
  }

  print(show: (value: Value) => string): string {
    return `(${this.ranges.map(show).join(' \\X ')})`;
  }

  contains(value: Value): boolean {
    const f = isFunction(value) ? (value.kind === 'lazy-function' ? tabulate(value) : value) : undefined;
    if (f?.kind === 'tuple') {
      return (
        f.elements.length === this.ranges.length &&
        f.elements.every((element, i) => contains(itemAt(this.ranges, i), element))
      );
    }
    if (isUntypedModel(value)) return false;
    throw evaluationError(
      `cannot check whether ${quote(value)}, which is not a tuple, is in ${this.print(quote)}`,
    );
  }

  size(): number | undefined {
    return product(this.ranges.map(sizeOf));
  }

  enumerate(): readonly Value[] | undefined {
    if (this.size() === 0) return [];
    if (!this.ranges.every(isEnumerable)) return undefined;
    return combinations(this.ranges.map(elementsOf)).map((row) => new TupleValue(row));
  }
}

/** `S \X T \X …`. */
export function tupleSet(ranges: readonly SetValue[]): SetValue {
  return new LazySet(new TupleSetRules(ranges));
}

/** `{x \in base : test(x)}` over a set that cannot be listed. */
export function filterSet(base: SetValue, test: (value: Value) => boolean): SetValue {
  return new LazySet({
    print: () => {
      throw evaluationError(`cannot enumerate ${quote(base)} below a set filter`);
    },
    contains: (value) => contains(base, value) && test(value),
    size: () => Infinity,
    enumerate: () => undefined,
  });
}

class SequenceSetRules implements LazySetRules {
  readonly range: SetValue;

  constructor(range: SetValue) {
    this.range = range;
  }

  print(show: (value: Value) => string): string {
    return `Seq(${show(this.range)})`;
  }

  contains(value: Value): boolean {
    const f = isFunction(value) ? (value.kind === 'lazy-function' ? tabulate(value) : value) : undefined;
    if (f?.kind === 'tuple') return f.elements.every((element) => contains(this.range, element));
    if (isUntypedModel(value) || f !== undefined) return false;
    throw evaluationError(
      `cannot check whether ${quote(value)}, which is not a sequence, is in ${this.print(quote)}`,
    );
  }

  size(): number {
    return Infinity;
  }

  enumerate(): undefined {
    return undefined;
  }

  equals(other: LazySetRules): boolean | undefined {
    return other instanceof SequenceSetRules ? equal(this.range, other.range) : undefined;
  }
}

/** `Seq(range)`. */
export function sequenceSet(range: SetValue): SetValue {
  return new LazySet(new SequenceSetRules(range));
}

function infiniteSet(name: string, test: (value: Value) => boolean | undefined): LazySet {
  const set: LazySet = new LazySet({
    print: () => name,
    contains: (value) => {
      const answer = test(value);
      if (answer !== undefined) return answer;
      if (isUntypedModel(value)) return false;
      throw notComparable(value, set);
    },
    size: () => Infinity,
    enumerate: () => undefined,
    equals: (other) => (other === set.rules ? true : areNumberSets(set.rules, other) ? false : undefined),
  });
  return set;
}

export const naturals = infiniteSet('Nat', (value) => (typeof value === 'number' ? value >= 0 : undefined));
export const integers = infiniteSet('Int', (value) => (typeof value === 'number' ? true : undefined));
export const strings = infiniteSet('STRING', (value) =>
  typeof value === 'object' && value.kind === 'string' ? true : undefined,
);
/** `Nat` and `Int` differ; other sets that have no end cannot be compared, as in TLC. */
function areNumberSets(...sets: readonly LazySetRules[]): boolean {
  return sets.every((rules) => rules === naturals.rules || rules === integers.rules);
}
/** TLC's `Any`: everything is in it. */
export const anything = infiniteSet('ANY', () => true);
export const booleans = makeSet([false, true]);
