/**
 * 64-bit hashes of values and states, as two 32-bit halves. Equal values have equal hashes whatever their
 * representation, because lazy ones are spelled out first. Hashes never decide an equality that TLA+ would refuse to
 * decide: they serve to find states, whose variables have been assigned by equality before.
 */
import { evaluationError } from '../errors.ts';
import { quote } from './format.ts';
import { elementsOf } from './sets.ts';
import { tabulate } from './tabulation.ts';
import { itemAt } from './value.ts';
import type { ObjectValue, Value } from './value.ts';

/** The two halves of the last hash computed by `mixInto`; module state, so that nothing is allocated. */
let low = 0;
let high = 0;

function mix(a: number, b: number): void {
  let x = Math.imul(low ^ a, 0x9e3779b1);
  x = (x << 15) | (x >>> 17);
  let y = Math.imul(high ^ b, 0x85ebca77);
  y = (y << 13) | (y >>> 19);
  low = (Math.imul(x, 0xc2b2ae3d) + (y ^ 0x27d4eb2f)) | 0;
  high = (Math.imul(y, 0x165667b1) + (low ^ x)) | 0;
}

function finish(): void {
  let x = low ^ (high >>> 3);
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  let y = high ^ Math.imul(x, 0x9e3779b1);
  y = Math.imul(y ^ (y >>> 15), 0x2c1b3c6d);
  y = Math.imul(y ^ (y >>> 12), 0x297a2d39);
  low = (x ^ (x >>> 16) ^ y) | 0;
  high = (y ^ (y >>> 15)) | 0;
}

function mixText(text: string): void {
  mix(text.length, 0x51ed);
  for (let i = 0; i < text.length; i += 1) mix(text.charCodeAt(i), i);
}

function mixList(values: readonly Value[]): void {
  mix(values.length, 0x3c6e);
  for (let i = 0; i < values.length; i += 1) mixValue(itemAt(values, i));
}

function mixValue(value: Value): void {
  if (typeof value === 'number') {
    mix(value, 0x6a09e667);
  } else if (typeof value === 'boolean') {
    mix(value ? 1 : 2, 0x3ade68b1);
  } else {
    if (value.hashLow === 0 && value.hashHigh === 0) {
      const savedLow = low;
      const savedHigh = high;
      computeHash(value);
      low = savedLow;
      high = savedHigh;
    }
    mix(value.hashLow, value.hashHigh);
  }
}

function computeHash(value: ObjectValue): void {
  low = 0x243f6a88;
  high = 0x13198a2e;
  switch (value.kind) {
    case 'string':
      mix(1, 0);
      mixText(value.text);
      break;
    case 'model':
      mix(2, 0);
      mixText(value.name);
      break;
    case 'set':
      mix(3, 0);
      mixList(value.elements);
      break;
    case 'interval':
    case 'lazy-set':
      mix(3, 0);
      mixList(elementsOf(value));
      break;
    case 'tuple':
      mix(4, 0);
      mixList(value.elements);
      break;
    case 'record':
      mix(5, 0);
      mixList(value.shape.fields);
      mixList(value.values);
      break;
    case 'function':
      mix(6, 0);
      mixValue(value.domain);
      mixList(value.values);
      break;
    case 'lazy-function': {
      const spelled = tabulate(value);
      if (spelled === undefined)
        throw evaluationError(`cannot hash a function with an infinite domain: ${quote(value)}`);
      computeHash(spelled);
      value.hashLow = spelled.hashLow;
      value.hashHigh = spelled.hashHigh;
      return;
    }
  }
  finish();
  if (low === 0 && high === 0) low = 1;
  value.hashLow = low;
  value.hashHigh = high;
}

/** Writes the 64-bit fingerprint of a state to `target[at]` (low half) and `target[at + 1]` (high half). */
export function fingerprint(state: readonly Value[], target: Uint32Array | Int32Array, at: number): void {
  low = 0x452821e6;
  high = 0x38d01377 ^ state.length;
  for (let i = 0; i < state.length; i += 1) mixValue(itemAt(state, i));
  finish();
  target[at] = low;
  target[at + 1] = high;
}

/** The 64-bit fingerprint as a `bigint`, for tests and messages. */
export function fingerprintOf(state: readonly Value[]): bigint {
  const halves = new Uint32Array(2);
  fingerprint(state, halves, 0);
  return (BigInt(itemAt([...halves], 1)) << 32n) | BigInt(itemAt([...halves], 0));
}
