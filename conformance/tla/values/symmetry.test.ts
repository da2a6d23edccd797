import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { StateCodec } from '../explore/state-codec.ts';
import { counters, handWritten } from '../testmodels/hand-written.ts';
import { equal } from './equality.ts';
import { format } from './format.ts';
import { functionFromPairs, makeRecord } from './functions.ts';
import { Interner } from './interner.ts';
import { makeSet } from './sets.ts';
import { TupleValue, type ModelValue, type Value } from './value.ts';
import { generatedGroup, permute, type Permutation } from './symmetry.ts';

const interner = new Interner();
const models = ['a', 'b', 'c', 'd'].map((name) => interner.model(name));
const [a, b, c, d] = models as [ModelValue, ModelValue, ModelValue, ModelValue]; // four names above
const swap = (first: ModelValue, second: ModelValue): Permutation =>
  new Map([
    [first, second],
    [second, first],
  ]);

/** Any value that has model values in it, at any depth. */
const value: fc.Arbitrary<Value> = fc.letrec<{ value: Value; leaf: Value }>((tie) => ({
  leaf: fc.constantFrom<Value>(...models),
  value: fc.oneof(
    { maxDepth: 3 },
    tie('leaf'),
    fc.array(tie('leaf'), { maxLength: 4 }).map((elements) => makeSet(elements)),
    fc.array(tie('value'), { maxLength: 3 }).map((elements) => new TupleValue(elements)),
    tie('value').map((entry) => makeRecord([[interner.string('field'), entry]])),
    fc
      .uniqueArray(fc.tuple(tie('leaf'), tie('value')), {
        selector: ([key]) => key,
        minLength: 1,
        maxLength: 4,
      })
      .map((pairs) => functionFromPairs(pairs)),
  ),
})).value;

describe('permutations of model values', () => {
  it('generate their group', () => {
    expect(generatedGroup([], 1)).toHaveLength(0);
    expect(generatedGroup([swap(a, b)], 2)).toHaveLength(1);
    expect(generatedGroup([swap(a, b), swap(c, d)], 4)).toHaveLength(3);
    const all = generatedGroup([swap(a, b), swap(b, c), swap(c, d)], 24);
    expect(all).toHaveLength(23);
    expect(generatedGroup(all ?? [], 24)).toHaveLength(23);
  });

  it('are not generated beyond a bound', () => {
    expect(generatedGroup([swap(a, b), swap(b, c), swap(c, d)], 23)).toBeUndefined();
  });

  it('are undone by their inverse', () => {
    fc.assert(
      fc.property(value, (any) => {
        const there = permute(any, swap(a, b));
        expect(equal(permute(there, swap(a, b)), any)).toBe(true);
        expect(format(there)).toHaveLength(format(any).length);
      }),
    );
  });

  it('leave the fingerprint of a symmetric state as it is, and distinguish others', () => {
    const group = generatedGroup([swap(a, b), swap(b, c)], 6) ?? [];
    const specification = { ...handWritten(counters(1)), symmetry: group };
    const codec = new StateCodec(specification);
    const fingerprint = (state: Value[]): string => {
      codec.fingerprint(state);
      return `${codec.low} ${codec.high}`;
    };
    fc.assert(
      fc.property(value, value, fc.constantFrom(...group), (x, y, permutation) => {
        expect(fingerprint([permute(x, permutation), permute(y, permutation)])).toBe(fingerprint([x, y]));
      }),
    );
    expect(fingerprint([a, b])).toBe(fingerprint([c, a]));
    expect(fingerprint([a, a])).not.toBe(fingerprint([a, b]));
    expect(fingerprint([a, d])).not.toBe(fingerprint([a, b]));
  });
});
