/** Requests and answers over one connection, many under way at once. */
import type { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';

import type { FrameRing } from './frame-ring.ts';

/** Takes answers out of what comes from the server, in order: the request's number, and 0 or an error code. */
export interface AnswerReader {
  /** @throws Error when what comes is no answer; the sentence says why. */
  read(chunk: Buffer, answer: (number: number, error: number) => void): void;
}

export interface RequestListener {
  /** `count` requests were answered: when they were to be sent, now, and 0 or an error code, the same for all. */
  answered(sent: number, now: number, error: number, count: number): void;
  /** All answers that had come at `now` were reported: places have become free. */
  read(stream: RequestStream, now: number): void;
  /** The connection is of no more use. */
  lost(reason: string): void;
}

export class RequestStream {
  readonly ring: FrameRing;
  readonly #socket: Socket;
  readonly #reader: AnswerReader;
  #listener: RequestListener | undefined;
  #lost: string | undefined;
  readonly #write = (bytes: Buffer): void => {
    this.#socket.write(bytes);
  };

  /** `socket` is connected, and nothing more of a greeting comes; it may be paused. */
  constructor(socket: Socket, ring: FrameRing, reader: AnswerReader) {
    this.#socket = socket;
    this.ring = ring;
    this.#reader = reader;
    socket.on('error', (error) => {
      this.#lose(error.message);
    });
    socket.on('close', () => {
      this.#lose('the server closed the connection');
    });
  }

  listen(listener: RequestListener): void {
    this.#listener = listener;
    if (this.#lost !== undefined) {
      listener.lost(this.#lost);
      return;
    }
    this.#socket.on('data', (chunk: Buffer) => {
      this.#read(chunk, listener);
    });
    this.#socket.resume();
  }

  /** Writes what was pushed into the ring. */
  flush(): void {
    if (this.#lost !== undefined) return;
    this.#socket.cork();
    this.ring.take(this.#write);
    this.#socket.uncork();
  }

  /** Sends something that is not answered by a number of the ring. */
  send(bytes: Uint8Array): void {
    if (this.#lost === undefined) this.#socket.write(bytes);
  }

  /** Ends the connection, with some last words. */
  close(words?: Uint8Array): void {
    this.#lost ??= 'closed';
    if (words === undefined) this.#socket.end();
    else this.#socket.end(words);
  }

  #read(chunk: Buffer, listener: RequestListener): void {
    if (this.#lost !== undefined) return;
    const { ring } = this;
    const now = performance.now();
    const run = new AnswerRun(listener, now);
    let unreadable: string | undefined;
    try {
      this.#reader.read(chunk, (number, error) => {
        if (ring.outstanding === 0) throw new Error(`an answer to ${number} came, and nothing was asked`);
        if (number !== ring.awaited)
          throw new Error(`the answer to ${number} came, that to ${ring.awaited} was expected`);
        run.add(ring.answer(), error);
      });
    } catch (error) {
      unreadable = error instanceof Error ? error.message : String(error);
    }
    run.end();
    if (unreadable !== undefined) {
      this.#lose(unreadable);
      this.#socket.destroy();
      return;
    }
    listener.read(this, now);
  }

  #lose(reason: string): void {
    if (this.#lost !== undefined) return;
    this.#lost = reason;
    this.#listener?.lost(reason);
  }
}

/**
 * Tells answers that came at once, to requests that were sent at once, together. A closed loop has hundreds of them, and
 * to record each by itself would be most of what the load generator does.
 */
class AnswerRun {
  readonly #listener: RequestListener;
  readonly #now: number;
  #sent = 0;
  #error = 0;
  #count = 0;

  constructor(listener: RequestListener, now: number) {
    this.#listener = listener;
    this.#now = now;
  }

  add(sent: number, error: number): void {
    if (sent !== this.#sent || error !== this.#error) {
      this.end();
      this.#sent = sent;
      this.#error = error;
    }
    this.#count++;
  }

  end(): void {
    if (this.#count > 0) this.#listener.answered(this.#sent, this.#now, this.#error, this.#count);
    this.#count = 0;
  }
}
