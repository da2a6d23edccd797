/** One log file that is being written: entries in, made longer ahead of them, synced when asked. */
import { Buffer } from 'node:buffer';
import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';

import type { Transaction } from '../broadcast/transaction.ts';
import type { Zxid } from '../broadcast/zxid.ts';
import { syncDirectory } from './atomic-file.ts';
import { entryBytes, fileHeader, writeEntry } from './log-format.ts';
import { dataFileName } from './log-names.ts';

/** The file is made longer when fewer bytes than these are left. */
const ROOM_BYTES_MIN = 4096;

export class LogWriter {
  readonly file: string;
  readonly #handle: FileHandle;
  readonly #preallocateBytes: number;
  /** Where the next entry goes. */
  #position: number;
  /** Length of the file. */
  #size: number;

  private constructor(file: string, handle: FileHandle, preallocateBytes: number, position: number) {
    this.file = file;
    this.#handle = handle;
    this.#preallocateBytes = preallocateBytes;
    this.#position = position;
    this.#size = position;
  }

  /** Begins the file whose first transaction will have that zxid; its name is on disk when this returns. */
  static async create(directory: string, first: Zxid, preallocateBytes: number): Promise<LogWriter> {
    const file = path.join(directory, dataFileName('log', first));
    const handle = await open(file, 'wx');
    const header = fileHeader();
    await handle.write(header, 0, header.length, 0);
    await handle.sync();
    await syncDirectory(directory);
    return new LogWriter(file, handle, preallocateBytes, header.length);
  }

  /** Writes entries behind the last one. They are on disk after the next `sync`. */
  async write(transactions: readonly Transaction[]): Promise<void> {
    let length = 0;
    for (const { payload } of transactions) length += entryBytes(payload.length);
    const bytes = Buffer.allocUnsafe(length);
    let at = 0;
    for (const { payload } of transactions) at = writeEntry(bytes, at, payload);
    await this.#makeRoom(length);
    for (let written = 0; written < length;) {
      const { bytesWritten } = await this.#handle.write(
        bytes,
        written,
        length - written,
        this.#position + written,
      );
      written += bytesWritten;
    }
    this.#position += length;
  }

  /** What was written is on disk when this returns. */
  async sync(): Promise<void> {
    await this.#handle.datasync();
  }

  /** Cuts what was made for later entries off, and closes. What was written must be synced. */
  async close(): Promise<void> {
    try {
      await this.#handle.truncate(this.#position);
    } finally {
      await this.#handle.close();
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
