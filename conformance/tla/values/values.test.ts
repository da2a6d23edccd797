import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TlaError } from '../errors.ts';
import { ValueReader, ValueWriter } from './codec.ts';
import { compare, equal } from './equality.ts';
import { fingerprintOf } from './fingerprint.ts';
import { format } from './format.ts';
import { apply, functionFromPairs, makeRecord, pairsOf } from './functions.ts';
import { Interner } from './interner.ts';
import { functionSet, naturals, powerset, tupleSet } from './lazy-sets.ts';
import { prettyFormat } from './pretty.ts';
import {
  contains,
  difference,
  elementsOf,
  intersection,
  interval,
  isSubset,
  makeSet,
  union,
} from './sets.ts';
import { LazyFunction, TupleValue, isFunction, isSet } from './value.ts';
import type { SetValue, Value } from './value.ts';

const interner = new Interner();
const texts = ['zeta', 'alpha', 'b', 'a', ''].map((text) => interner.string(text));
const models = ['m2', 'm1'].map((name) => interner.model(name));
interner.freeze();

const integers = fc.oneof(fc.integer({ min: -3, max: 70 }), fc.constantFrom(2147483647, -2147483648));
const scalars: fc.Arbitrary<Value>[] = [
  integers,
  fc.boolean(),
  fc.constantFrom(...texts),
  fc.constantFrom(...models),
];

/** Values of one type, so that any two can be compared. */
const sameKind = fc.letrec<Record<'list', Value[]>>((tie) => ({
  list: fc.oneof(
    { maxDepth: 3 },
    ...scalars.map((scalar) => fc.array(scalar, { minLength: 2, maxLength: 4 })),
    tie('list').map((values) => values.map((value) => makeSet([value]))),
    tie('list').map((values) => [makeSet(values), makeSet(values.slice(1)), makeSet([])]),
    tie('list').map((values) => [new TupleValue(values), new TupleValue(values.slice(1))]),
    tie('list').map((values) =>
      values.map((value, i) =>
        makeRecord(texts.slice(0, 2 + (i % 2)).map((field) => [field, value] as const)),
      ),
    ),
    tie('list').map((values) => [
      functionFromPairs(values.map((value, i) => [i * 2, value] as const)),
      functionFromPairs(values.map((value, i) => [i + 1, value] as const)),
    ]),
  ),
})).list;

const anyValue = sameKind.chain((values) => fc.constantFrom(...values));

function roundTrip(value: Value): Value {
  const writer = new ValueWriter(interner);
  writer.value(value);
  const reader = new ValueReader(interner);
  reader.open(writer.bytes());
  const result = reader.value();
  expect(reader.position()).toBe(writer.bytes().length);
  return result;
}

describe('values of one type', () => {
  it('compare as zero exactly when they are equal, and then hash and print the same', () => {
    fc.assert(
      fc.property(sameKind, (values) => {
        for (const a of values) {
          for (const b of values) {
            const same = equal(a, b);
            expect(compare(a, b) === 0).toBe(same);
            expect(fingerprintOf([a]) === fingerprintOf([b])).toBe(same);
            expect(format(a) === format(b)).toBe(same);
            expect(Math.sign(compare(a, b)) + Math.sign(compare(b, a))).toBe(0);
          }
        }
      }),
    );
  });

  it('survive being written as bytes', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const copy = roundTrip(value);
        expect(equal(copy, value)).toBe(true);
        expect(fingerprintOf([copy])).toBe(fingerprintOf([value]));
      }),
    );
  });

  it('form sets that obey the laws of sets', () => {
    fc.assert(
      fc.property(sameKind, fc.nat(), (values, cut) => {
        const a = makeSet(values.slice(0, cut % values.length));
        const b = makeSet(values);
        const all = makeSet([...values, ...values].reverse());
        expect(equal(b, all)).toBe(true);
        expect(isSubset(a, b)).toBe(true);
        expect(equal(union(a, difference(b, a)), b)).toBe(true);
        expect(equal(intersection(a, b), a)).toBe(true);
        for (const value of values) expect(contains(b, value)).toBe(true);
        expect(contains(powerset(b), a)).toBe(true);
      }),
    );
  });
});

describe('one value, however it is represented', () => {
  const pairs: [string, Value, Value][] = [
    ['an interval', interval(1, 3), makeSet([3, 1, 2])],
    ['an empty interval', interval(1, 0), makeSet([])],
    [
      'a powerset',
      powerset(interval(1, 2)),
      makeSet([makeSet([]), makeSet([2]), makeSet([1]), makeSet([1, 2])]),
    ],
    ['a set of functions', functionSet(interval(1, 1), makeSet([7])), makeSet([new TupleValue([7])])],
    ['a product', tupleSet([interval(1, 1), interval(2, 2)]), makeSet([new TupleValue([1, 2])])],
    [
      'a lazy function',
      new LazyFunction(
        interval(1, 2),
        (value) => value,
        () => '',
      ),
      new TupleValue([1, 2]),
    ],
    [
      'a function over 1..n',
      functionFromPairs([
        [2, true],
        [1, false],
      ]),
      new TupleValue([false, true]),
    ],
  ];

  it.each(pairs)('%s is equal, hashes and is written as what it spells out', (_, lazy, spelled) => {
    expect(equal(lazy, spelled)).toBe(true);
    expect(equal(spelled, lazy)).toBe(true);
    expect(fingerprintOf([lazy])).toBe(fingerprintOf([spelled]));
    expect(equal(roundTrip(lazy), spelled)).toBe(true);
  });
});

describe('values of different types', () => {
  const [text] = texts;
  const [model] = models;
  if (text === undefined) throw new TypeError('there are strings');
  const kinds: Value[] = [1, true, text, makeSet([1]), new TupleValue([1])];

  it('cannot be compared', () => {
    for (const a of kinds) {
      for (const b of kinds) {
        if (a === b) continue;
        expect(() => equal(a, b)).toThrow(TlaError);
        expect(() => compare(a, b)).toThrow(TlaError);
        expect(() => makeSet([a, b])).toThrow(TlaError);
      }
    }
  });

  it('differ from every untyped model value, which sorts first', () => {
    if (model === undefined) throw new TypeError('there are model values');
    for (const value of kinds) {
      expect(equal(model, value)).toBe(false);
      expect(equal(value, model)).toBe(false);
      expect(elementsOf(makeSet([value, model]))).toEqual([model, value]);
    }
  });

  it('cannot be compared with a typed model value', () => {
    const typed = interner.model('A_1');
    expect(equal(typed, interner.model('A_2'))).toBe(false);
    expect(() => equal(typed, interner.model('B_1'))).toThrow(TlaError);
    for (const value of kinds) expect(() => equal(typed, value)).toThrow(TlaError);
  });

  it('differ without an error if their sizes do', () => {
    expect(equal(makeSet([1]), makeSet([true, false]))).toBe(false);
    expect(() => equal(makeSet([1]), makeSet([true]))).toThrow(TlaError);
    expect(() => contains(naturals, text)).toThrow(TlaError);
  });
});

describe('printing', () => {
  it('breaks what does not fit on a line, with the text unchanged but for white space', () => {
    const squeeze = (printed: string): string => printed.replace(/\s+/g, '');
    fc.assert(
      fc.property(fc.array(anyValue, { maxLength: 12 }), (values) => {
        const tuple = new TupleValue(values);
        expect(squeeze(prettyFormat(tuple))).toBe(squeeze(format(tuple)));
      }),
    );
  });

  it('gives each function its arguments back', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        if (!isFunction(value)) return;
        for (const [argument, result] of pairsOf(value))
          expect(equal(apply(value, argument), result)).toBe(true);
      }),
    );
  });

  it('prints sets in their order', () => {
    const set: SetValue = makeSet([texts[3] ?? 0, texts[0] ?? 0]);
    expect(isSet(set) && format(set)).toBe('{"zeta", "a"}');
  });
});
