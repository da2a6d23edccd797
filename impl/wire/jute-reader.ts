/**
 * Reads Jute, ZooKeeper's serialization: big-endian numbers, lengths before strings, buffers and vectors, -1 as the
 * length of what is null. A record is its fields one after the other.
 *
 * Nothing is read past the end of the bytes, and nothing is allocated for a length that the bytes do not bear out:
 * buffers are views of the bytes that came in.
 */
import { Buffer } from 'node:buffer';

import { Slice, viewOf, type Payload } from '../broadcast/payload.ts';
import { zxidOf, type Zxid } from '../broadcast/zxid.ts';
import { readInt32, readInt64, readUint32 } from './big-endian.ts';
import { decoded, MalformedInput, type Decoded } from './malformed.ts';

export class JuteReader {
  readonly #bytes: Buffer;
  /** Where what is to be read begins, is read next, and ends. */
  readonly #start: number;
  #next: number;
  readonly #end: number;

  /** Reads from `offset` on. The buffers it returns share memory with `bytes`. */
  constructor(bytes: Payload, offset = 0) {
    const isSlice = bytes instanceof Slice;
    const whole = isSlice ? bytes.bytes : bytes;
    this.#bytes = Buffer.isBuffer(whole)
      ? whole
      : Buffer.from(whole.buffer, whole.byteOffset, whole.byteLength);
    this.#start = isSlice ? bytes.start : 0;
    this.#next = this.#start + offset;
    this.#end = this.#start + bytes.length;
  }

  /** How many bytes were read, those before the first offset included. */
  get offset(): number {
    return this.#next - this.#start;
  }

  get remaining(): number {
    return this.#end - this.#next;
  }

  byte(field: string): number {
    return this.#bytes.readInt8(this.#advance(1, field));
  }

  boolean(field: string): boolean {
    return this.byte(field) !== 0;
  }

  int(field: string): number {
    return readInt32(this.#bytes, this.#advance(4, field));
  }

  /** The int that comes next, without taking it. */
  peekInt(field: string): number {
    const value = this.int(field);
    this.#next -= 4;
    return value;
  }

  long(field: string): bigint {
    return readInt64(this.#bytes, this.#advance(8, field));
  }

  /** A long that counts or measures something: what a JavaScript number cannot hold exactly is malformed. */
  safeLong(field: string): number {
    const at = this.#advance(8, field);
    const value = readInt32(this.#bytes, at) * 0x1_0000_0000 + readUint32(this.#bytes, at + 4);
    if (!Number.isSafeInteger(value)) throw this.#malformed(`${field}: out of range`, at);
    return value;
  }

  zxid(field: string): Zxid {
    const at = this.#advance(8, field);
    return zxidOf(readUint32(this.#bytes, at), readUint32(this.#bytes, at + 4));
  }

  /** A buffer, which may be null. */
  buffer(field: string): Uint8Array | null {
    const length = this.#length(field);
    if (length === -1) return null;
    return viewOf(this.#bytes, this.#advance(length, field), length);
  }

  /** A string, which may be null. What is not UTF-8 becomes U+FFFD, as ZooKeeper reads it. */
  nullableString(field: string): string | null {
    const length = this.#length(field);
    if (length === -1) return null;
    const at = this.#advance(length, field);
    return this.#bytes.toString('utf8', at, at + length);
  }

  string(field: string): string {
    const at = this.#next;
    const value = this.nullableString(field);
    if (value === null) throw this.#malformed(`${field} is missing`, at);
    return value;
  }

  /** A vector, null read as empty. `elementBytesMin` is what the shortest element takes. */
  vector<T>(field: string, elementBytesMin: number, element: (reader: this) => T): T[] {
    const at = this.#next;
    const count = this.#length(field);
    if (count * elementBytesMin > this.remaining) {
      throw this.#malformed(`${field}: ${count} elements do not fit in ${this.remaining} bytes`, at);
    }
    const elements: T[] = [];
    for (let i = 0; i < count; i++) elements.push(element(this));
    return elements;
  }

  /** What was not read yet. */
  rest(): Uint8Array {
    const at = this.#next;
    this.#next = this.#end;
    return viewOf(this.#bytes, at, this.#end - at);
  }

  /** Call at the end of a message: bytes that nobody has read are malformed. */
  end(what: string): void {
    if (this.remaining > 0) {
      throw this.#malformed(`${this.remaining} bytes too many after ${what}`, this.#next);
    }
  }

  /** A length: -1 or more. That it fits into the bytes is seen where they are taken. */
  #length(field: string): number {
    const at = this.#next;
    const length = this.int(field);
    if (length < -1) throw this.#malformed(`${field}: length ${length} is negative`, at);
    return length;
  }

  /** Takes `count` bytes; returns where they begin. */
  #advance(count: number, field: string): number {
    const at = this.#next;
    if (count > this.remaining) {
      throw this.#malformed(`${field}: ${count} bytes expected, ${this.remaining} are left`, at);
    }
    this.#next = at + count;
    return at;
  }

  /** What is wrong at a place of the bytes, which the reader's offsets are not counted from. */
  #malformed(reason: string, at: number): MalformedInput {
    return new MalformedInput(reason, at - this.#start);
  }
}

/** Decodes a message that takes all of `bytes`. */
export function decodeWhole<T>(what: string, bytes: Payload, read: (reader: JuteReader) => T): Decoded<T> {
  return decoded(() => {
    const reader = new JuteReader(bytes);
    const value = read(reader);
    reader.end(what);
    return value;
  });
}
