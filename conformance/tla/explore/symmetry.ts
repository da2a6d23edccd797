/** Permutations of model values, and what they make of values. */
import { functionFromPairs, pairsOf } from '../values/functions.ts';
import { elementsOf, makeSet } from '../values/sets.ts';
import { itemAt, ModelValue, RecordValue, TupleValue } from '../values/value.ts';
import type { Value } from '../values/value.ts';

export type Permutation = ReadonlyMap<ModelValue, ModelValue>;

/** More than TLC would ever finish with; a guard against a set that is not what its author meant. */
const GROUP_MAX = 100_000;

/**
 * The group that some permutations generate, identity left out. SYMMETRY names generators: the union of
 * `Permutations(A)` and `Permutations(B)` stands for all products of the two.
 */
export function generatedGroup(generators: readonly Permutation[]): readonly Permutation[] {
  const moved = new Set<ModelValue>();
  for (const generator of generators) for (const value of generator.keys()) moved.add(value);
  const points = [...moved];
  const keyOf = (permutation: Permutation): string =>
    points.map((point) => points.indexOf(permutation.get(point) ?? point)).join();

  const identity: Permutation = new Map(points.map((point) => [point, point]));
  const group = new Map<string, Permutation>([[keyOf(identity), identity]]);
  const waiting = [identity];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const generator of generators) {
      const product = compose(next, generator, points);
      const key = keyOf(product);
      if (group.has(key)) continue;
      group.set(key, product);
      waiting.push(product);
      if (group.size > GROUP_MAX) throw new RangeError(`SYMMETRY has more than ${GROUP_MAX} permutations`);
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
