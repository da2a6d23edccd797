/**
 * The bytes of one connection with a client: frames come in, replies go out, those of one turn of the event loop in one
 * write. What waits on either side is bounded: frames are not taken while they are held back, and replies that the client
 * does not read wait unencoded, as references to what they say.
 */
import type { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';

import { writeReply, type Reply } from '../../wire/client-reply.ts';
import { FrameReader } from '../../wire/frames.ts';
import { IncomingBytes } from '../../wire/incoming-bytes.ts';
import { JuteWriter } from '../../wire/jute-writer.ts';

/** Encoded bytes that may wait for the client to read them; beyond, replies wait unencoded. */
const OUTPUT_BYTES_MAX = 1024 * 1024;
const WORD_BYTES = 4;
const WRITER_BYTES_MIN = 1024;

export interface ClientStreamListener {
  /** The first four bytes that came: true when they are a word of four letters, and no frame follows. */
  word(word: string): boolean;
  /** A frame. It is a view of what came in, for good. */
  frame(message: Buffer): void;
  /** Replies that waited are on their way. */
  drained(): void;
  /** The connection is gone. Called once. */
  closed(reason: string): void;
}

export class ClientStream {
  readonly #socket: Socket;
  readonly #listener: ClientStreamListener;
  readonly #frames: FrameReader;
  /** The first bytes, until there are enough to tell a word from a frame. */
  #beginning: IncomingBytes | undefined = new IncomingBytes();
  #held = false;
  #reading = false;
  #writer: JuteWriter | undefined;
  #writerBytes = WRITER_BYTES_MIN;
  #waiting: Reply[] = [];
  #ending = false;
  #closeReason: string | undefined;

  constructor(socket: Socket, frameBytesMax: number, listener: ClientStreamListener) {
    this.#socket = socket;
    this.#listener = listener;
    this.#frames = new FrameReader(frameBytesMax);
    socket.on('data', (chunk: Buffer) => {
      this.#read(chunk);
    });
    socket.on('drain', () => {
      this.#encodeWaiting();
    });
    socket.on('error', (error) => {
      this.#closeReason ??= error.message;
    });
    socket.on('end', () => {
      // A stream that is ending has all that it is to say on its way, and closes by itself.
      if (!this.#ending) this.destroy('the client closed it');
    });
    socket.on('close', () => {
      this.#listener.closed(this.#closeReason ?? 'it was closed');
    });
  }

  /** Replies that wait for the client to read. */
  get waiting(): number {
    return this.#waiting.length;
  }

  get held(): boolean {
    return this.#held;
  }

  /** Takes no more frames until `release`. */
  hold(): void {
    if (this.#held) return;
    this.#held = true;
    this.#socket.pause();
  }

  release(): void {
    if (!this.#held || this.#ending) return;
    this.#held = false;
    this.#takeFrames();
    // Taking them may have been stopped again.
    if (this.#mayRead()) this.#socket.resume();
  }

  /** Sends a reply behind those before. */
  reply(reply: Reply): void {
    if (this.#ending) return;
    if (this.#waiting.length > 0 || this.#isFull()) this.#waiting.push(reply);
    else this.#encode(reply);
  }

  /** Sends bytes that are no reply, behind those before. */
  write(bytes: Uint8Array | string): void {
    if (this.#ending) return;
    this.#flush();
    this.#socket.write(bytes);
  }

  /**
   * Closes once all that was replied is sent, and the client has seen it: whatever it still sends is read and dropped,
   * since closing on it would make the network drop the replies. Whoever owns the stream bounds how long that may take.
   */
  end(reason: string): void {
    if (this.#ending) return;
    this.#closeReason ??= reason;
    this.#ending = true;
    if (this.#waiting.length === 0) this.#finish();
  }

  /** Closes at once. */
  destroy(reason: string): void {
    this.#closeReason ??= reason;
    this.#ending = true;
    this.#waiting = [];
    this.#writer = undefined;
    this.#socket.destroy();
  }

  #finish(): void {
    this.#flush();
    this.#socket.end();
    this.#socket.resume();
  }

  #read(chunk: Buffer): void {
    if (this.#ending) return;
    if (this.#beginning === undefined) {
      this.#frames.push(chunk);
    } else {
      this.#beginning.push(chunk);
      if (this.#beginning.length < WORD_BYTES) return;
      const first = this.#beginning.peek();
      this.#beginning = undefined;
      if (this.#listener.word(first.toString('latin1', 0, WORD_BYTES))) return;
      this.#frames.push(first);
    }
    this.#takeFrames();
  }

  #takeFrames(): void {
    if (this.#reading) return;
    this.#reading = true;
    while (this.#mayRead()) {
      const next = this.#frames.next();
      if (!next.ok) {
        this.destroy(next.reason);
        break;
      }
      if (next.frame === undefined) break;
      this.#listener.frame(next.frame);
    }
    this.#reading = false;
  }

  /** The listener may hold the stream or end it while it takes a frame. */
  #mayRead(): boolean {
    return !this.#held && !this.#ending;
  }

  #isFull(): boolean {
    return this.#socket.writableLength + (this.#writer?.length ?? 0) > OUTPUT_BYTES_MAX;
  }

  #encode(reply: Reply): void {
    if (this.#writer === undefined) {
      this.#writer = new JuteWriter(this.#writerBytes);
      setImmediate(() => {
        this.#flush();
      });
    }
    const writer = this.#writer;
    const start = writer.length;
    writer.int(0);
    writeReply(writer, reply);
    writer.setInt(start, writer.length - start - 4);
  }

  #flush(): void {
    if (this.#writer === undefined) return;
    const bytes = this.#writer.finish();
    this.#writer = undefined;
    // The next batch is likely to be about as long; a rare long one is not to be paid for ever after.
    this.#writerBytes = Math.min(Math.max(bytes.length, WRITER_BYTES_MIN), 64 * WRITER_BYTES_MIN);
    const taken = this.#socket.write(bytes);
    // Without that, `drain` tells.
    if (taken && this.#waiting.length > 0) {
      setImmediate(() => {
        this.#encodeWaiting();
      });
    }
  }

  #encodeWaiting(): void {
    if (this.#waiting.length === 0) return;
    let count = 0;
    while (count < this.#waiting.length && !this.#isFull()) {
      const reply = this.#waiting[count];
      if (reply !== undefined) this.#encode(reply);
      count++;
    }
    this.#waiting = this.#waiting.slice(count);
    if (this.#waiting.length === 0 && this.#ending) {
      this.#finish();
      return;
    }
    this.#flush();
    this.#listener.drained();
  }
}
