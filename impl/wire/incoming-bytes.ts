/** Bytes of a stream that have come and were not taken yet. */
import { Buffer } from 'node:buffer';

import { readInt32 } from './big-endian.ts';

const ROOM_BYTES_MIN = 4096;

/**
 * Chunks go in, views of contiguous bytes come out. A chunk that arrives while nothing waits is used as it is; otherwise
 * it is copied behind what waits, into a buffer that doubles where what waits is longer, so that each byte is copied a
 * constant number of times.
 */
export class IncomingBytes {
  #bytes: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  /** May #bytes be written to behind #end? Not while it is a chunk of the caller's. */
  #own = false;

  get length(): number {
    return this.#end - this.#start;
  }

  /** The chunk may be kept; the caller does not write to it again. */
  push(chunk: Buffer): void {
    if (this.length === 0) {
      this.#bytes = chunk;
      this.#start = 0;
      this.#end = chunk.length;
      this.#own = false;
      return;
    }
    if (!this.#own || this.#end + chunk.length > this.#bytes.length) this.#grow(chunk.length);
    chunk.copy(this.#bytes, this.#end);
    this.#end += chunk.length;
  }

  /** All that waits, as a view: valid for good, since what is taken is never written over. */
  peek(): Buffer {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  /** The int that the first four bytes are, at least so many waiting. A view for it alone would cost more than it. */
  peekInt(): number {
    return readInt32(this.#bytes, this.#start);
  }

  /** Takes the first `count` bytes, at most `length`, which nobody needs. */
  skip(count: number): void {
    this.#start += count;
  }

  /** Takes the first `count` bytes, at most `length`. */
  take(count: number): Buffer {
    const taken = this.#bytes.subarray(this.#start, this.#start + count);
    this.#start += count;
    return taken;
  }

  /** A new buffer always: views of the old one are in the hands of others. */
  #grow(more: number): void {
    const waiting = this.peek();
    const length = waiting.length + more;
    // What waits mostly is the beginning of a message, and the chunk has its end. A longer message gets room for more chunks.
    const larger = Buffer.allocUnsafe(waiting.length < more ? length : Math.max(ROOM_BYTES_MIN, 2 * length));
    waiting.copy(larger);
    this.#bytes = larger;
    this.#start = 0;
    this.#end = waiting.length;
    this.#own = true;
  }
}
