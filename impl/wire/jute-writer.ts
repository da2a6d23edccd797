/** Writes Jute into a buffer that grows; the counterpart of jute-reader.ts. */
import { Buffer } from 'node:buffer';

import type { Zxid } from '../broadcast/zxid.ts';
import { writeInt32, writeInt64 } from './big-endian.ts';

const INITIAL_BYTES = 256;

/** Strings of at most this length are written here: two calls out of JavaScript take longer. */
const SHORT_STRING = 64;

export class JuteWriter {
  #bytes: Buffer;
  #length = 0;

  constructor(initialBytes = INITIAL_BYTES) {
    this.#bytes = Buffer.allocUnsafe(initialBytes);
  }

  get length(): number {
    return this.#length;
  }

  byte(value: number): this {
    const at = this.#reserve(1);
    this.#bytes.writeInt8(value, at);
    return this;
  }

  boolean(value: boolean): this {
    return this.byte(value ? 1 : 0);
  }

  int(value: number): this {
    const at = this.#reserve(4);
    writeInt32(this.#bytes, at, value);
    return this;
  }

  long(value: bigint): this {
    const at = this.#reserve(8);
    writeInt64(this.#bytes, at, value);
    return this;
  }

  /** A safe integer as a long. */
  safeLong(value: number): this {
    const high = Math.floor(value / 0x1_0000_0000);
    const at = this.#reserve(8);
    writeInt32(this.#bytes, at, high);
    writeInt32(this.#bytes, at + 4, value - high * 0x1_0000_0000);
    return this;
  }

  zxid({ epoch, counter }: Zxid): this {
    const at = this.#reserve(8);
    writeInt32(this.#bytes, at, epoch);
    writeInt32(this.#bytes, at + 4, counter);
    return this;
  }

  buffer(value: Uint8Array | null): this {
    if (value === null) return this.int(-1);
    this.int(value.length);
    return this.raw(value);
  }

  string(value: string | null): this {
    if (value === null) return this.int(-1);
    if (value.length <= SHORT_STRING && this.#shortAscii(value)) return this;
    const length = Buffer.byteLength(value, 'utf8');
    this.int(length);
    const at = this.#reserve(length);
    this.#bytes.write(value, at, 'utf8');
    return this;
  }

  vector<T>(elements: readonly T[] | null, write: (element: T) => void): this {
    if (elements === null) return this.int(-1);
    this.int(elements.length);
    for (const element of elements) write(element);
    return this;
  }

  /** Bytes as they are, without a length. */
  raw(value: Uint8Array): this {
    const at = this.#reserve(value.length);
    this.#bytes.set(value, at);
    return this;
  }

  /** Writes an int over one that was written at `at`, as for a length that was not known yet. */
  setInt(at: number, value: number): this {
    writeInt32(this.#bytes, at, value);
    return this;
  }

  /** What was written. The writer is done with: the bytes are the caller's. */
  finish(): Buffer {
    // A view costs about as much as writing a short record does.
    return this.#length === this.#bytes.length ? this.#bytes : this.#bytes.subarray(0, this.#length);
  }

  /** Writes a string of ASCII, as most are; false, and nothing written, when it is not. */
  #shortAscii(value: string): boolean {
    const { length } = value;
    const at = this.#reserve(4 + length);
    const bytes = this.#bytes;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 0x7f) {
        this.#length = at;
        return false;
      }
      bytes[at + 4 + i] = code;
    }
    writeInt32(bytes, at, length);
    return true;
  }

  /** Makes room for `count` bytes; returns where they begin. `#bytes` may be another buffer after it. */
  #reserve(count: number): number {
    const at = this.#length;
    const end = at + count;
    if (end > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(end, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, at);
      this.#bytes = larger;
    }
    this.#length = end;
    return at;
  }
}
