import type { JsonPath } from './errors.ts';
import { describe, isArray, isObject, type JsonObject, type JsonValue } from './json.ts';
import { Fault } from './source.ts';

// What a structure must be at a path, else a fault that says what was expected and what was found.

export function expectObject(value: JsonValue | undefined, path: JsonPath, what: string): JsonObject {
  if (value !== undefined && isObject(value)) return value;
  throw unexpected(value, path, `an object (${what})`);
}

export function expectArray(
  value: JsonValue | undefined,
  path: JsonPath,
  what: string,
): readonly JsonValue[] {
  if (value !== undefined && isArray(value)) return value;
  throw unexpected(value, path, `an array (${what})`);
}

export function expectString(value: JsonValue | undefined, path: JsonPath, what: string): string {
  if (typeof value === 'string') return value;
  throw unexpected(value, path, `a string (${what})`);
}

/** An integer in a range that a `number` holds, both ends included. */
export function expectInteger(
  value: JsonValue | undefined,
  path: JsonPath,
  what: string,
  least: number,
  most: number,
): number {
  if (typeof value !== 'bigint') throw unexpected(value, path, `an integer (${what})`);
  if (value < BigInt(least) || value > BigInt(most)) {
    throw new Fault(path, `expected ${what} from ${least} to ${most}, found ${abbreviate(value.toString())}`);
  }
  return Number(value);
}

/** Names of variables: strings, none of them twice. */
export function expectNames(value: JsonValue | undefined, path: JsonPath, what: string): readonly string[] {
  const names = expectArray(value, path, what).map((name, index) =>
    expectString(name, [...path, index], 'a name'),
  );
  names.forEach((name, index) => {
    if (names.indexOf(name) !== index)
      throw new Fault([...path, index], `the name ${name} stands here twice`);
  });
  return names;
}

/** Refuses keys that have no meaning here: a misspelt one must not pass for absent. */
export function expectKeys(object: JsonObject, path: JsonPath, known: readonly string[]): void {
  for (const key of object.keys()) {
    if (!known.includes(key)) {
      throw new Fault([...path, key], `unknown key ${abbreviate(key)}; expected one of ${known.join(', ')}`);
    }
  }
}

export function unexpected(value: JsonValue | undefined, path: JsonPath, expected: string): Fault {
  const key = path.at(-1);
  if (value !== undefined) return new Fault(path, `expected ${expected}, found ${describe(value)}`);
  const missing =
    key === undefined ? 'it' : typeof key === 'string' ? `the key ${abbreviate(key)}` : `item ${key}`;
  return new Fault(path, `expected ${expected}, but ${missing} is missing`);
}

/** Text from outside, short enough for a message. */
export function abbreviate(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
