/**
 * What is to be written to one socket, in order. Small pieces that come together leave together: nothing is written before
 * the turn ends, and then as few large writes.
 *
 * Small pieces are copied one behind the other as they come, since that costs less than to remember each. But when the
 * socket does not take what it is given, the rest waits here, as references; how much waits is told, so that the owner can
 * set a bound to it. A stream of pieces is drawn on only as fast as the socket takes them.
 */
import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';

import { Fifo } from '../../broadcast/fifo.ts';

/** Bytes that small pieces are put together in. */
const UNIT_BYTES = 64 * 1024;

/** A piece of at most this many bytes takes no more memory as a copy than as a reference. */
const TINY_BYTES = 64;

/** A piece of this many bytes is not worth a copy. */
const LARGE_BYTES = 16 * 1024;

/** Bytes that the socket may hold before more is given to it; above any socket's high-water mark. */
const SOCKET_BYTES = 1024 * 1024;

export class Outbox {
  readonly #socket: Socket;
  readonly #queue = new Fifo<Uint8Array | Iterator<Uint8Array>>();
  #waitingBytes = 0;
  /** Where small pieces are copied to; up to #unitStart it belongs to the queue, up to #unitEnd it is filled. */
  #unit: Buffer = Buffer.alloc(0);
  #unitStart = 0;
  #unitEnd = 0;
  #scheduled = false;
  /** Does the rest wait for the socket to drain? */
  #blocked = false;

  /** The socket is connected. The owner handles its errors and its end. */
  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('drain', () => {
      if (!this.#blocked) return;
      this.#blocked = false;
      this.#flush();
    });
  }

  /** Bytes of sent pieces that the socket has not been given yet; what streams are still to yield is not counted. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** The bytes are not written to any more by the caller, unless there are at most 64 of them. */
  send(bytes: Uint8Array): void {
    const { length } = bytes;
    this.#waitingBytes += length;
    if (length <= TINY_BYTES || (length < LARGE_BYTES && !this.#blocked)) {
      this.#copy(bytes);
    } else {
      this.#queueUnit();
      this.#queue.push(bytes);
    }
    this.#schedule();
  }

  /** Sends the pieces that the iterator yields, as the socket takes them. What it throws, is thrown. */
  stream(pieces: Iterable<Uint8Array>): void {
    this.#queueUnit();
    this.#queue.push(pieces[Symbol.iterator]());
    this.#schedule();
  }

  #copy(bytes: Uint8Array): void {
    if (this.#unitEnd + bytes.length > this.#unit.length) {
      this.#queueUnit();
      this.#unit = Buffer.allocUnsafeSlow(UNIT_BYTES);
      this.#unitStart = this.#unitEnd = 0;
    }
    this.#unit.set(bytes, this.#unitEnd);
    this.#unitEnd += bytes.length;
  }

  /** What was copied together is a piece, behind those before. */
  #queueUnit(): void {
    if (this.#unitStart === this.#unitEnd) return;
    this.#queue.push(this.#unit.subarray(this.#unitStart, this.#unitEnd));
    this.#unitStart = this.#unitEnd;
  }

  #schedule(): void {
    if (this.#scheduled || this.#blocked) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (!this.#blocked) this.#flush();
    });
  }

  #flush(): void {
    const socket = this.#socket;
    if (socket.destroyed) {
      this.#queue.clear();
      this.#waitingBytes = 0;
      this.#unitStart = this.#unitEnd;
      return;
    }
    this.#queueUnit();
    socket.cork();
    let small: Uint8Array[] = [];
    let smallBytes = 0;
    const writeSmall = (): void => {
      const [only] = small;
      if (only !== undefined) socket.write(small.length === 1 ? only : Buffer.concat(small, smallBytes));
      small = [];
      smallBytes = 0;
    };
    while (socket.writableLength + smallBytes < SOCKET_BYTES) {
      const piece = this.#take();
      if (piece === undefined) break;
      if (piece.length >= LARGE_BYTES) {
        writeSmall();
        socket.write(piece);
      } else {
        small.push(piece);
        smallBytes += piece.length;
        if (smallBytes >= UNIT_BYTES) writeSmall();
      }
    }
    writeSmall();
    socket.uncork();
    // That much in the socket is past its high-water mark, so that it reports when it has drained.
    this.#blocked = this.#queue.length > 0;
  }

  /** The next piece; undefined when there is none. */
  #take(): Uint8Array | undefined {
    for (;;) {
      const head = this.#queue.first;
      if (head === undefined) return undefined;
      if (head instanceof Uint8Array) {
        this.#queue.shift();
        this.#waitingBytes -= head.length;
        return head;
      }
      const result = head.next();
      if (result.done !== true) return result.value;
      this.#queue.shift();
    }
  }
}
