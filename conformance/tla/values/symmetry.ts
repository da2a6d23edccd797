/** Permutations of model values, and what they make of values. */
import { functionFromPairs, pairsOf } from './functions.ts';
import { elementsOf, makeSet } from './sets.ts';
import { itemAt, ModelValue, RecordValue, TupleValue } from './value.ts';
import type { Value } from './value.ts';

export type Permutation = ReadonlyMap<ModelValue, ModelValue>;

/**
 * The group that some permutations generate, identity left out; undefined when it has more than `most` with it. SYMMETRY
 * names generators: the union of `Permutations(A)` and `Permutations(B)` stands for all products of the two.
 */
export function generatedGroup(
  generators: readonly Permutation[],
  most: number,
): readonly Permutation[] | undefined {
  const places = new Map<ModelValue, number>();
  for (const generator of generators)
    for (const value of generator.keys()) places.set(value, places.get(value) ?? places.size);
  const points = [...places.keys()];
  const keyOf = (permutation: Permutation): string =>
    points.map((point) => places.get(permutation.get(point) ?? point)).join();

  const identity: Permutation = new Map(points.map((point) => [point, point]));
  const group = new Map<string, Permutation>([[keyOf(identity), identity]]);
  // Mostly all of a group are named. What the ones before it generate anyway is left out, and each that is not makes the
  // group twice as large or more, so that there are few.
  const independent: Permutation[] = [];
  for (const generator of generators) {
    if (group.has(keyOf(generator))) continue;
    independent.push(generator);
    const waiting = [...group.values()];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      for (const factor of independent) {
        const product = compose(next, factor, points);
        const key = keyOf(product);
        if (group.has(key)) continue;
        group.set(key, product);
        waiting.push(product);
        if (group.size > most) return undefined;
      }
    }
  }
  group.delete(keyOf(identity));
  return [...group.values()];
}

function compose(first: Permutation, second: Permutation, points: readonly ModelValue[]): Permutation {
  return new Map(
    points.map((point) => {
      const between = first.get(point) ?? point;
      return [point, second.get(between) ?? between];
    }),
  );
}

/** The value with its model values permuted; the same object if none of them moves. */
export function permute(value: Value, permutation: Permutation): Value {
  if (typeof value !== 'object') return value;
  switch (value.kind) {
    case 'string':
      return value;
    case 'model':
      return permutation.get(value) ?? value;
    case 'tuple': {
      const elements = permuteAll(value.elements, permutation);
      return elements === value.elements ? value : new TupleValue(elements);
    }
    case 'record': {
      const values = permuteAll(value.values, permutation);
      return values === value.values ? value : new RecordValue(value.shape, values);
    }
    case 'set':
    case 'interval':
    case 'lazy-set': {
      const elements = elementsOf(value);
      const permuted = permuteAll(elements, permutation);
      return permuted === elements ? value : makeSet(permuted);
    }
    case 'function':
    case 'lazy-function': {
      const pairs = pairsOf(value);
      const permuted = pairs.map(
        ([argument, result]) => [permute(argument, permutation), permute(result, permutation)] as const,
      );
      const moved = permuted.some(
        ([argument, result], i) => argument !== pairs[i]?.[0] || result !== pairs[i][1],
      );
      return moved ? functionFromPairs(permuted) : value;
    }
  }
}

/** Each of the values permuted; the same array if nothing moves. */
export function permuteAll(values: readonly Value[], permutation: Permutation): readonly Value[] {
  let permuted: Value[] | undefined;
  for (let i = 0; i < values.length; i += 1) {
    const value = itemAt(values, i);
    const image = permute(value, permutation);
    if (image === value) continue;
    permuted ??= [...values];
    permuted[i] = image;
  }
  return permuted ?? values;
}
