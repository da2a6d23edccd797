/**
 * One log file that is being written: entries in, made longer ahead of them. It is open with O_DSYNC, so that one call
 * writes a batch and syncs it: two calls in the thread pool would cost two changes of threads more.
 */
import { Buffer } from 'node:buffer';
import { constants, ftruncateSync, writeSync } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';

import type { Transaction } from '../broadcast/transaction.ts';
import type { Zxid } from '../broadcast/zxid.ts';
import { exists, syncDirectory } from './atomic-file.ts';
import { DiskError } from './disk-error.ts';
import { entryBytes, fileHeader, HEADER_BYTES, writeEntry } from './log-format.ts';
import { dataFileName } from './data-files.ts';

/** The file is made longer when fewer bytes than these are left. */
const ROOM_BYTES_MIN = 4096;

/** As much of a batch as is written at a time, unless one entry is longer; memory for it is taken as batches need it. */
const BUFFER_BYTES_MIN = 1 << 16;
const BUFFER_BYTES_MAX = 1 << 22;

const WRITE = constants.O_WRONLY | constants.O_CREAT | constants.O_DSYNC;

export class LogWriter {
  readonly file: string;
  readonly #handle: FileHandle;
  readonly #preallocateBytes: number;
  /** Entries on their way to the file, the same memory for all batches. */
  #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES_MIN);
  /** How much of it waits to be written. */
  #filled = 0;
  /** Where the next entry goes. */
  #position = 0;
  /** Length of the file. */
  #size = 0;

  private constructor(file: string, handle: FileHandle, preallocateBytes: number) {
    this.file = file;
    this.#handle = handle;
    this.#preallocateBytes = preallocateBytes;
  }

  /**
   * Begins the file whose first transaction will have that zxid; its name is on disk when this returns. One that is there
   * without entries, as an installed snapshot with nothing behind it leaves it, is begun again.
   * @throws DiskError when the disk would not take it, or the file is there
   */
  static async create(directory: string, first: Zxid, preallocateBytes: number): Promise<LogWriter> {
    const file = path.join(directory, dataFileName('log', first));
    try {
      const handle = await open(
        file,
        WRITE | ((await isWithoutEntries(file)) ? constants.O_TRUNC : constants.O_EXCL),
      );
      const writer = new LogWriter(file, handle, preallocateBytes);
      await writer.#begin(directory).catch(async (error: unknown) => {
        await writer.abandon();
        throw error;
      });
      return writer;
    } catch (error) {
      throw DiskError.from(`cannot create ${file}`, error);
    }
  }

  /**
   * Writes entries behind the last one, in the thread pool; they are on disk when this is fulfilled.
   * @throws DiskError when the disk does not say so
   */
  async write(transactions: readonly Transaction[]): Promise<void> {
    try {
      const size = this.#sizeFor(transactions);
      if (size !== this.#size) {
        await this.#handle.truncate(size);
        this.#size = size;
      }
      for (let next = 0; next < transactions.length;) {
        next = this.#fill(transactions, next);
        await this.#flush();
      }
    } catch (error) {
      throw DiskError.from(`cannot write ${this.file}`, error);
    }
  }

  /**
   * As `write`, on this thread, which does nothing else meanwhile.
   * @throws DiskError as `write`
   */
  writeNow(transactions: readonly Transaction[]): void {
    try {
      const size = this.#sizeFor(transactions);
      if (size !== this.#size) {
        ftruncateSync(this.#handle.fd, size);
        this.#size = size;
      }
      for (let next = 0; next < transactions.length;) {
        next = this.#fill(transactions, next);
        this.#flushNow();
      }
    } catch (error) {
      throw DiskError.from(`cannot write ${this.file}`, error);
    }
  }

  /** Cuts what was made for later entries off, and closes. */
  async close(): Promise<void> {
    try {
      await this.#handle.truncate(this.#position);
    } finally {
      await this.#handle.close();
    }
  }

  /** Closes, whatever is in the file: an error came before. */
  async abandon(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
  }

  async #begin(directory: string): Promise<void> {
    this.#filled = fileHeader().copy(this.#buffer);
    await this.#flush();
    this.#size = this.#position;
    await this.#handle.sync();
    await syncDirectory(directory);
  }

  /** Puts entries into the buffer, from one on, as many as go in; returns which is the first that did not. */
  #fill(transactions: readonly Transaction[], from: number): number {
    this.#makeBuffer(transactions, from);
    let next = from;
    for (; next < transactions.length; next++) {
      const payload = transactions[next]?.payload;
      if (payload === undefined || this.#filled + entryBytes(payload.length) > this.#buffer.length) break;
      this.#filled = writeEntry(this.#buffer, this.#filled, payload);
    }
    return next;
  }

  /** Makes the buffer long enough for the rest of a batch, within bounds, and for one entry whatever its length. */
  #makeBuffer(transactions: readonly Transaction[], from: number): void {
    const needed = Math.max(
      Math.min(lengthOf(transactions, from), BUFFER_BYTES_MAX),
      entryBytes(transactions[from]?.payload.length ?? 0),
    );
    if (needed <= this.#buffer.length) return;
    this.#buffer = Buffer.allocUnsafeSlow(
      Math.max(needed, Math.min(2 * this.#buffer.length, BUFFER_BYTES_MAX)),
    );
  }

  /** Writes the buffer behind the last entry. */
  async #flush(): Promise<void> {
    for (let from = 0; from < this.#filled;) {
      const left = this.#filled - from;
      const { bytesWritten } = await this.#handle.write(this.#buffer, from, left, this.#position);
      from += bytesWritten;
      this.#position += bytesWritten;
    }
    this.#filled = 0;
  }

  #flushNow(): void {
    for (let from = 0; from < this.#filled;) {
      const written = writeSync(this.#handle.fd, this.#buffer, from, this.#filled - from, this.#position);
      from += written;
      this.#position += written;
    }
    this.#filled = 0;
  }

  /** How long the file must be to take them; as long as it is when there is room. */
  #sizeFor(transactions: readonly Transaction[]): number {
    const needed = this.#position + lengthOf(transactions, 0) + ROOM_BYTES_MIN;
    if (this.#preallocateBytes === 0 || needed <= this.#size) return this.#size;
    return Math.ceil(needed / this.#preallocateBytes) * this.#preallocateBytes;
  }
}

/** Bytes of the entries of transactions, from one on. */
function lengthOf(transactions: readonly Transaction[], from: number): number {
  let length = 0;
  for (let at = from; at < transactions.length; at++) {
    length += entryBytes(transactions[at]?.payload.length ?? 0);
  }
  return length;
}

/** Is there such a file, with no more than a header? */
async function isWithoutEntries(file: string): Promise<boolean> {
  return (await exists(file)) && (await stat(file)).size <= HEADER_BYTES;
}
