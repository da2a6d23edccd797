/**
 * Bytes appended to a file and synced in batches: while one batch is on its way to the disk, the next one gathers. The file
 * is written full beforehand, so that no sync has to record where it lies; at its end it begins anew.
 */
import { Buffer } from 'node:buffer';
import { constants, fdatasync, fdatasyncSync, writev, writevSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

/** `dsync`: one writev to a file opened with O_DSYNC. `fdatasync`: that call after it, both in the thread pool; `blocking`: both at once. */
export const SYNC_WAYS = ['dsync', 'fdatasync', 'blocking'] as const;
export type SyncWay = (typeof SYNC_WAYS)[number];

export const LOG_BYTES = 64 * 1024 * 1024;
const PIECE_BYTES = 1024 * 1024;

/** A file of that many zeroes, on disk. */
export async function openFilled(path: string, bytes: number, way: SyncWay): Promise<FileHandle> {
  const filled = await open(path, 'w');
  const zeroes = Buffer.alloc(PIECE_BYTES);
  for (let at = 0; at < bytes; at += PIECE_BYTES) await filled.write(zeroes, 0, PIECE_BYTES, at);
  await filled.sync();
  await filled.close();
  return open(path, constants.O_RDWR | (way === 'dsync' ? constants.O_DSYNC : 0));
}

/** Writes there, and calls back once it is on disk. */
export function writeSynced(
  fd: number,
  buffers: readonly Buffer[],
  position: number,
  way: SyncWay,
  done: (error: Error | null) => void,
): void {
  if (way === 'blocking') {
    writevSync(fd, buffers, position);
    fdatasyncSync(fd);
    // No call from within the call.
    setImmediate(done, null);
    return;
  }
  writev(fd, [...buffers], position, (error) => {
    if (error !== null || way === 'dsync') done(error);
    else fdatasync(fd, done);
  });
}

export class BatchLog {
  /** Held on to: a handle that nobody holds closes its file. */
  readonly #handle: FileHandle;
  readonly #bytes: number;
  readonly #way: SyncWay;
  readonly #durable: (count: number) => void;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #appended = 0;
  #position = 0;
  #writing = false;

  /** `bytes`: the length of the file. `durable` is told how many of all appended are on disk. */
  constructor(handle: FileHandle, bytes: number, way: SyncWay, durable: (count: number) => void) {
    this.#handle = handle;
    this.#bytes = bytes;
    this.#way = way;
    this.#durable = durable;
  }

  append(frames: Buffer, count: number): void {
    this.#waiting.push(frames);
    this.#waitingBytes += frames.length;
    this.#appended += count;
    if (this.#writing) return;
    this.#writing = true;
    // What else has come in this turn goes along.
    setImmediate(() => {
      this.#write();
    });
  }

  #write(): void {
    const batch = this.#waiting;
    const bytes = this.#waitingBytes;
    const count = this.#appended;
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (this.#position + bytes > this.#bytes) this.#position = 0;
    writeSynced(this.#handle.fd, batch, this.#position, this.#way, (error) => {
      if (error !== null) throw error;
      this.#position += bytes;
      this.#durable(count);
      this.#writing = this.#waiting.length > 0;
      if (this.#writing) this.#write();
    });
  }
}
