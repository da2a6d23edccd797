/**
 * One log file that is being written: entries in, made longer ahead of them.
 *
 * It is open with O_DSYNC, so that one call writes up to 4 MiB of a batch and syncs them: two calls in the thread pool would cost
 * two changes of threads more. Where the file system has it, it is open with O_DIRECT too: nobody reads what is written, and
 * past the page cache a write costs the processor half as much.
 */
import type { Buffer } from 'node:buffer';
import { constants, ftruncateSync, writeSync } from 'node:fs';
import { open, readFile, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';

import type { Transactions } from '../broadcast/transaction-run.ts';
import type { Zxid } from '../broadcast/zxid.ts';
import { exists, syncDirectory } from './atomic-file.ts';
import { dataFileName } from './data-files.ts';
import { DiskError, hasCode } from './disk-error.ts';
import { BLOCK_BYTES, type EntryBuffer } from './entry-buffer.ts';
import { fileHeader, HEADER_BYTES } from './log-format.ts';

const WRITE = constants.O_WRONLY | constants.O_DSYNC;

/** What is to be done to the file next; answered with how many bytes were written. */
type Step =
  | { readonly type: 'lengthen'; readonly size: number }
  | { readonly type: 'write'; readonly bytes: Buffer; readonly position: number };

type Steps = Generator<Step, void, number>;

export class LogWriter {
  readonly file: string;
  readonly #handle: FileHandle;
  readonly #preallocateBytes: number;
  readonly #buffer: EntryBuffer;
  /** Length of the file. */
  #size = BLOCK_BYTES;
  /** Where the last entry that was written ends. */
  #end = HEADER_BYTES;
  /** Is a write under way to which no more entries are added? */
  #endsWriting = false;

  private constructor(file: string, handle: FileHandle, preallocateBytes: number, buffer: EntryBuffer) {
    this.file = file;
    this.#handle = handle;
    this.#preallocateBytes = preallocateBytes;
    this.#buffer = buffer;
  }

  /**
   * Begins the file whose first transaction will have that zxid; its name is on disk when this returns. One that is there
   * without entries, as an installed snapshot with nothing behind it leaves it, is begun again. `buffer` is the writer's until
   * it is closed; files that are written one after the other may have the same.
   * @throws DiskError when the disk would not take it, or the file is there
   */
  static async create(
    directory: string,
    first: Zxid,
    preallocateBytes: number,
    buffer: EntryBuffer,
  ): Promise<LogWriter> {
    const file = path.join(directory, dataFileName('log', first));
    try {
      buffer.begin(fileHeader());
      const header = buffer.take().bytes;
      const flag = (await isWithoutEntries(file)) ? constants.O_TRUNC : constants.O_EXCL;
      const handle = await makeFile(file, flag, header);
      const writer = new LogWriter(file, handle, preallocateBytes, buffer);
      try {
        await handle.sync();
        await syncDirectory(directory);
        return writer;
      } catch (error) {
        await writer.abandon();
        throw error;
      }
    } catch (error) {
      throw DiskError.from(`cannot create ${file}`, error);
    }
  }

  /**
   * Writes the entries of transactions, from one on, behind the last ones, in the thread pool; they are on disk when this is
   * fulfilled.
   * @throws DiskError when the disk does not say so
   */
  async write(transactions: Transactions, from = 0): Promise<void> {
    try {
      const steps = this.#append(transactions, from);
      for (let step = steps.next(); step.done !== true;) {
        step = steps.next(await this.#perform(step.value));
      }
    } catch (error) {
      throw DiskError.from(`cannot write ${this.file}`, error);
    }
  }

  /**
   * As `write`, on this thread, which does nothing else meanwhile.
   * @throws DiskError as `write`
   */
  writeNow(transactions: Transactions, from = 0): void {
    try {
      const steps = this.#append(transactions, from);
      for (let step = steps.next(); step.done !== true;) {
        step = steps.next(this.#performNow(step.value));
      }
    } catch (error) {
      throw DiskError.from(`cannot write ${this.file}`, error);
    }
  }

  /**
   * Makes entries of transactions, from one on, that the next write is to begin with, while the last of the present one are on
   * their way to the disk. Returns the first that is left to the next write.
   * @throws Error when there is no memory for them
   */
  prepare(transactions: Transactions, from: number): number {
    return this.#endsWriting ? this.#buffer.fill(transactions, from) : from;
  }

  /** Cuts what was made for later entries off, and closes. */
  async close(): Promise<void> {
    try {
      await this.#handle.truncate(this.#end);
    } finally {
      await this.#handle.close();
    }
  }

  /** Closes, whatever is in the file: an error came before. */
  async abandon(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
  }

  *#append(transactions: Transactions, from: number): Steps {
    if (transactions.length === 0) return;
    let next = from;
    do {
      next = this.#buffer.fill(transactions, next);
      const { bytes, position, end } = this.#buffer.take();
      const size = this.#sizeFor(end);
      if (size !== this.#size) {
        yield { type: 'lengthen', size };
        this.#size = size;
      }
      this.#endsWriting = next === transactions.length;
      for (let at = 0; at < bytes.length;) {
        const rest = bytes.subarray(at);
        const written = yield { type: 'write', bytes: rest, position: position + at };
        at += wholeBlocks(written, rest.length);
      }
      this.#endsWriting = false;
      this.#end = end;
    } while (next < transactions.length);
  }

  async #perform(step: Step): Promise<number> {
    if (step.type === 'lengthen') {
      await this.#handle.truncate(step.size);
      return 0;
    }
    const { bytes, position } = step;
    return (await this.#handle.write(bytes, 0, bytes.length, position)).bytesWritten;
  }

  #performNow(step: Step): number {
    const { fd } = this.#handle;
    if (step.type === 'lengthen') {
      ftruncateSync(fd, step.size);
      return 0;
    }
    const { bytes, position } = step;
    return writeSync(fd, bytes, 0, bytes.length, position);
  }

  /** How long the file must be for entries up to there, the last block whole; as long as it is when there is room. */
  #sizeFor(end: number): number {
    const needed = end + BLOCK_BYTES;
    if (this.#preallocateBytes === 0 || needed <= this.#size) return this.#size;
    return Math.ceil(needed / this.#preallocateBytes) * this.#preallocateBytes;
  }
}

/**
 * How many bytes of a write to go on behind: a rest that is no whole block cannot be written past the page cache. The call
 * after one that wrote less meets the reason.
 */
function wholeBlocks(written: number, of: number): number {
  const whole = written - (written % BLOCK_BYTES);
  if (whole === 0) throw new Error(`${written} of ${of} bytes were taken`);
  return whole;
}

/** Makes a file of these blocks, and leaves it open: past the page cache, unless the file system refuses it, sooner or later. */
async function makeFile(file: string, flag: number, blocks: Buffer): Promise<FileHandle> {
  await (await open(file, WRITE | constants.O_CREAT | flag)).close();
  try {
    return await openWith(blocks, file, WRITE | constants.O_DIRECT);
  } catch (error) {
    if (!hasCode(error, 'EINVAL')) throw error;
    return await openWith(blocks, file, WRITE);
  }
}

/** Opens a file and writes its first blocks. */
async function openWith(blocks: Buffer, file: string, flags: number): Promise<FileHandle> {
  const handle = await open(file, flags);
  try {
    await handle.writeFile(blocks);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Is there such a file, with a header and no entry? */
export async function isWithoutEntries(file: string): Promise<boolean> {
  if (!(await exists(file)) || (await stat(file)).size > BLOCK_BYTES) return false;
  return (await readFile(file)).subarray(HEADER_BYTES).every((byte) => byte === 0);
}
