/**
 * Values as bytes, for queues and for messages between threads. Strings and model values are written by rank, so both
 * ends must have loaded the same specification; strings that came up after loading (`ToString`) are written out.
 */
import { evaluationError } from '../errors.ts';
import { quote } from './format.ts';
import type { Interner } from './interner.ts';
import { elementsOf } from './sets.ts';
import { makeFunction, recordShape, tabulate } from './tabulation.ts';
import {
  EnumeratedSet,
  RecordValue,
  StringValue,
  TupleValue,
  emptySet,
  emptyTuple,
  itemAt,
} from './value.ts';
import type { ModelValue, Value } from './value.ts';

const tag = {
  false: 0,
  true: 1,
  integer: 2,
  string: 3,
  text: 4,
  model: 5,
  set: 6,
  tuple: 7,
  record: 8,
  function: 9,
  /** Integers from 0 to 63 are one byte: this much plus the integer. */
  small: 64,
} as const;

/** Grows as needed; `bytes()` gives a copy of what was written since `reset()`. */
export class ValueWriter {
  private buffer = new Uint8Array(4096);
  private length = 0;
  private readonly interner: Interner;

  constructor(interner: Interner) {
    this.interner = interner;
  }

  reset(): void {
    this.length = 0;
  }

  /** A copy of the bytes written. */
  bytes(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }

  /** The bytes written, valid until the next write. */
  view(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  state(state: readonly Value[]): void {
    for (let i = 0; i < state.length; i += 1) this.value(itemAt(state, i));
  }

  value(value: Value): void {
    if (typeof value === 'boolean') {
      this.byte(value ? tag.true : tag.false);
      return;
    }
    if (typeof value === 'number') {
      if (value >= 0 && value < 64) this.byte(tag.small + value);
      else {
        this.byte(tag.integer);
        this.varint(((value << 1) ^ (value >> 31)) >>> 0);
      }
      return;
    }
    switch (value.kind) {
      case 'string':
        if (this.interner.isFrozen(value.rank)) {
          this.byte(tag.string);
          this.varint(value.rank);
        } else {
          this.byte(tag.text);
          const text = new TextEncoder().encode(value.text);
          this.varint(text.length);
          for (const byte of text) this.byte(byte);
        }
        return;
      case 'model':
        this.byte(tag.model);
        this.varint(value.rank);
        return;
      case 'set':
      case 'interval':
      case 'lazy-set':
        this.byte(tag.set);
        this.list(elementsOf(value));
        return;
      case 'tuple':
        this.byte(tag.tuple);
        this.list(value.elements);
        return;
      case 'record':
        this.byte(tag.record);
        this.list(value.shape.fields);
        for (let i = 0; i < value.values.length; i += 1) this.value(itemAt(value.values, i));
        return;
      case 'function':
        this.byte(tag.function);
        this.list(value.domain.elements);
        for (let i = 0; i < value.values.length; i += 1) this.value(itemAt(value.values, i));
        return;
      case 'lazy-function': {
        const spelled = tabulate(value);
        if (spelled === undefined) throw evaluationError(`a state cannot hold ${quote(value)}`);
        this.value(spelled);
        return;
      }
    }
  }

  private list(values: readonly Value[]): void {
    this.varint(values.length);
    for (let i = 0; i < values.length; i += 1) this.value(itemAt(values, i));
  }

  private varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.byte((rest & 127) | 128);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  private byte(value: number): void {
    if (this.length === this.buffer.length) {
      const larger = new Uint8Array(this.buffer.length * 2);
      larger.set(this.buffer);
      this.buffer = larger;
    }
    this.buffer[this.length] = value;
    this.length += 1;
  }
}

/** Reads what `ValueWriter` wrote, for a specification loaded in the same way. */
export class ValueReader {
  private bytes: Uint8Array = new Uint8Array(0);
  private offset = 0;
  private readonly interner: Interner;

  constructor(interner: Interner) {
    this.interner = interner;
  }

  /** Starts reading these bytes from an offset. */
  open(bytes: Uint8Array, offset = 0): void {
    this.bytes = bytes;
    this.offset = offset;
  }

  /** Offset of the next byte to be read. */
  position(): number {
    return this.offset;
  }

  state(length: number): Value[] {
    const state: Value[] = [];
    for (let i = 0; i < length; i += 1) state.push(this.value());
    return state;
  }

  value(): Value {
    const first = this.byte();
    if (first >= tag.small) return first - tag.small;
    switch (first) {
      case tag.false:
        return false;
      case tag.true:
        return true;
      case tag.integer: {
        const zigzag = this.varint();
        return (zigzag >>> 1) ^ -(zigzag & 1);
      }
      case tag.string:
        return this.interner.stringAt(this.varint());
      case tag.text: {
        const length = this.varint();
        const text = new TextDecoder().decode(this.bytes.subarray(this.offset, this.offset + length));
        this.offset += length;
        return this.interner.string(text);
      }
      case tag.model:
        return this.model(this.varint());
      case tag.set: {
        const elements = this.list();
        return elements.length === 0 ? emptySet : new EnumeratedSet(elements);
      }
      case tag.tuple: {
        const elements = this.list();
        return elements.length === 0 ? emptyTuple : new TupleValue(elements);
      }
      case tag.record: {
        const fields = this.list().filter((field) => field instanceof StringValue);
        return new RecordValue(recordShape(fields), this.state(fields.length));
      }
      case tag.function: {
        const domain = this.list();
        return makeFunction(new EnumeratedSet(domain), this.state(domain.length));
      }
      default:
        throw new RangeError(`not an encoded value: byte ${first} at ${this.offset - 1}`);
    }
  }

  private model(rank: number): ModelValue {
    return this.interner.modelAt(rank);
  }

  private list(): Value[] {
    return this.state(this.varint());
  }

  private varint(): number {
    let result = 0;
    let shift = 0;
    for (;;) {
      const byte = this.byte();
      result |= (byte & 127) << shift;
      if (byte < 128) return result >>> 0;
      shift += 7;
    }
  }

  private byte(): number {
    const byte = this.bytes[this.offset];
    if (byte === undefined) throw new RangeError(`encoded value ends early, at byte ${this.offset}`);
    this.offset += 1;
    return byte;
  }
}
