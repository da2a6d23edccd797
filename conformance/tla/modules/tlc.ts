import { TlaError, evaluationError } from '../errors.ts';
import { combine, functionFromPairs } from '../values/functions.ts';
import { format, quote } from '../values/format.ts';
import { prettyFormat } from '../values/pretty.ts';
import { anything } from '../values/lazy-sets.ts';
import { cardinality, elementsOf, makeSet } from '../values/sets.ts';
import { itemAt } from '../values/value.ts';
import type { Value } from '../values/value.ts';
import { asBoolean, asInteger, asSet, sortSequence } from './collections.ts';
import type { NativeOperator } from './native.ts';

function permutations(set: Value): Value {
  const size = cardinality(asSet(set, 'Permutations'));
  if (size > 9) throw evaluationError(`Permutations of ${size} elements are too many`);
  const elements = elementsOf(asSet(set, 'Permutations'));
  const functions: Value[] = [];
  const chosen: Value[] = [];
  const extend = (): void => {
    if (chosen.length === elements.length) {
      functions.push(functionFromPairs(elements.map((element, i) => [element, itemAt(chosen, i)] as const)));
      return;
    }
    for (const element of elements) {
      if (chosen.includes(element)) continue;
      chosen.push(element);
      extend();
      chosen.pop();
    }
  };
  extend();
  return makeSet(functions);
}

export const tlcModule: readonly NativeOperator[] = [
  { name: ':>', form: 'binary', apply: (argument, value) => functionFromPairs([[argument, value]]) },
  { name: '@@', form: 'binary', apply: combine },
  {
    name: 'Print',
    form: 'binary',
    world: true,
    apply: (out, value, machine) => {
      machine.print(`${format(out)}  ${format(value)}`);
      return value;
    },
  },
  {
    name: 'PrintT',
    form: 'unary',
    world: true,
    apply: (out, machine) => {
      machine.print(prettyFormat(out));
      return true;
    },
  },
  {
    name: 'Assert',
    form: 'binary',
    apply: (condition, out) => {
      if (asBoolean(condition, 'Assert')) return true;
      throw evaluationError(`assertion failed: ${quote(out)}`);
    },
  },
  { name: 'ToString', form: 'unary', apply: (value, machine) => machine.interner.string(format(value)) },
  { name: 'TLCEval', form: 'unary', apply: (value) => value },
  { name: 'Any', form: 'constant', value: anything },
  { name: 'Permutations', form: 'unary', apply: permutations },
  {
    name: 'SortSeq',
    form: 'higher',
    arity: 2,
    operators: new Map([[1, 2]]),
    apply: ([s], [before]) => {
      if (s === undefined || before === undefined) throw new TypeError('SortSeq takes two arguments');
      return sortSequence(s, (a, b) => asBoolean(before(a, b), 'SortSeq'));
    },
  },
  {
    name: 'TLCSet',
    form: 'binary',
    world: true,
    apply: (register, value, machine) => {
      machine.registers.set(asInteger(register, 'TLCSet'), value);
      return true;
    },
  },
  {
    name: 'TLCGet',
    form: 'unary',
    world: true,
    apply: (register, machine) => {
      if (typeof register === 'object' && register.kind === 'string') {
        throw new TlaError('unsupported', `TLCGet(${quote(register)}) is not evaluated`);
      }
      const value = machine.registers.get(asInteger(register, 'TLCGet'));
      if (value === undefined) throw evaluationError(`TLCGet(${quote(register)}): nothing was set`);
      return value;
    },
  },
  { name: 'JavaTime', form: 'unsupported', arity: 0 },
  { name: 'RandomElement', form: 'unsupported', arity: 1 },
];
