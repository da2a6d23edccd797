/**
 * Entries on their way to a log file, in whole blocks of the disk: the last block is filled up with zeroes, which is what
 * follows the entries of a log anyway, and written again with what comes next.
 *
 * While some are being written, the next ones are made in another memory, which begins with what is in the last block: with
 * the address space of two.
 */
import type { Buffer } from 'node:buffer';

import type { Transaction } from '../broadcast/transaction.ts';
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
  fill(transactions: readonly Transaction[], from: number): number {
    const first = entryBytes(transactions[from]?.payload.length ?? 0);
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

  /** Where those end that are framed together, from one on: as many as there is room for. And what their entries take. */
  #group(
    transactions: readonly Transaction[],
    from: number,
    room: number,
  ): { readonly end: number; readonly bytes: number } {
    const most = Math.min(transactions.length, from + ENTRIES_MAX);
    let bytes = 0;
    for (let end = from; end < most; end++) {
      const more = entryBytes(transactions[end]?.payload.length ?? 0);
      if (bytes + more > room) return { end, bytes };
      bytes += more;
    }
    return { end: most, bytes };
  }

  /** Of memory that has become too short twice as much is taken. */
  #makeRoom(bytes: number): void {
    const { length } = this.#filling;
    if (bytes > length) this.#filling.grow(Math.max(bytes, Math.min(2 * length, BYTES_MAX)));
  }
}
