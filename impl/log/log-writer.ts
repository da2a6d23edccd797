/** One log file that is being written: entries in, made longer ahead of them, synced when asked. */
import { Buffer } from 'node:buffer';
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

/** As much of a batch as is written at a time. */
const BUFFER_BYTES = 1 << 18;

export class LogWriter {
  readonly file: string;
  readonly #handle: FileHandle;
  readonly #preallocateBytes: number;
  /** Entries on their way to the file, the same memory for all batches; larger when one entry is. */
  #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
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
      const handle = await open(file, (await isWithoutEntries(file)) ? 'w' : 'wx');
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
   * Writes entries behind the last one. They are on disk after the next `sync`.
   * @throws DiskError when the disk would not take them
   */
  async write(transactions: readonly Transaction[]): Promise<void> {
    try {
      await this.#write(transactions);
    } catch (error) {
      throw DiskError.from(`cannot write ${this.file}`, error);
    }
  }

  /**
   * What was written is on disk when this returns.
   * @throws DiskError when the disk does not say so
   */
  async sync(): Promise<void> {
    try {
      await this.#handle.datasync();
    } catch (error) {
      throw DiskError.from(`cannot sync ${this.file}`, error);
    }
  }

  /** Cuts what was made for later entries off, and closes. What was written must be synced. */
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
    const header = fileHeader();
    header.copy(this.#buffer);
    await this.#flush(header.length);
    this.#size = header.length;
    await this.#handle.sync();
    await syncDirectory(directory);
  }

  async #write(transactions: readonly Transaction[]): Promise<void> {
    let length = 0;
    for (const { payload } of transactions) length += entryBytes(payload.length);
    await this.#makeRoom(length);
    let filled = 0;
    for (const { payload } of transactions) {
      const needed = entryBytes(payload.length);
      if (filled + needed > this.#buffer.length) {
        await this.#flush(filled);
        filled = 0;
        if (needed > this.#buffer.length) this.#buffer = Buffer.allocUnsafeSlow(needed);
      }
      filled = writeEntry(this.#buffer, filled, payload);
    }
    await this.#flush(filled);
  }

  /** Writes the first bytes of the buffer behind the last entry. */
  async #flush(length: number): Promise<void> {
    for (let written = 0; written < length;) {
      const left = length - written;
      const { bytesWritten } = await this.#handle.write(this.#buffer, written, left, this.#position);
      written += bytesWritten;
      this.#position += bytesWritten;
    }
  }

  async #makeRoom(length: number): Promise<void> {
    const needed = this.#position + length + ROOM_BYTES_MIN;
    if (this.#preallocateBytes === 0 || needed <= this.#size) return;
    const size = Math.ceil(needed / this.#preallocateBytes) * this.#preallocateBytes;
    await this.#handle.truncate(size);
    this.#size = size;
  }
}

/** Is there such a file, with no more than a header? */
async function isWithoutEntries(file: string): Promise<boolean> {
  return (await exists(file)) && (await stat(file)).size <= HEADER_BYTES;
}
