/**
 * Entries on their way to a log file, in whole blocks of the disk: the last block is filled up with zeroes, which is what
 * follows the entries of a log anyway, and written again with what comes next.
 */
import type { Buffer } from 'node:buffer';

import type { Transaction } from '../broadcast/transaction.ts';
import { alignedMemory } from './aligned-memory.ts';
import { entryBytes, writeEntry } from './log-format.ts';

/** What disks write at least; a multiple of the sectors of all. */
export const BLOCK_BYTES = 4096;

/** As much of a batch as is held at a time, unless one entry is longer; memory for it is taken as batches need it. */
const BYTES_MIN = 1 << 16;
const BYTES_MAX = 1 << 22;

export class EntryBuffer {
  #memory = alignedMemory(BYTES_MIN);
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
    this.#memory.set(header);
    this.#offset = 0;
    this.#filled = header.length;
  }

  /** Takes the entries of transactions, from one on, as many as go in; returns which is the first that did not. */
  fill(transactions: readonly Transaction[], from: number): number {
    this.#makeRoom(transactions, from);
    let next = from;
    for (; next < transactions.length; next++) {
      const payload = transactions[next]?.payload;
      if (payload === undefined || this.#filled + entryBytes(payload.length) > this.#memory.length) break;
      this.#filled = writeEntry(this.#memory, this.#filled, payload);
    }
    return next;
  }

  /** What is to be written: a view, which holds until `written`. */
  blocks(): Buffer {
    const end = Math.ceil(this.#filled / BLOCK_BYTES) * BLOCK_BYTES;
    this.#memory.fill(0, this.#filled, end);
    return this.#memory.subarray(0, end);
  }

  /** The blocks are in the file: all but the last, if it is not full, are done with. */
  written(): void {
    const done = this.#filled - (this.#filled % BLOCK_BYTES);
    this.#memory.copyWithin(0, done, this.#filled);
    this.#offset += done;
    this.#filled -= done;
  }

  /** Makes the memory long enough for the rest of a batch, within bounds, and for one entry whatever its length. */
  #makeRoom(transactions: readonly Transaction[], from: number): void {
    const needed =
      this.#filled +
      Math.max(
        Math.min(bytesOfEntries(transactions, from), BYTES_MAX),
        entryBytes(transactions[from]?.payload.length ?? 0),
      );
    const before = this.#memory;
    if (needed <= before.length) return;
    this.#memory = alignedMemory(Math.max(needed, Math.min(2 * before.length, BYTES_MAX)));
    before.copy(this.#memory, 0, 0, this.#filled);
  }
}

/** Bytes of the entries of transactions, from one on. */
export function bytesOfEntries(transactions: readonly Transaction[], from: number): number {
  let bytes = 0;
  for (let at = from; at < transactions.length; at++) {
    bytes += entryBytes(transactions[at]?.payload.length ?? 0);
  }
  return bytes;
}
