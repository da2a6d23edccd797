/**
 * One socket of the quorum port, seen from either end: what comes in goes to the owner, what goes out waits in an outbox,
 * and every way to end comes to one `closed`.
 */
import type { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';

import type { Malformed } from '../../wire/malformed.ts';
import { BARE_BYTES, writeBarePackets } from '../../wire/quorum-packet.ts';
import type { LogFields, Logger } from '../logger.ts';
import { Outbox } from './outbox.ts';

/** Bytes that may wait for one server that takes them too slowly, beyond what the socket holds; so much for each. */
export const WAITING_BYTES_MAX = 256 * 1024 * 1024;

export interface ConnectionOwner {
  /** Takes bytes; a fault of theirs ends the connection. */
  receive(chunk: Buffer): Malformed | undefined;
  /** The connection ended, not by `close`. Nothing comes after it; it never comes from within a call. */
  closed(reason: string): void;
}

export interface ConnectionOptions {
  readonly logger: Logger;
  /** Says in log lines which connection is meant. */
  readonly name: LogFields;
  readonly waitingBytesMax: number;
}

export class Connection {
  readonly #socket: Socket;
  readonly #logger: Logger;
  readonly #waitingBytesMax: number;
  readonly #outbox: Outbox;
  #owner: ConnectionOwner;
  #name: LogFields;
  #heardAtMs = performance.now();
  /** Streams that the other end has not taken to their ends. */
  #streams = 0;
  #open = true;
  /** Has the owner been told of the end, or asked for it? */
  #told = false;

  /** The socket is connected. */
  constructor(socket: Socket, owner: ConnectionOwner, options: ConnectionOptions) {
    this.#socket = socket;
    this.#owner = owner;
    this.#logger = options.logger;
    this.#name = options.name;
    this.#waitingBytesMax = options.waitingBytesMax;
    this.#outbox = new Outbox(socket);
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      if (!this.#open) return;
      this.#heardAtMs = performance.now();
      const fault = this.#owner.receive(chunk);
      if (fault !== undefined) this.#fail(fault);
    });
    socket.on('error', (error) => {
      this.#tell(error.message);
    });
    socket.on('close', () => {
      this.#tell('the other end closed the connection');
    });
  }

  /** Can something be sent, and is what comes in of interest? */
  get open(): boolean {
    return this.#open;
  }

  /** When something came last, or the other end took more of a stream. */
  get heardAtMs(): number {
    return this.#heardAtMs;
  }

  /** Is there more of a stream than the other end has taken so far? */
  get streaming(): boolean {
    return this.#streams > 0;
  }

  /** Milliseconds since something came last, or the other end took more of a stream. */
  get silentMs(): number {
    return performance.now() - this.#heardAtMs;
  }

  /** Somebody else takes what comes from now on, and knows better whom the connection is with. */
  handOver(owner: ConnectionOwner, name: LogFields): void {
    this.#owner = owner;
    this.#name = name;
  }

  /** The bytes are the caller's again when this returns. */
  send(bytes: Uint8Array): void {
    if (!this.#open) return;
    this.#outbox.send(bytes);
    this.#endIfTakenTooSlowly();
  }

  /** Sends a packet that says no more than its zxid, for each of the epoch's zxids with the counters `from` to `to`. */
  sendBareRun(type: number, epoch: number, from: number, to: number): void {
    for (let counter = from; counter <= to && this.#open;) {
      const { view, filled } = this.#outbox.room(BARE_BYTES);
      const count = Math.min(to - counter + 1, Math.floor((view.byteLength - filled) / BARE_BYTES));
      writeBarePackets(view, filled, type, epoch, counter, count);
      this.#outbox.sendFilled(count * BARE_BYTES);
      this.#endIfTakenTooSlowly();
      counter += count;
    }
  }

  #endIfTakenTooSlowly(): void {
    if (this.#outbox.waitingBytes <= this.#waitingBytesMax) return;
    this.end(`what is sent is taken too slowly: more than ${this.#waitingBytesMax} bytes wait`);
  }

  /** Sends the pieces that are yielded, as the socket takes them; they do not count as waiting. */
  stream(pieces: Iterable<Uint8Array>): void {
    if (!this.#open) return;
    this.#streams++;
    this.#outbox.stream(this.#watched(pieces));
  }

  /** A server that takes a long stream has nothing to say meanwhile; that it takes it shows that it is there. */
  *#watched(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
    for (const piece of pieces) {
      this.#heardAtMs = performance.now();
      yield piece;
    }
    this.#streams--;
  }

  /** Ends the connection for a reason that whoever runs the server should know, the owner too. */
  end(reason: string): void {
    if (!this.#open) return;
    this.#logger.warn('a quorum connection is closed', { ...this.#name, reason });
    this.#open = false;
    this.#socket.destroy(new Error(reason));
  }

  /** Ends the connection; the owner knows. */
  close(): void {
    this.#open = false;
    this.#told = true;
    this.#socket.destroy();
  }

  #fail({ reason, offset }: Malformed): void {
    if (!this.#open) return;
    this.#logger.warn('a quorum connection is closed: what came makes no sense', {
      ...this.#name,
      reason,
      offset,
    });
    this.#open = false;
    this.#socket.destroy(new Error(reason));
  }

  #tell(reason: string): void {
    this.#open = false;
    if (this.#told) return;
    this.#told = true;
    this.#owner.closed(reason);
  }
}
