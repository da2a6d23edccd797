/**
 * One server's side of its election link with another one: at most one socket, and the newest notification.
 *
 * A notification says all that there is to say, so only the newest one that is not on its way yet is kept; an older one
 * is dropped. What was last sent is sent again on the next socket, since nobody knows whether it arrived.
 */
import type { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';

export class ElectionLink {
  #socket: Socket | undefined;
  #newest: Buffer | undefined;
  #lastSent: Buffer | undefined;
  /** Has the socket not taken all that was written to it yet? */
  #busy = false;

  get connected(): boolean {
    return this.#socket !== undefined;
  }

  /** Uses this socket from now on; one that was used before is closed. */
  adopt(socket: Socket): void {
    this.#socket?.destroy();
    this.#socket = socket;
    this.#busy = false;
    this.#newest ??= this.#lastSent;
    socket.on('drain', () => {
      if (this.#socket !== socket) return;
      this.#busy = false;
      this.#flush();
    });
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = undefined;
    });
    this.#flush();
  }

  /** Sends a frame now, or keeps it, in place of one that is kept, until it can be sent. */
  send(frame: Buffer): void {
    this.#newest = frame;
    this.#flush();
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #flush(): void {
    if (this.#socket === undefined || this.#busy || this.#newest === undefined) return;
    this.#lastSent = this.#newest;
    this.#newest = undefined;
    this.#busy = !this.#socket.write(this.#lastSent);
  }
}
