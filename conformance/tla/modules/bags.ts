import { evaluationError } from '../errors.ts';
import { apply, domainOf, functionFromPairs, pairsOf } from '../values/functions.ts';
import { quote } from '../values/format.ts';
import { contains, elementsOf } from '../values/sets.ts';
import { emptyTuple, isFunction } from '../values/value.ts';
import type { Value } from '../values/value.ts';
import { asSet } from './collections.ts';
import type { NativeOperator } from './native.ts';

/** Elements with their numbers of copies; raises if the value is not a bag. */
function copies(bag: Value, operator: string): (readonly [Value, number])[] {
  if (isFunction(bag)) {
    const pairs = pairsOf(bag).flatMap(([element, count]) =>
      typeof count === 'number' && count > 0 ? [[element, count] as const] : [],
    );
    if (pairs.length === pairsOf(bag).length) return pairs;
  }
  throw evaluationError(`${operator} needs a bag, not ${quote(bag)}`);
}

function count(element: Value, bag: Value): number {
  if (!contains(domainOf(bag), element)) return 0;
  const value = apply(bag, element);
  return typeof value === 'number' ? value : 0;
}

function sum(a: Value, b: Value): Value {
  const left = copies(a, '(+)');
  const added = left.map(([element, n]) => [element, n + count(element, b)] as const);
  const fresh = copies(b, '(+)').filter(([element]) => !contains(domainOf(a), element));
  return functionFromPairs([...added, ...fresh]);
}

export const bagsModule: readonly NativeOperator[] = [
  { name: 'EmptyBag', form: 'constant', value: emptyTuple },
  {
    name: 'IsABag',
    form: 'unary',
    apply: (bag) => isFunction(bag) && pairsOf(bag).every(([, n]) => typeof n === 'number' && n > 0),
  },
  { name: 'BagToSet', form: 'unary', apply: (bag) => domainOf(bag) },
  {
    name: 'SetToBag',
    form: 'unary',
    apply: (set) =>
      functionFromPairs(elementsOf(asSet(set, 'SetToBag')).map((element) => [element, 1] as const)),
  },
  { name: 'BagIn', form: 'binary', apply: (element, bag) => contains(domainOf(bag), element) },
  { name: 'CopiesIn', form: 'binary', apply: (element, bag) => count(element, bag) },
  {
    name: 'BagCardinality',
    form: 'unary',
    apply: (bag) => copies(bag, 'BagCardinality').reduce((total, [, n]) => total + n, 0),
  },
  { name: '(+)', form: 'binary', apply: sum },
  {
    name: '(-)',
    form: 'binary',
    apply: (a, b) =>
      functionFromPairs(
        copies(a, '(-)')
          .map(([element, n]) => [element, n - count(element, b)] as const)
          .filter(([, n]) => n > 0),
      ),
  },
  {
    name: '\\sqsubseteq',
    form: 'binary',
    apply: (a, b) => copies(a, '\\sqsubseteq').every(([element, n]) => n <= count(element, b)),
  },
  {
    name: 'BagUnion',
    form: 'unary',
    apply: (bags) => elementsOf(asSet(bags, 'BagUnion')).reduce<Value>(sum, emptyTuple),
  },
  { name: 'BagOfAll', form: 'unsupported', arity: 2 },
  { name: 'SubBag', form: 'unsupported', arity: 1 },
];
