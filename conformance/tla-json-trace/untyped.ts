import { TraceError, type JsonPath } from './errors.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from './json.ts';
import { asSequence, parsePrinted, printValue } from './printed.ts';
import { equalInTla, type MapEntry, type TraceValue } from './value.ts';

/**
 * A typed value in TLC's JSON form, with the types lost: sets (in the order of `compareValues`, which need not be
 * TLC's), sequences and tuples become arrays, model values strings, records and functions objects; a function over
 * 1..n becomes an array.
 *
 * @throws TraceError `unwritable` for a value that TLC could not write: infinite, or a function with two keys whose
 *   texts are the same.
 */
export function fromTyped(value: TraceValue): JsonValue {
  switch (value.kind) {
    case 'bool':
    case 'int':
    case 'string':
      return value.value;
    case 'model':
      return value.name;
    case 'tuple':
    case 'sequence':
    case 'set':
      return value.elements.map(fromTyped);
    case 'record':
      if (value.fields.size === 0) return [];
      return new Map([...value.fields].map(([name, field]) => [name, fromTyped(field)]));
    case 'map': {
      const elements = asSequence(value.entries);
      if (elements !== undefined) return elements.map(fromTyped);
      const object = new Map(value.entries.map(([key, item]) => [keyText(key), fromTyped(item)]));
      if (object.size < value.entries.length) {
        throw new TraceError('unwritable', 'JSON cannot hold a function with two keys of the same text');
      }
      return object;
    }
    case 'unserializable':
      throw new TraceError('unwritable', `TLC's JSON form cannot hold ${value.text}`);
  }
}

/**
 * Whether `untyped`, read from TLC's JSON form, can be `typed`. Whoever can compute a state from the specification
 * learns in this way whether a trace is in that state, although the trace alone does not say what is a set and what a
 * sequence.
 */
export function matches(untyped: JsonValue, typed: TraceValue): boolean {
  return firstDifference(untyped, typed) === undefined;
}

/** Where, inside `untyped`, it first cannot be `typed`; undefined if it matches. */
export function firstDifference(untyped: JsonValue, typed: TraceValue): JsonPath | undefined {
  switch (typed.kind) {
    case 'bool':
    case 'int':
    case 'string':
      return untyped === typed.value ? undefined : [];
    case 'model':
      return untyped === typed.name ? undefined : [];
    case 'tuple':
    case 'sequence':
      return differenceInList(untyped, typed.elements);
    case 'set':
      return differenceInSet(untyped, typed.elements);
    case 'record':
      if (typed.fields.size === 0) return differenceInList(untyped, []);
      return differenceInObject(untyped, typed.fields.size, (key) => typed.fields.get(key));
    case 'map':
      return differenceInMap(untyped, typed.entries);
    case 'unserializable':
      return [];
  }
}

function keyText(key: TraceValue): string {
  return key.kind === 'string' ? key.value : printValue(key);
}

function differenceInList(untyped: JsonValue, elements: readonly TraceValue[]): JsonPath | undefined {
  if (untyped === null || !isArray(untyped) || untyped.length !== elements.length) return [];
  for (const [index, element] of elements.entries()) {
    const difference = firstDifference(untyped[index] ?? null, element);
    if (difference !== undefined) return [index, ...difference];
  }
  return undefined;
}

function differenceInObject(
  untyped: JsonValue,
  size: number,
  valueOf: (key: string) => TraceValue | undefined,
): JsonPath | undefined {
  if (untyped === null || !isObject(untyped) || untyped.size !== size) return [];
  for (const [key, item] of untyped) {
    const value = valueOf(key);
    if (value === undefined) return [key];
    const difference = firstDifference(item, value);
    if (difference !== undefined) return [key, ...difference];
  }
  return undefined;
}

function differenceInMap(untyped: JsonValue, entries: readonly MapEntry[]): JsonPath | undefined {
  const elements = asSequence(entries);
  if (elements !== undefined) return differenceInList(untyped, elements);
  if (untyped === null || !isObject(untyped) || untyped.size !== entries.length) return [];
  const byText = new Map(entries.map(([key, item]) => [keyText(key), item]));
  // Usually each key's text is what we would write; otherwise (a set in another order) the text is read as a value.
  if ([...untyped.keys()].every((key) => byText.has(key))) {
    return differenceInObject(untyped, byText.size, (key) => byText.get(key));
  }
  return differenceByKeys(untyped, entries);
}

function differenceByKeys(untyped: JsonObject, entries: readonly MapEntry[]): JsonPath | undefined {
  const left = new Set(entries);
  for (const [text, item] of untyped) {
    const key = printedKey(text);
    const entry = [...left].find(
      ([candidate]) => keyText(candidate) === text || (key !== undefined && equalInTla(key, candidate)),
    );
    if (entry === undefined) return [text];
    left.delete(entry);
    const difference = firstDifference(item, entry[1]);
    if (difference !== undefined) return [text, ...difference];
  }
  return undefined;
}

function printedKey(text: string): TraceValue | undefined {
  try {
    return parsePrinted(text);
  } catch (error) {
    if (error instanceof TraceError) return undefined;
    throw error;
  }
}

/**
 * A set matches if its elements can be paired with the items of the array. TLC's order of elements is not ours, and an
 * item may match several elements ([] is both the empty set and the empty sequence), so pairs are sought by augmenting
 * paths.
 */
function differenceInSet(untyped: JsonValue, elements: readonly TraceValue[]): JsonPath | undefined {
  if (untyped === null || !isArray(untyped) || untyped.length !== elements.length) return [];
  if (differenceInList(untyped, elements) === undefined) return undefined;
  const candidates = untyped.map((item) =>
    elements.flatMap((element, at) => (matches(item, element) ? [at] : [])),
  );
  const takenBy = new Map<number, number>();
  const place = (item: number, tried: Set<number>): boolean => {
    for (const at of candidates[item] ?? []) {
      if (tried.has(at)) continue;
      tried.add(at);
      const holder = takenBy.get(at);
      if (holder === undefined || place(holder, tried)) {
        takenBy.set(at, item);
        return true;
      }
    }
    return false;
  };
  const odd = untyped.findIndex((_, item) => !place(item, new Set()));
  return odd < 0 ? undefined : [odd];
}
