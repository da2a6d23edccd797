import { evaluationError } from '../errors.ts';
import { sequenceElements } from '../values/functions.ts';
import { quote } from '../values/format.ts';
import { sequenceSet } from '../values/lazy-sets.ts';
import { cardinality, isEnumerable } from '../values/sets.ts';
import { TupleValue, describeKind, emptyTuple, isSet, itemAt } from '../values/value.ts';
import type { SetValue, StringValue, Value } from '../values/value.ts';
import type { Machine } from '../semantics/machine.ts';
import type { NativeOperator } from './native.ts';

/** The value, if it is a set; else an error that names the operator. */
export function asSet(value: Value, operator: string): SetValue {
  if (isSet(value)) return value;
  throw evaluationError(`${operator} needs a set, not ${describeKind(value)}: ${quote(value)}`);
}

export function asInteger(value: Value, operator: string): number {
  if (typeof value === 'number') return value;
  throw evaluationError(`${operator} needs an integer, not ${describeKind(value)}: ${quote(value)}`);
}

export function asBoolean(value: Value, operator: string): boolean {
  if (typeof value === 'boolean') return value;
  throw evaluationError(`${operator} needs a boolean, not ${describeKind(value)}: ${quote(value)}`);
}

function isString(value: Value): value is StringValue {
  return typeof value === 'object' && value.kind === 'string';
}

function sequence(elements: readonly Value[]): TupleValue {
  return elements.length === 0 ? emptyTuple : new TupleValue(elements);
}

function concatenate(a: Value, b: Value, machine: Machine): Value {
  if (isString(a) && isString(b)) return machine.interner.string(a.text + b.text);
  const left = sequenceElements(a, '\\o');
  const right = sequenceElements(b, '\\o');
  return sequence([...left, ...right]);
}

function subSequence(s: Value, from: Value, to: Value, machine: Machine): Value {
  const first = asInteger(from, 'SubSeq');
  const last = asInteger(to, 'SubSeq');
  const length = isString(s) ? s.text.length : sequenceElements(s, 'SubSeq').length;
  if (first > last) return isString(s) ? machine.interner.string('') : emptyTuple;
  if (first < 1 || last > length) {
    throw evaluationError(`SubSeq(…, ${first}, ${last}) leaves the sequence ${quote(s)}`);
  }
  if (isString(s)) return machine.interner.string(s.text.slice(first - 1, last));
  return sequence(sequenceElements(s, 'SubSeq').slice(first - 1, last));
}

export const sequencesModule: readonly NativeOperator[] = [
  { name: 'Seq', form: 'unary', apply: (range) => sequenceSet(asSet(range, 'Seq')) },
  {
    name: 'Len',
    form: 'unary',
    apply: (s) => (isString(s) ? s.text.length : sequenceElements(s, 'Len').length),
  },
  { name: '\\o', form: 'binary', apply: concatenate },
  {
    name: 'Append',
    form: 'binary',
    apply: (s, value, machine) => {
      if (isString(s) && isString(value)) return machine.interner.string(s.text + value.text);
      const elements = sequenceElements(s, 'Append');
      const longer = elements.slice();
      longer.push(value);
      return new TupleValue(longer);
    },
  },
  {
    name: 'Head',
    form: 'unary',
    apply: (s, machine) => {
      if (isString(s) && s.text !== '') return machine.interner.string(s.text.charAt(0));
      const [first] = sequenceElements(s, 'Head');
      if (first === undefined) throw evaluationError('Head of the empty sequence');
      return first;
    },
  },
  {
    name: 'Tail',
    form: 'unary',
    apply: (s, machine) => {
      if (isString(s) && s.text !== '') return machine.interner.string(s.text.slice(1));
      const elements = sequenceElements(s, 'Tail');
      if (elements.length === 0) throw evaluationError('Tail of the empty sequence');
      return sequence(elements.slice(1));
    },
  },
  { name: 'SubSeq', form: 'ternary', apply: subSequence },
  {
    name: 'SelectSeq',
    form: 'higher',
    arity: 2,
    operators: new Map([[1, 1]]),
    apply: ([s], [test], machine) => {
      if (s === undefined || test === undefined) throw new TypeError('SelectSeq takes two arguments');
      const elements = isString(s)
        ? s.text.split('').map((letter) => machine.interner.string(letter))
        : sequenceElements(s, 'SelectSeq');
      return sequence(elements.filter((value) => asBoolean(test(value), 'SelectSeq')));
    },
  },
];

export const finiteSetsModule: readonly NativeOperator[] = [
  {
    name: 'Cardinality',
    form: 'unary',
    apply: (set) => cardinality(asSet(set, 'Cardinality')),
  },
  { name: 'IsFiniteSet', form: 'unary', apply: (set) => isEnumerable(asSet(set, 'IsFiniteSet')) },
];

/** Sorts by an operator that says which of two comes first; equal ones keep their order. */
export function sortSequence(s: Value, before: (a: Value, b: Value) => boolean): Value {
  const sorted: Value[] = [];
  for (const value of sequenceElements(s, 'SortSeq')) {
    let position = sorted.length;
    while (position > 0 && before(value, itemAt(sorted, position - 1))) position -= 1;
    sorted.splice(position, 0, value);
  }
  return sequence(sorted);
}
