/**
 * What is to be written to one socket, in order. Pieces that come together leave together: nothing is written before the
 * turn ends, and then as few large writes.
 *
 * Pieces that are sent are copied one behind the other as they come, since that costs less than to remember each, and
 * whoever sends them may use their memory again. When the socket does not take what it is given, the rest waits here; how
 * much waits is told, so that the owner can set a bound to it. A stream of pieces is drawn on only as fast as the socket
 * takes them; a large one of its pieces is given to the socket as it is, so that their memory is not to be used again.
 */
import { Buffer } from 'node:buffer';
import type { Writable } from 'node:stream';

import { Fifo } from '../../broadcast/fifo.ts';
import { OutgoingUnits, UNIT_BYTES, type Unit } from './outgoing-units.ts';

/** A piece of a stream that has this many bytes is not worth a copy. */
const LARGE_BYTES = 16 * 1024;

/** Bytes that the socket may hold before more is given to it; above any socket's high-water mark. */
const SOCKET_BYTES = 1024 * 1024;

type Stream = Iterator<Uint8Array>;

export class Outbox {
  readonly #socket: Writable;
  readonly #units = new OutgoingUnits();
  /** Units in which something waits, and streams. */
  readonly #queue = new Fifo<Unit | Stream>();
  /** Where pieces are copied to: the last of the queue if something waits in it. */
  #filling: Unit | undefined;
  #waitingBytes = 0;
  /** Bytes that the socket was given, ever. */
  #givenBytes = 0;
  #scheduled = false;
  /** Does the rest wait for the socket to drain? */
  #blocked = false;

  /** A connected socket, to which nobody else writes. The owner handles its errors and its end. */
  constructor(socket: Writable) {
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

  /** The bytes are the caller's again when this returns. */
  send(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const { bytes: room, filled } = this.room(1);
      const count = Math.min(bytes.length - at, UNIT_BYTES - filled);
      room.set(count === bytes.length ? bytes : bytes.subarray(at, at + count), filled);
      this.sendFilled(count);
      at += count;
    }
  }

  /**
   * A unit that at least `bytes` can be written to, straight, from its `filled` on; at most `UNIT_BYTES`. They are sent by
   * `sendFilled`, before anything else is asked of the outbox.
   */
  room(bytes: number): Unit {
    const filling = this.#filling;
    return filling !== undefined && filling.filled + bytes <= UNIT_BYTES ? filling : this.#fillNext();
  }

  /** Sends that many bytes of the room, which were written. */
  sendFilled(bytes: number): void {
    const unit = this.#filling;
    if (unit === undefined) throw new Error('room is asked for before it is filled');
    if (unit.given === unit.filled) this.#queue.push(unit);
    unit.filled += bytes;
    this.#waitingBytes += bytes;
    this.#schedule();
  }

  /**
   * Sends the pieces that the iterator yields, as the socket takes them. They are not to change once they are yielded. What it
   * throws, is thrown.
   */
  stream(pieces: Iterable<Uint8Array>): void {
    this.#stopFilling();
    this.#queue.push(pieces[Symbol.iterator]());
    this.#schedule();
  }

  #fillNext(): Unit {
    this.#stopFilling();
    this.#reclaim();
    const unit = this.#units.take();
    this.#filling = unit;
    return unit;
  }

  #stopFilling(): void {
    const unit = this.#filling;
    this.#filling = undefined;
    // Otherwise it is in the queue.
    if (unit !== undefined && unit.given === unit.filled) this.#units.lend(unit);
  }

  /**
   * Takes back what the socket does not read any more.
   *
   * Node subtracts the length of a write from `writableLength` when the write is complete: at once when the system took all
   * of it, in libuv's callback otherwise, however much of it the system took before. Writes are completed in order. So what
   * may still be read is within the last `writableLength` bytes that were given.
   */
  #reclaim(): void {
    const takenBytes = this.#givenBytes - this.#socket.writableLength;
    this.#units.reclaim(takenBytes);
    if (this.#filling?.isTaken(takenBytes) === true) this.#filling.clear();
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
      this.#filling = undefined;
      return;
    }
    socket.cork();
    while (socket.writableLength < SOCKET_BYTES) {
      const head = this.#queue.first;
      if (head === undefined) break;
      if ('next' in head) this.#draw(head);
      else this.#giveUnit(head);
    }
    socket.uncork();
    // That much in the socket is past its high-water mark, so that it reports when it has drained.
    this.#blocked = this.#queue.length > 0;
    this.#reclaim();
  }

  /** The unit is the first of the queue. */
  #giveUnit(unit: Unit): void {
    this.#queue.shift();
    const bytes = unit.give(this.#givenBytes + unit.filled - unit.given);
    this.#waitingBytes -= bytes.length;
    this.#give(bytes);
    if (unit !== this.#filling) this.#units.lend(unit);
  }

  /** Gives what the stream, the first of the queue, yields next: a large piece, or small ones together. */
  #draw(stream: Stream): void {
    const small: Uint8Array[] = [];
    let smallBytes = 0;
    let large: Uint8Array | undefined;
    while (smallBytes < UNIT_BYTES && large === undefined) {
      const result = stream.next();
      if (result.done === true) {
        this.#queue.shift();
        break;
      }
      if (result.value.length >= LARGE_BYTES) {
        large = result.value;
      } else {
        small.push(result.value);
        smallBytes += result.value.length;
      }
    }
    if (smallBytes > 0) this.#give(Buffer.concat(small, smallBytes));
    if (large !== undefined) this.#give(large);
  }

  #give(bytes: Uint8Array): void {
    this.#givenBytes += bytes.length;
    this.#socket.write(bytes);
  }
}
