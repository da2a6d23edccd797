/**
 * TLA+ values. Booleans and 32-bit integers are JavaScript's own; everything else is an immutable object with a cached
 * hash. Each value of the language has one representation where equality is decided often: a function whose domain is
 * `1..n` is always a `TupleValue`, one whose domain is a non-empty set of strings always a `RecordValue`, and a finite
 * set that has been enumerated is sorted and without duplicates. Lazy sets and lazy functions turn into those on demand.
 */
export type Value = boolean | number | ObjectValue;
export type ObjectValue = StringValue | ModelValue | SetValue | FunctionLike;
export type SetValue = EnumeratedSet | IntervalSet | LazySet;
export type FunctionLike = TupleValue | RecordValue | FunctionValue | LazyFunction;

/** A string; one object per text and interner, ordered by `rank`. */
export class StringValue {
  readonly kind = 'string';
  readonly text: string;
  readonly rank: number;
  hashLow = 0;
  hashHigh = 0;

  constructor(text: string, rank: number) {
    this.text = text;
    this.rank = rank;
  }
}

/** A model value: equal to nothing but itself. A typed one may be compared with its own type and untyped ones only. */
export class ModelValue {
  readonly kind = 'model';
  readonly name: string;
  readonly rank: number;
  /** First letter of a name like `A_x`, else empty. */
  readonly type: string;
  hashLow = 0;
  hashHigh = 0;

  constructor(name: string, rank: number, type: string) {
    this.name = name;
    this.rank = rank;
    this.type = type;
  }
}

/** A finite set: elements sorted by `compare`, without duplicates. Build it with `makeSet`. */
export class EnumeratedSet {
  readonly kind = 'set';
  readonly elements: readonly Value[];
  hashLow = 0;
  hashHigh = 0;

  constructor(sorted: readonly Value[]) {
    this.elements = sorted;
  }
}

/** `low..high`; empty if `high < low`. */
export class IntervalSet {
  readonly kind = 'interval';
  readonly low: number;
  readonly high: number;
  hashLow = 0;
  hashHigh = 0;
  enumerated: EnumeratedSet | undefined = undefined;

  constructor(low: number, high: number) {
    this.low = low;
    this.high = high;
  }
}

/** What a set that is kept unevaluated has to know about itself. */
export interface LazySetRules {
  /** For messages and for printing when the set is not enumerated. */
  print(format: (value: Value) => string): string;
  contains(value: Value): boolean;
  /** Number of elements, `Infinity` if there is no end, `undefined` if only enumeration tells. */
  size(): number | undefined;
  /** The sorted elements; undefined if the set cannot be enumerated. */
  enumerate(): readonly Value[] | undefined;
  /** Decides equality without enumerating, if it can. */
  equals?(other: LazySetRules): boolean | undefined;
}

/** A set given by rules: `SUBSET S`, `[S -> T]`, `[f : S]`, `S \X T`, `Nat`, `Seq(S)`, a filter over these. */
export class LazySet {
  readonly kind = 'lazy-set';
  readonly rules: LazySetRules;
  hashLow = 0;
  hashHigh = 0;
  enumerated: EnumeratedSet | undefined = undefined;

  constructor(rules: LazySetRules) {
    this.rules = rules;
  }
}

/** A function with domain `1..n`, the empty function included. */
export class TupleValue {
  readonly kind = 'tuple';
  readonly elements: readonly Value[];
  hashLow = 0;
  hashHigh = 0;

  constructor(elements: readonly Value[]) {
    this.elements = elements;
  }
}

/** The field names of a record, shared by all records that have just these. */
export interface RecordShape {
  /** Sorted by rank, not empty. */
  readonly fields: readonly StringValue[];
  readonly domain: EnumeratedSet;
}

/** A function whose domain is a non-empty finite set of strings. */
export class RecordValue {
  readonly kind = 'record';
  readonly shape: RecordShape;
  readonly values: readonly Value[];
  hashLow = 0;
  hashHigh = 0;

  constructor(shape: RecordShape, values: readonly Value[]) {
    this.shape = shape;
    this.values = values;
  }
}

/** Any other function with a finite domain; `values[i]` belongs to `domain.elements[i]`. */
export class FunctionValue {
  readonly kind = 'function';
  readonly domain: EnumeratedSet;
  readonly values: readonly Value[];
  hashLow = 0;
  hashHigh = 0;

  constructor(domain: EnumeratedSet, values: readonly Value[]) {
    this.domain = domain;
    this.values = values;
  }
}

/** A function given by a rule: over an infinite set, or recursive and not yet tabulated. */
export class LazyFunction {
  readonly kind = 'lazy-function';
  readonly domain: SetValue;
  /** Value at an argument that is in the domain. */
  readonly rule: (argument: Value) => Value;
  readonly print: () => string;
  hashLow = 0;
  hashHigh = 0;
  tabulated: TupleValue | RecordValue | FunctionValue | undefined = undefined;

  constructor(domain: SetValue, rule: (argument: Value) => Value, print: () => string) {
    this.domain = domain;
    this.rule = rule;
    this.print = print;
  }
}

export const emptySet = new EnumeratedSet([]);
export const emptyTuple = new TupleValue([]);

/** True if the value is a set of any representation. */
export function isSet(value: Value): value is SetValue {
  return (
    typeof value === 'object' &&
    (value.kind === 'set' || value.kind === 'interval' || value.kind === 'lazy-set')
  );
}

/** True if the value is a function of any representation. */
export function isFunction(value: Value): value is FunctionLike {
  return (
    typeof value === 'object' &&
    (value.kind === 'tuple' ||
      value.kind === 'record' ||
      value.kind === 'function' ||
      value.kind === 'lazy-function')
  );
}

/** What a value is, in words, for messages. */
export function describeKind(value: Value): string {
  if (typeof value === 'boolean') return 'a boolean';
  if (typeof value === 'number') return 'an integer';
  switch (value.kind) {
    case 'string':
      return 'a string';
    case 'model':
      return 'a model value';
    case 'set':
    case 'interval':
    case 'lazy-set':
      return 'a set';
    case 'tuple':
      return 'a tuple';
    case 'record':
      return 'a record';
    case 'function':
    case 'lazy-function':
      return 'a function';
  }
}

/** The element at an index that the caller knows to be in range; checking it again would cost on every step. */
export function itemAt<T>(list: readonly T[], index: number): T {
  return list[index] as T; // in range by contract
}
