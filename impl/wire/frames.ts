/**
 * Frames: a message behind its length, an int that does not count itself. Clients, and servers that elect a leader, talk
 * in frames; servers that broadcast do not (quorum-packet.ts).
 */
import { Buffer } from 'node:buffer';

import { writeInt32 } from './big-endian.ts';
import { IncomingBytes } from './incoming-bytes.ts';
import type { Malformed } from './malformed.ts';

const LENGTH_BYTES = 4;

/** A frame; that more bytes are needed for one; or that the length is not one that is accepted, for good. */
export type NextFrame =
  | { readonly ok: true; readonly frame: Buffer }
  | { readonly ok: true; readonly frame: undefined }
  | Malformed;

const MORE: NextFrame = { ok: true, frame: undefined };

export class FrameReader {
  readonly #bytesMax: number;
  readonly #waiting = new IncomingBytes();
  #offset = 0;

  /** `bytesMax`: the longest frame that is accepted; no more than that, and one chunk, ever waits here. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Bytes that came from the stream. Take all frames before the next ones. */
  push(chunk: Buffer): void {
    this.#waiting.push(chunk);
  }

  next(): NextFrame {
    if (this.#waiting.length < LENGTH_BYTES) return MORE;
    const length = this.#waiting.peekInt();
    if (length < 0 || length > this.#bytesMax) {
      return {
        ok: false,
        reason: `a frame of ${length} bytes; at most ${this.#bytesMax} are accepted`,
        offset: this.#offset,
      };
    }
    if (this.#waiting.length < LENGTH_BYTES + length) return MORE;
    this.#offset += LENGTH_BYTES + length;
    this.#waiting.skip(LENGTH_BYTES);
    return { ok: true, frame: this.#waiting.take(length) };
  }
}

/** The message behind its length. */
export function frame(message: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(LENGTH_BYTES + message.length);
  writeInt32(bytes, 0, message.length);
  bytes.set(message, LENGTH_BYTES);
  return bytes;
}
