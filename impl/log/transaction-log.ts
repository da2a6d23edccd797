/**
 * The transaction log of a server: what `append`, `truncate` and `logDurable` of the protocol mean on disk.
 *
 * Group commit: one write and one sync are under way at a time, and what is appended meanwhile is the next batch, so its
 * size follows the load. Cuts and appends take effect in the order in which they were asked for.
 *
 * An error of the disk ends the log: what is on disk is not known after it, so nothing is tried again, nothing more is
 * reported durable, and the server must stop.
 */
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';

import type { Transaction } from '../broadcast/transaction.ts';
import { ZERO_ZXID, zxidLess, type Zxid } from '../broadcast/zxid.ts';
import { syncDirectory, syncFile } from './atomic-file.ts';
import { DiskError } from './disk-error.ts';
import { logFiles, recoverLog, type RecoveredLog } from './log-recovery.ts';
import { scanLog } from './log-scan.ts';
import { LogWriter } from './log-writer.ts';

export interface TransactionLogOptions {
  /** The longest transaction that is accepted when the log is read, in bytes. */
  readonly transactionBytesMax: number;
  /** Files are made longer by this many bytes at a time; 0 for not at all. ZooKeeper's preAllocSize. */
  readonly preallocateBytes: number;
}

export interface TransactionLogListener {
  /** The log up to `zxid` is on disk (ZERO_ZXID: nothing of it), and so is every cut asked for before. */
  durable(zxid: Zxid): void;
  /** The log is no longer written. Called once. */
  failed(error: DiskError): void;
}

type Work =
  | { readonly type: 'append'; readonly transactions: Transaction[] }
  | { readonly type: 'truncate'; readonly zxid: Zxid }
  | { readonly type: 'replace'; readonly last: Zxid; readonly replace: () => Promise<void> }
  | { readonly type: 'roll' };

export class TransactionLog {
  readonly #directory: string;
  readonly #options: TransactionLogOptions;
  readonly #listener: TransactionLogListener;
  /** The file that is being written; none until something is appended. */
  #writer: LogWriter | undefined;
  #last: Zxid;
  readonly #waiting: Work[] = [];
  /** Ends when nothing is waiting any more. */
  #working: Promise<void> | undefined;
  #state: 'open' | 'closed' | 'failed' = 'open';

  private constructor(
    directory: string,
    options: TransactionLogOptions,
    listener: TransactionLogListener,
    last: Zxid,
  ) {
    this.#directory = directory;
    this.#options = options;
    this.#listener = listener;
    this.#last = last;
  }

  /**
   * Opens the log in a directory, which exists. All that is recovered is on disk.
   * @throws DiskError when what is there cannot be trusted
   */
  static async open(
    directory: string,
    options: TransactionLogOptions,
    listener: TransactionLogListener,
  ): Promise<{ readonly log: TransactionLog; readonly recovered: RecoveredLog }> {
    const recovered = await recoverLog(directory, options);
    const last = recovered.transactions.at(-1)?.zxid ?? ZERO_ZXID;
    return { log: new TransactionLog(directory, options, listener, last), recovered };
  }

  /** Appends; `durable` tells when the disk has it. Zxids ascend. */
  append(transaction: Transaction): void {
    const newest = this.#waiting.at(-1);
    if (newest?.type === 'append') newest.transactions.push(transaction);
    else this.#add({ type: 'append', transactions: [transaction] });
  }

  /** Cuts what follows `zxid`, all for ZERO_ZXID; `durable` tells when the disk has it so. */
  truncate(zxid: Zxid): void {
    this.#add({ type: 'truncate', zxid });
  }

  /**
   * Another log takes the place of this one: `replace` brings its files in, which end with `last`, while nothing else is
   * written; `durable` tells when it is done.
   */
  replace(last: Zxid, replace: () => Promise<void>): void {
    this.#add({ type: 'replace', last, replace });
  }

  /** The next transaction begins a new file; done when a snapshot is taken, so that older files can go one day. */
  roll(): void {
    this.#add({ type: 'roll' });
  }

  /** Waits until the disk has all that was asked for, and closes the file. */
  async close(): Promise<void> {
    if (this.#state === 'open') {
      await this.#working;
      this.#state = 'closed';
      await this.#closeWriter();
    }
  }

  #add(work: Work): void {
    if (this.#state !== 'open') return;
    this.#waiting.push(work);
    this.#working ??= this.#work();
  }

  async #work(): Promise<void> {
    // What is asked for within the same turn belongs to the first batch.
    await Promise.resolve();
    try {
      for (let work = this.#waiting.shift(); work !== undefined; work = this.#waiting.shift()) {
        await this.#perform(work);
      }
    } catch (error) {
      this.#state = 'failed';
      this.#waiting.length = 0;
      this.#listener.failed(DiskError.from(`cannot write the log in ${this.#directory}`, error));
    } finally {
      this.#working = undefined;
    }
  }

  async #perform(work: Work): Promise<void> {
    switch (work.type) {
      case 'append':
        await this.#append(work.transactions);
        this.#listener.durable(this.#last);
        break;
      case 'truncate':
        await this.#closeWriter();
        await cutLog(this.#directory, work.zxid, this.#options.transactionBytesMax);
        this.#last = work.zxid;
        this.#listener.durable(this.#last);
        break;
      case 'replace':
        await this.#closeWriter();
        await work.replace();
        this.#last = work.last;
        this.#listener.durable(this.#last);
        break;
      case 'roll':
        await this.#closeWriter();
        break;
    }
  }

  async #append(transactions: readonly Transaction[]): Promise<void> {
    const [first] = transactions;
    const last = transactions.at(-1);
    if (first === undefined || last === undefined) return;
    this.#writer ??= await LogWriter.create(this.#directory, first.zxid, this.#options.preallocateBytes);
    await this.#writer.write(transactions);
    await this.#writer.sync();
    this.#last = last.zxid;
  }

  async #closeWriter(): Promise<void> {
    const writer = this.#writer;
    this.#writer = undefined;
    await writer?.close();
  }
}

/**
 * Cuts the log on disk after `zxid`, newest file first, so that a crash meanwhile leaves a beginning of what was there.
 * @throws DiskError when no log ends with, or goes through, `zxid`
 */
async function cutLog(directory: string, zxid: Zxid, transactionBytesMax: number): Promise<void> {
  for (const { name, zxid: first } of (await logFiles(directory)).reverse()) {
    const file = path.join(directory, name);
    if (zxidLess(zxid, first)) {
      await rm(file);
      await syncDirectory(directory);
      continue;
    }
    const bytes = await readFile(file);
    const scanned = scanLog(bytes, { transactionBytesMax, firstZxid: first, after: ZERO_ZXID });
    const next = scanned.transactions.findIndex((transaction) => zxidLess(zxid, transaction.zxid));
    const offset = next < 0 ? scanned.endOffset : scanned.offsets[next];
    await syncFile(file, offset);
    return;
  }
}
