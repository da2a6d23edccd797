/**
 * Entries on their way to a log file, in whole blocks of the disk: the last block is filled up with zeroes, which is what
 * follows the entries of a log anyway, and written again with what comes next.
 *
 * While some are being written, the next ones are made in another memory, which begins with what is in the last block: with
 * the address space of two.
 */
import type { Buffer } from 'node:buffer';

import { payloadBytesOf } from '../broadcast/payload-layout.ts';
import type { Transactions } from '../broadcast/transaction-run.ts';
import { ENTRIES_MAX, EntryMemory } from './entry-memory.ts';
import { entryBytes } from './log-format.ts';

/** What disks write at least; a multiple of the sectors of all. */
export const BLOCK_BYTES = 4096;

/** As much of a batch as is held at a time, unless one entry is longer; memory for it is taken as batches need it. */
const BYTES_MIN = 1 << 16;
const BYTES_MAX = 1 << 22;

/** What is to be written. */
export interface Blocks {
  /** Whole blocks; a view, which holds until others are taken. */
  readonly bytes: Buffer;
  /** Where in the file they go. */
  readonly position: number;
  /** Where in the file the last entry ends. */
  readonly end: number;
}

export class EntryBuffer {
  #filling = new EntryMemory(BYTES_MIN);
  #writing = new EntryMemory(BYTES_MIN);
  /** Where in the file what is being filled begins: with a block. */
  #offset = 0;
  #filled = 0;

  /** A file that begins with these bytes, fewer than a block. */
  begin(header: Uint8Array): void {
    this.#filling.bytes.set(header);
    this.#offset = 0;
    this.#filled = header.length;
  }

  /**
   * Takes the entries of transactions, from one on, as many as go in, or one if less than a block is there; returns which is
   * the first that did not.
   */
  fill(transactions: Transactions, from: number): number {
    const first = bytesOfEntry(transactions, from);
    const limit = this.#filled < BLOCK_BYTES ? Math.max(BYTES_MAX, this.#filled + first) : BYTES_MAX;
    let next = from;
    for (;;) {
      const { end, bytes } = this.#group(transactions, next, limit - this.#filled);
      if (end === next) return next;
      this.#makeRoom(this.#filled + bytes);
      this.#filled = this.#filling.frame(transactions, next, end, this.#filled);
      next = end;
    }
  }

  /** Takes what was filled, if nothing is being written any more: what is filled from now on comes behind it. */
  take(): Blocks {
    const { bytes } = this.#filling;
    const filled = this.#filled;
    const length = Math.ceil(filled / BLOCK_BYTES) * BLOCK_BYTES;
    bytes.fill(0, filled, length);
    const blocks = { bytes: bytes.subarray(0, length), position: this.#offset, end: this.#offset + filled };
    const rest = filled % BLOCK_BYTES;
    this.#writing.bytes.set(bytes.subarray(filled - rest, filled));
    [this.#filling, this.#writing] = [this.#writing, this.#filling];
    this.#offset += filled - rest;
    this.#filled = rest;
    return blocks;
  }

  /**
   * Where those end that are framed together, from one on: as many as there is room for. And at most how many bytes their
   * entries take.
   */
  #group(
    transactions: Transactions,
    from: number,
    room: number,
  ): { readonly end: number; readonly bytes: number } {
    // A full buffer is asked again with everything that comes while it is being written, and is not to look at all that waits.
    if (bytesOfEntry(transactions, from) > room) return { end: from, bytes: 0 };
    const most = Math.min(transactions.length, from + ENTRIES_MAX);
    const all = payloadBytesOf(transactions, from, most) + (most - from) * entryBytes(0);
    if (all <= room) return { end: most, bytes: all };
    let bytes = 0;
    let end = from;
    for (; end < most; end++) {
      const more = bytesOfEntry(transactions, end);
      if (bytes + more > room) break;
      bytes += more;
    }
    return { end, bytes };
  }

  /** Of memory that has become too short twice as much is taken. */
  #makeRoom(bytes: number): void {
    const { length } = this.#filling;
    if (bytes > length) this.#filling.grow(Math.max(bytes, Math.min(2 * length, BYTES_MAX)));
  }
}

/** What the entry of one of them takes; where there is none, of one without bytes. */
function bytesOfEntry(transactions: Transactions, index: number): number {
  return entryBytes(transactions.at(index)?.payload.length ?? 0);
}
