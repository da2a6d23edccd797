import { evaluationError } from '../errors.ts';
import { quote } from './format.ts';
import { contains, indexOfSorted, makeSet } from './sets.ts';
import { makeFunction, recordShape, tabulate } from './tabulation.ts';
import {
  FunctionValue,
  IntervalSet,
  RecordValue,
  TupleValue,
  describeKind,
  isFunction,
  itemAt,
} from './value.ts';
import type { FunctionLike, LazyFunction, RecordShape, SetValue, StringValue, Value } from './value.ts';

/** A function written out in full: no rule is left in it. */
export type Tabulated = TupleValue | RecordValue | FunctionValue;

export function tabulated(f: FunctionLike): Tabulated {
  if (f.kind !== 'lazy-function') return f;
  const result = tabulate(f);
  if (result === undefined)
    throw evaluationError(`cannot write out a function with an infinite domain: ${quote(f)}`);
  return result;
}

/** Position of a field in a shape, or -1. Shapes are small and field objects shared, so a scan wins. */
export function fieldIndex(shape: RecordShape, field: StringValue): number {
  const { fields } = shape;
  for (let i = 0; i < fields.length; i += 1) if (fields[i] === field) return i;
  return -1;
}

function outside(f: Value, argument: Value): Error {
  return evaluationError(`${quote(argument)} is not in the domain of ${quote(f)}`);
}

/** `f[argument]`. */
export function apply(f: Value, argument: Value): Value {
  if (typeof f === 'object') {
    switch (f.kind) {
      case 'tuple': {
        if (typeof argument !== 'number') {
          throw evaluationError(`the index of a sequence must be an integer, not ${quote(argument)}`);
        }
        const value = f.elements[argument - 1];
        if (value === undefined) throw outside(f, argument);
        return value;
      }
      case 'record': {
        if (typeof argument !== 'object' || argument.kind !== 'string') {
          throw evaluationError(`the field of a record must be a string, not ${quote(argument)}`);
        }
        const value = f.values[fieldIndex(f.shape, argument)];
        if (value === undefined) throw outside(f, argument);
        return value;
      }
      case 'function': {
        const value = f.values[indexOfSorted(f.domain.elements, argument)];
        if (value === undefined) throw outside(f, argument);
        return value;
      }
      case 'lazy-function':
        return applyLazy(f, argument);
      default:
        break;
    }
  }
  throw evaluationError(`cannot apply ${describeKind(f)}, ${quote(f)}, to the argument ${quote(argument)}`);
}

function applyLazy(f: LazyFunction, argument: Value): Value {
  if (f.tabulated !== undefined) return apply(f.tabulated, argument);
  if (!contains(f.domain, argument)) throw outside(f, argument);
  return f.rule(argument);
}

/** `DOMAIN f`. */
export function domainOf(f: Value): SetValue {
  if (typeof f === 'object') {
    switch (f.kind) {
      case 'tuple':
        return new IntervalSet(1, f.elements.length);
      case 'record':
        return f.shape.domain;
      case 'function':
      case 'lazy-function':
        return f.domain;
      default:
        break;
    }
  }
  throw evaluationError(`DOMAIN needs a function, not ${describeKind(f)}: ${quote(f)}`);
}

/** The record with these fields; they need not be sorted. */
export function makeRecord(entries: readonly (readonly [StringValue, Value])[]): RecordValue {
  const sorted = [...entries].sort(([a], [b]) => a.rank - b.rank);
  return new RecordValue(
    recordShape(sorted.map(([field]) => field)),
    sorted.map(([, value]) => value),
  );
}

/** The function with these arguments, in any order; an argument may not repeat. */
export function functionFromPairs(pairs: readonly (readonly [Value, Value])[]): Tabulated {
  const domain = makeSet(pairs.map(([argument]) => argument));
  const values: Value[] = new Array<Value>(domain.elements.length).fill(false);
  for (const [argument, value] of pairs) values[indexOfSorted(domain.elements, argument)] = value;
  return makeFunction(domain, values);
}

/** `f @@ g`: where both are defined, the value of `f`. */
export function combine(f: Value, g: Value): Value {
  if (!isFunction(f) || !isFunction(g)) {
    const wrong = isFunction(f) ? g : f;
    throw evaluationError(`@@ needs functions, not ${describeKind(wrong)}: ${quote(wrong)}`);
  }
  const left = pairsOf(f);
  const taken = makeSet(left.map(([argument]) => argument));
  const right = pairsOf(g).filter(([argument]) => !contains(taken, argument));
  return functionFromPairs([...left, ...right]);
}

/** Arguments with their values, in the order of the arguments. */
export function pairsOf(f: FunctionLike): (readonly [Value, Value])[] {
  const g = tabulated(f);
  switch (g.kind) {
    case 'tuple':
      return g.elements.map((value, i) => [i + 1, value] as const);
    case 'record':
      return g.shape.fields.map((field, i) => [field, itemAt(g.values, i)] as const);
    case 'function':
      return g.domain.elements.map((argument, i) => [argument, itemAt(g.values, i)] as const);
  }
}

/** The elements, if the value is a sequence; else an error that names the operator. */
export function sequenceElements(value: Value, operator: string): readonly Value[] {
  if (typeof value === 'object') {
    if (value.kind === 'tuple') return value.elements;
    if (value.kind === 'lazy-function') {
      const spelled = tabulated(value);
      if (spelled.kind === 'tuple') return spelled.elements;
    }
  }
  throw evaluationError(`${operator} needs a sequence, not ${describeKind(value)}: ${quote(value)}`);
}
