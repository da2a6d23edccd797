import { TraceError, type JsonPath } from './errors.ts';
import { abbreviate, expectArray, expectString, unexpected } from './expect.ts';
import { isArray, type JsonObject, type JsonValue } from './json.ts';
import { Fault } from './source.ts';
import {
  bool,
  int,
  map,
  record,
  sequence,
  set,
  string,
  tuple,
  unserializable,
  type TraceValue,
} from './value.ts';

/** Digits, with the sign: reading takes time that grows with the square of the length. */
const DIGITS_MAX = 4096;

/** Reads one ITF expression (ADR-015, "Expressions"). Integers may be JSON numbers, as in its first edition. */
export function readItfValue(value: JsonValue, path: JsonPath): TraceValue {
  if (typeof value === 'boolean') return bool(value);
  if (typeof value === 'bigint') return int(value);
  if (typeof value === 'string') return string(value);
  if (value === null || typeof value === 'number') throw unexpected(value, path, 'a value');
  if (isArray(value)) return sequence(readItems(value, path));
  const marker = [...value.keys()].find((key) => key.startsWith('#'));
  return marker === undefined ? readRecord(value, path) : readMarked(value, marker, path);
}

/**
 * Writes one ITF expression, always in the same way: integers as `#bigint`, sets and maps in order.
 *
 * @throws TraceError `unwritable` where the form would lose something.
 */
export function writeItfValue(value: TraceValue): JsonValue {
  return write(withoutModels(value));
}

/** The value as it will be read back: names for model values, and sets and maps in the order that follows. */
export function withoutModels(value: TraceValue): TraceValue {
  switch (value.kind) {
    case 'bool':
    case 'int':
    case 'string':
    case 'unserializable':
      return value;
    case 'model':
      return string(value.name);
    case 'tuple':
      return tuple(value.elements.map(withoutModels));
    case 'sequence':
      return sequence(value.elements.map(withoutModels));
    case 'record':
      return record([...value.fields].map(([name, field]) => [name, withoutModels(field)]));
    case 'set': {
      const result = set(value.elements.map(withoutModels));
      if (result.kind === 'set' && result.elements.length < value.elements.length) throw sameName('set');
      return result;
    }
    case 'map': {
      const result = map(value.entries.map(([key, item]) => [withoutModels(key), withoutModels(item)]));
      if (result.kind === 'map' && result.entries.length < value.entries.length) throw sameName('map');
      return result;
    }
  }
}

function sameName(what: string): TraceError {
  return new TraceError(
    'unwritable',
    `ITF cannot hold a ${what} with a model value and the string of its name`,
  );
}

function write(value: TraceValue): JsonValue {
  switch (value.kind) {
    case 'bool':
    case 'string':
      return value.value;
    case 'int':
      if (value.value.toString().length > DIGITS_MAX) {
        throw new TraceError('unwritable', `an integer of more than ${DIGITS_MAX} digits`);
      }
      return new Map([['#bigint', value.value.toString()]]);
    case 'model':
      return value.name;
    case 'sequence':
      return value.elements.map(write);
    case 'tuple':
      return new Map([['#tup', value.elements.map(write)]]);
    case 'set':
      return new Map([['#set', value.elements.map(write)]]);
    case 'record':
      for (const name of value.fields.keys()) {
        if (name.startsWith('#')) {
          throw new TraceError(
            'unwritable',
            `ITF cannot hold a record with a field named ${abbreviate(name)}`,
          );
        }
      }
      return new Map([...value.fields].map(([name, field]) => [name, write(field)]));
    case 'map':
      return new Map([['#map', value.entries.map(([key, item]) => [write(key), write(item)])]]);
    case 'unserializable':
      return new Map([['#unserializable', value.text]]);
  }
}

function readItems(items: readonly JsonValue[], path: JsonPath): TraceValue[] {
  return items.map((item, index) => readItfValue(item, [...path, index]));
}

function readRecord(object: JsonObject, path: JsonPath): TraceValue {
  return record([...object].map(([name, item]) => [name, readItfValue(item, [...path, name])]));
}

function readMarked(object: JsonObject, marker: string, path: JsonPath): TraceValue {
  if (object.size !== 1)
    throw new Fault(path, `an object with the key ${abbreviate(marker)} can have no other key`);
  const inside = [...path, marker];
  const content = object.get(marker);
  switch (marker) {
    case '#bigint': {
      const digits = expectString(content, inside, 'a decimal integer');
      if (!/^-?[0-9]+$/.test(digits) || digits.length > DIGITS_MAX) {
        throw new Fault(
          inside,
          `expected a decimal integer of at most ${DIGITS_MAX} digits, found ${abbreviate(digits)}`,
        );
      }
      return int(BigInt(digits));
    }
    case '#tup':
      return tuple(readItems(expectArray(content, inside, 'the elements of a tuple'), inside));
    case '#set':
      return set(readItems(expectArray(content, inside, 'the elements of a set'), inside));
    case '#map':
      return readMap(expectArray(content, inside, 'pairs of key and value'), inside);
    case '#unserializable':
      return unserializable(expectString(content, inside, 'the value as text'));
    default:
      throw new Fault(inside, `${abbreviate(marker)} is no kind of value that ITF knows`);
  }
}

function readMap(pairs: readonly JsonValue[], path: JsonPath): TraceValue {
  const entries = pairs.map((item, index): readonly [TraceValue, TraceValue] => {
    const at = [...path, index];
    const [key, value, ...rest] = expectArray(item, at, 'a key and its value');
    if (key === undefined || value === undefined || rest.length > 0) {
      throw new Fault(at, 'expected two items, a key and its value');
    }
    return [readItfValue(key, [...at, 0]), readItfValue(value, [...at, 1])];
  });
  const result = map(entries);
  if (result.kind === 'map' && result.entries.length < entries.length) {
    throw new Fault(path, 'two entries of the map have the same key');
  }
  return result;
}
