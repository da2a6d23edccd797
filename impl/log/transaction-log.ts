/**
 * The transaction log of a server: what `append`, `truncate` and `logDurable` of the protocol mean on disk.
 *
 * Group commit: one write, which syncs, is under way at a time, and what is appended meanwhile is the next batch, so its
 * size follows the load. Cuts and appends take effect in the order in which they were asked for.
 *
 * An error of the disk ends the log: what is on disk is not known after it, so nothing is tried again, nothing more is
 * reported durable, and the server must stop.
 */
import { setImmediate } from 'node:timers/promises';

import { TransactionList, zxidAt } from '../broadcast/transaction-list.ts';
import type { Transactions } from '../broadcast/transaction-run.ts';
import type { Zxid } from '../broadcast/zxid.ts';
import { BatchPlace } from './batch-place.ts';
import { DiskError } from './disk-error.ts';
import { EntryBuffer } from './entry-buffer.ts';
import { cutLog } from './log-cut.ts';
import { recoverLog, type RecoveredLog } from './log-recovery.ts';
import { LogWriter } from './log-writer.ts';

export interface TransactionLogOptions {
  /** The longest transaction that is accepted when the log is read, in bytes. */
  readonly transactionBytesMax: number;
  /** Files are made longer by this many bytes at a time; 0 for not at all. ZooKeeper's preAllocSize. */
  readonly preallocateBytes: number;
  /** What the log follows: the zxid of a snapshot, ZERO_ZXID for the beginning. */
  readonly base: Zxid;
}

export interface TransactionLogListener {
  /** The log up to `zxid` is on disk (its base: nothing of it), and so is every cut asked for before. */
  durable(zxid: Zxid): void;
  /** The log is no longer written. Called once. */
  failed(error: DiskError): void;
}

/** What was written since the log was opened. */
export interface LogStatistics {
  /** Batches, each written and synced by itself, and milliseconds that this took. */
  readonly batches: number;
  readonly milliseconds: number;
  /** What was in them. */
  readonly transactions: number;
}

interface Append {
  readonly type: 'append';
  readonly transactions: TransactionList;
  /** Entries are made of so many of them, while what came before is being written. */
  prepared: number;
}

type Work =
  | Append
  | { readonly type: 'truncate'; readonly zxid: Zxid }
  | {
      readonly type: 'replace';
      readonly base: Zxid;
      readonly last: Zxid;
      readonly replace: () => Promise<void>;
    }
  | { readonly type: 'roll' };

export class TransactionLog {
  readonly #directory: string;
  #options: TransactionLogOptions;
  readonly #listener: TransactionLogListener;
  /** The file that is being written; none until something is appended. */
  #writer: LogWriter | undefined;
  readonly #buffer = new EntryBuffer();
  readonly #place = new BatchPlace();
  #last: Zxid;
  readonly #waiting: Work[] = [];
  /** Ends when nothing is waiting any more. */
  #working: Promise<void> | undefined;
  #statistics: LogStatistics = { batches: 0, milliseconds: 0, transactions: 0 };
  #state: 'open' | 'closed' | 'failed' = 'open';
  #failure: DiskError | undefined;

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
    const last = recovered.transactions.at(-1)?.zxid ?? options.base;
    return { log: new TransactionLog(directory, options, listener, last), recovered };
  }

  get statistics(): LogStatistics {
    return this.#statistics;
  }

  /** Why the log is no longer written; undefined while it is. */
  get failure(): DiskError | undefined {
    return this.#failure;
  }

  /** Appends; `durable` tells when the disk has it. Zxids ascend. Without memory for them the log ends within this call. */
  append(transactions: Transactions): void {
    const newest = this.#waiting.at(-1);
    if (newest?.type === 'append') newest.transactions.append(transactions);
    else this.#add({ type: 'append', transactions: new TransactionList([transactions]), prepared: 0 });
    this.#prepare();
  }

  /** Cuts what follows `zxid`, all for that of the base; `durable` tells when the disk has it so. */
  truncate(zxid: Zxid): void {
    this.#add({ type: 'truncate', zxid });
  }

  /**
   * Another log takes the place of this one, from `base` to `last`: `replace` brings its files in, while nothing else is
   * written; `durable` tells when it is done.
   */
  replace(base: Zxid, last: Zxid, replace: () => Promise<void>): void {
    this.#add({ type: 'replace', base, last, replace });
  }

  /** The next transaction begins a new file; done when a snapshot is taken, so that older files can go one day. */
  roll(): void {
    this.#add({ type: 'roll' });
  }

  /** Ends the log because of an error elsewhere on the disk; told to the listener unless the log has ended before. */
  fail(error: DiskError): void {
    if (this.#state !== 'open') return;
    this.#state = 'failed';
    this.#failure = error;
    this.#waiting.length = 0;
    this.#listener.failed(error);
  }

  /**
   * Waits until the disk has all that was asked for, and closes the file.
   * @throws DiskError when the file cannot be closed
   */
  async close(): Promise<void> {
    while (this.#working !== undefined) await this.#working;
    if (this.#state === 'open') {
      this.#state = 'closed';
      await this.#closeWriter().catch((error: unknown) => {
        throw DiskError.from(`cannot close the log in ${this.#directory}`, error);
      });
    } else {
      await this.#writer?.abandon();
      this.#writer = undefined;
    }
  }

  /** The disk is slower than this thread: what is to be written next is made ready meanwhile, if it is of the same file. */
  #prepare(): void {
    const [next] = this.#waiting;
    if (next?.type !== 'append' || this.#writer === undefined) return;
    try {
      next.prepared = this.#writer.prepare(next.transactions, next.prepared);
    } catch (error) {
      this.#fail(error);
    }
  }

  #add(work: Work): void {
    if (this.#state !== 'open') return;
    this.#waiting.push(work);
    this.#working ??= this.#work();
  }

  async #work(): Promise<void> {
    // What is asked for within the same turn of the event loop belongs to the first batch; and what was sent before, leaves
    // before this thread may be held up by the disk.
    await setImmediate();
    for (let work = this.#waiting.shift(); work !== undefined; work = this.#waiting.shift()) {
      try {
        await this.#perform(work);
      } catch (error) {
        this.#fail(error);
      }
      if (this.#isOver()) break;
      if (work.type !== 'roll') this.#listener.durable(this.#last);
    }
    this.#working = undefined;
  }

  #fail(error: unknown): void {
    this.fail(DiskError.from(`cannot write the log in ${this.#directory}`, error));
  }

  /** What was done meanwhile may have ended the log. */
  #isOver(): boolean {
    return this.#state !== 'open';
  }

  async #perform(work: Work): Promise<void> {
    switch (work.type) {
      case 'append':
        await this.#append(work);
        break;
      case 'truncate':
        await this.#closeWriter();
        await cutLog(this.#directory, work.zxid, this.#options);
        this.#last = work.zxid;
        break;
      case 'replace':
        await this.#closeWriter();
        await work.replace();
        this.#options = { ...this.#options, base: work.base };
        this.#last = work.last;
        break;
      case 'roll':
        await this.#closeWriter();
        break;
    }
  }

  async #append({ transactions, prepared }: Append): Promise<void> {
    const { length } = transactions;
    if (length === 0) return;
    this.#writer ??= await LogWriter.create(
      this.#directory,
      zxidAt(transactions, 0),
      this.#options.preallocateBytes,
      this.#buffer,
    );
    const begunAtMs = performance.now();
    const here = this.#place.isHere(transactions, begunAtMs);
    if (here) this.#writer.writeNow(transactions, prepared);
    else await this.#writer.write(transactions, prepared);
    const endedAtMs = performance.now();
    if (here) this.#place.took(begunAtMs, endedAtMs);
    const { batches, milliseconds, transactions: before } = this.#statistics;
    this.#statistics = {
      batches: batches + 1,
      milliseconds: milliseconds + endedAtMs - begunAtMs,
      transactions: before + length,
    };
    this.#last = zxidAt(transactions, length - 1);
  }

  async #closeWriter(): Promise<void> {
    const writer = this.#writer;
    this.#writer = undefined;
    await writer?.close();
  }
}
