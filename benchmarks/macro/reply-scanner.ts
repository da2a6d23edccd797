/**
 * Reads the replies of a ZooKeeper server as far as their headers (`int xid; long zxid; int err;` behind the length of the
 * frame) and skips the rest. Replies to pings are passed over.
 */
import { Buffer } from 'node:buffer';

import { PING_XID } from '../../impl/wire/client-request.ts';
import type { AnswerReader } from '../load/request-stream.ts';

const LENGTH_BYTES = 4;
const HEADER_BYTES = 16;
const HEAD_BYTES = LENGTH_BYTES + HEADER_BYTES;
const REPLY_BYTES_MAX = 4 * 1024 * 1024;

export class ReplyScanner implements AnswerReader {
  /** Of a length and header that came in two pieces. */
  readonly #head = Buffer.alloc(HEAD_BYTES);
  #headBytes = 0;
  /** Bytes of the present reply that are still to come and mean nothing here. */
  #skipped = 0;

  read(chunk: Buffer, answer: (number: number, error: number) => void): void {
    let at = 0;
    while (at < chunk.length) {
      const left = chunk.length - at;
      if (this.#skipped > 0) {
        const count = Math.min(this.#skipped, left);
        this.#skipped -= count;
        at += count;
      } else if (this.#headBytes === 0 && left >= HEAD_BYTES) {
        this.#begin(chunk, at, answer);
        at += HEAD_BYTES;
      } else {
        const count = Math.min(HEAD_BYTES - this.#headBytes, left);
        chunk.copy(this.#head, this.#headBytes, at, at + count);
        this.#headBytes += count;
        at += count;
        if (this.#headBytes < HEAD_BYTES) return;
        this.#headBytes = 0;
        this.#begin(this.#head, 0, answer);
      }
    }
  }

  #begin(bytes: Buffer, at: number, answer: (number: number, error: number) => void): void {
    const length = bytes.readInt32BE(at);
    if (length < HEADER_BYTES || length > REPLY_BYTES_MAX) {
      throw new Error(`a reply of ${length} bytes came; ${HEADER_BYTES} to ${REPLY_BYTES_MAX} are accepted`);
    }
    this.#skipped = length - HEADER_BYTES;
    const xid = bytes.readInt32BE(at + LENGTH_BYTES);
    if (xid === PING_XID) return;
    answer(xid, bytes.readInt32BE(at + HEAD_BYTES - 4));
  }
}
