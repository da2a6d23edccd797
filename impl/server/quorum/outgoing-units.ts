/**
 * Memory for what goes out on a socket. It comes in units; one that the socket has taken all of is used again, since fresh
 * memory has to be asked of the system, page by page, and given back.
 */
import { Buffer } from 'node:buffer';

import { Fifo } from '../../broadcast/fifo.ts';
import { dataViewOf } from '../../wire/big-endian.ts';

export const UNIT_BYTES = 64 * 1024;

/** Units that are kept for use, 1 MiB of them: as much as an outbox lets the socket hold. */
const FREE_MAX = 16;

/** Of its bytes those before `given` were given to the socket, and those from there to before `filled` are still to be. */
export class Unit {
  readonly bytes = Buffer.allocUnsafeSlow(UNIT_BYTES);
  /** The same bytes, for numbers. */
  readonly view = dataViewOf(this.bytes);
  given = 0;
  filled = 0;
  /** How many bytes the socket had been given, ever, with the last of these. */
  givenAt = 0;

  /** What waits in it, which counts as given from now on: it makes `givenAt` bytes in all. */
  give(givenAt: number): Buffer {
    const bytes = this.bytes.subarray(this.given, this.filled);
    this.given = this.filled;
    this.givenAt = givenAt;
    return bytes;
  }

  /** Has it nothing that the socket, having taken so many bytes, ever, is still to be given or to read? */
  isTaken(takenBytes: number): boolean {
    return this.given === this.filled && this.givenAt <= takenBytes;
  }

  clear(): void {
    this.given = 0;
    this.filled = 0;
  }
}

/** The units of one socket that nothing more is put in for now. */
export class OutgoingUnits {
  readonly #free: Unit[] = [];
  /** Given to the socket, which may still read them; in that order. */
  readonly #lent = new Fifo<Unit>();

  /** An empty unit. */
  take(): Unit {
    return this.#free.pop() ?? new Unit();
  }

  /** All of the unit was given to the socket; and after it nothing but what is lent later. */
  lend(unit: Unit): void {
    this.#lent.push(unit);
  }

  /** The socket has taken so many bytes, ever, and does not read them again. */
  reclaim(takenBytes: number): void {
    for (let unit = this.#lent.first; unit?.isTaken(takenBytes) === true; unit = this.#lent.first) {
      this.#lent.shift();
      if (this.#free.length === FREE_MAX) continue;
      unit.clear();
      this.#free.push(unit);
    }
  }
}
