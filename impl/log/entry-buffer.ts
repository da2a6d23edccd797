/**
 * Entries on their way to a log file, in whole blocks of the disk: the last block is filled up with zeroes, which is what
 * follows the entries of a log anyway, and written again with what comes next.
 */
import type { Buffer } from 'node:buffer';

import type { Transaction } from '../broadcast/transaction.ts';
import { EntryMemory } from './entry-memory.ts';
import { entryBytes, writeEntry } from './log-format.ts';

/** What disks write at least; a multiple of the sectors of all. */
export const BLOCK_BYTES = 4096;

/** As much of a batch as is held at a time, unless one entry is longer; memory for it is taken as batches need it. */
const BYTES_MIN = 1 << 16;
const BYTES_MAX = 1 << 22;

export class EntryBuffer {
  readonly #memory = new EntryMemory(BYTES_MIN);
  /** Where in the file the memory begins: with a block. */
  #offset = 0;
  #filled = 0;

  /** Where in the file the next entry goes. */
  get position(): number {
    return this.#offset + this.#filled;
  }

  /** Where in the file the blocks go. */
  get offset(): number {
    return this.#offset;
  }

  /** A file that begins with these bytes, fewer than a block. */
  begin(header: Uint8Array): void {
    this.#memory.bytes.set(header);
    this.#offset = 0;
    this.#filled = header.length;
  }

  /** A batch comes, whose entries have that many bytes: makes the memory long enough for it, within bounds. */
  expect(bytes: number): void {
    const { length } = this.#memory.bytes;
    const needed = Math.min(this.#filled + bytes, BYTES_MAX);
    if (needed > length) this.#memory.grow(Math.max(needed, Math.min(2 * length, BYTES_MAX)));
  }

  /** Takes the entries of transactions, from one on, as many as go in, or one; returns which is the first that did not. */
  fill(transactions: readonly Transaction[], from: number): number {
    let next = from;
    for (; next < transactions.length; next++) {
      const payload = transactions[next]?.payload;
      if (payload === undefined) break;
      const needed = this.#filled + entryBytes(payload.length);
      if (needed > this.#memory.bytes.length) {
        if (next > from) break;
        this.#memory.grow(needed);
      }
      this.#filled = writeEntry(this.#memory, this.#filled, payload);
    }
    return next;
  }

  /** What is to be written: a view, which holds until `written`. */
  blocks(): Buffer {
    const { bytes } = this.#memory;
    const end = Math.ceil(this.#filled / BLOCK_BYTES) * BLOCK_BYTES;
    bytes.fill(0, this.#filled, end);
    return bytes.subarray(0, end);
  }

  /** The blocks are in the file: all but the last, if it is not full, are done with. */
  written(): void {
    const done = this.#filled - (this.#filled % BLOCK_BYTES);
    this.#memory.bytes.copyWithin(0, done, this.#filled);
    this.#offset += done;
    this.#filled -= done;
  }
}
