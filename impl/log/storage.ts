/**
 * All that a server keeps on disk: the transaction log, snapshots of the service, and the two epochs; laid out as
 * ZooKeeper does, in folders `version-2` of `dataDir` and of `dataLogDir`.
 *
 * An error of the disk ends it: what is on disk is not known after it, so nothing is tried again, nothing more is
 * reported durable, and the server must stop.
 */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';

import type { Transaction } from '../broadcast/transaction.ts';
import { ZERO_ZXID, zxidLess, type Zxid } from '../broadcast/zxid.ts';
import type { JuteReader } from '../wire/jute-reader.ts';
import { DirectoryLock } from './directory-lock.ts';
import { DiskError } from './disk-error.ts';
import { readEpoch, storeEpoch, type EpochName } from './epoch-files.ts';
import { writeFirstSnapshot } from './first-snapshot.ts';
import { logFiles } from './log-recovery.ts';
import { LogWriter } from './log-writer.ts';
import { newestSnapshot, writeSnapshotFile } from './snapshot-file.ts';
import { TransactionLog, type TransactionLogListener } from './transaction-log.ts';

export interface StorageOptions {
  /** Snapshots and epochs are below it; made if it is not there. */
  readonly dataDir: string;
  /** The log is below it; may be the same. */
  readonly dataLogDir: string;
  /** The longest transaction that is accepted when the log is read, in bytes. */
  readonly transactionBytesMax: number;
  /** Log files are made longer by this many bytes at a time; 0 for not at all. ZooKeeper's preAllocSize. */
  readonly preallocateBytes: number;
  /** How many snapshots `purge` leaves; at least 1. ZooKeeper's autopurge.snapRetainCount. */
  readonly retainedSnapshots: number;
  readonly listener: TransactionLogListener;
}

/** What was on disk when a server started; all of it still is. */
export interface Recovered<S> {
  /** f.p of the paper. */
  readonly acceptedEpoch: number;
  /** f.a of the paper. May be below the epoch of the last transaction: a crash came between the two. */
  readonly currentEpoch: number;
  /** The newest whole snapshot; no state, and ZERO_ZXID, when there was none. */
  readonly base: { readonly zxid: Zxid; readonly state: S | undefined };
  /** What comes after the base. */
  readonly transactions: readonly Transaction[];
  /** What a person should know, a line each: what was cut off, and what was left aside. */
  readonly notes: readonly string[];
}

interface Directories {
  /** Snapshots and epochs. */
  readonly data: string;
  readonly log: string;
}

export class Storage {
  readonly #directories: Directories;
  readonly #options: StorageOptions;
  readonly #locks: readonly DirectoryLock[];
  readonly #log: TransactionLog;
  readonly #fail: (error: DiskError) => void;
  /** Snapshots are saved, installed and purged, and epochs stored, one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(
    directories: Directories,
    options: StorageOptions,
    locks: readonly DirectoryLock[],
    log: TransactionLog,
    fail: (error: DiskError) => void,
  ) {
    this.#directories = directories;
    this.#options = options;
    this.#locks = locks;
    this.#log = log;
    this.#fail = fail;
  }

  /**
   * Opens the directories, making them if they are not there, and reads what they hold.
   * @param readState reads the service's state at `zxid` off a snapshot; throws `MalformedInput`
   * @throws DiskError when they are in use, cannot be read or written, or hold what cannot be trusted
   */
  static async open<S>(
    options: StorageOptions,
    readState: (reader: JuteReader, zxid: Zxid) => S,
  ): Promise<{ readonly storage: Storage; readonly recovered: Recovered<S> }> {
    const directories = {
      data: path.join(options.dataDir, 'version-2'),
      log: path.join(options.dataLogDir, 'version-2'),
    };
    const locks: DirectoryLock[] = [];
    try {
      for (const directory of new Set([directories.data, directories.log])) {
        await mkdir(directory, { recursive: true }).catch((error: unknown) => {
          throw DiskError.from(`cannot make ${directory}`, error);
        });
        locks.push(await DirectoryLock.take(directory));
      }
      const { found, skipped } = await newestSnapshot(directories.data, readState);
      const base = { zxid: found?.zxid ?? ZERO_ZXID, state: found?.value };
      if (found === undefined) await writeFirstSnapshot(directories.data);
      let failed = false;
      const fail = (error: DiskError): void => {
        if (failed) return;
        failed = true;
        options.listener.failed(error);
      };
      const { log, recovered } = await TransactionLog.open(directories.log, options, {
        durable: (zxid) => {
          if (!failed) options.listener.durable(zxid);
        },
        failed: fail,
      });
      const transactions = recovered.transactions.filter(({ zxid }) => zxidLess(base.zxid, zxid));
      const lastEpoch = (transactions.at(-1)?.zxid ?? base.zxid).epoch;
      const currentEpoch = (await readEpoch(directories.data, 'currentEpoch')) ?? lastEpoch;
      const acceptedEpoch =
        (await readEpoch(directories.data, 'acceptedEpoch')) ?? Math.max(lastEpoch, currentEpoch);
      const notes = skipped.map(
        ({ file, offset, reason }) => `${file} left aside: offset ${offset}: ${reason}`,
      );
      if (recovered.cut !== undefined) {
        notes.push(`${recovered.cut.file} cut at offset ${recovered.cut.offset}: ${recovered.cut.reason}`);
      }
      return {
        storage: new Storage(directories, options, locks, log, fail),
        recovered: { acceptedEpoch, currentEpoch, base, transactions, notes },
      };
    } catch (error) {
      for (const lock of locks) await lock.release();
      throw DiskError.from(`cannot open ${options.dataDir}`, error);
    }
  }

  /** Appends; the listener's `durable` tells when the disk has it. Zxids ascend. */
  append(transaction: Transaction): void {
    this.#log.append(transaction);
  }

  /** Cuts what follows `zxid`; the listener's `durable` tells when the disk has it so. */
  truncate(zxid: Zxid): void {
    this.#log.truncate(zxid);
  }

  /**
   * Makes the history another one: the state at `zxid`, as the chunks of its snapshot tell it, and what comes after it.
   * `durable(last zxid)` tells when the disk has it so.
   */
  installSnapshot(zxid: Zxid, chunks: Iterable<Uint8Array>, transactions: readonly Transaction[]): void {
    this.#log.replace(transactions.at(-1)?.zxid ?? zxid, () =>
      this.#inTurn(() => this.#install(zxid, chunks, transactions)),
    );
  }

  /** Stores an epoch; it is on disk when this resolves. */
  async storeEpoch(name: EpochName, epoch: number): Promise<void> {
    await this.#guarded(() => storeEpoch(this.#directories.data, name, epoch));
  }

  /** Stores a snapshot of the state at `zxid`, on disk when this resolves; the log goes on in a new file. */
  async saveSnapshot(zxid: Zxid, chunks: Iterable<Uint8Array>): Promise<void> {
    await this.#guarded(() => writeSnapshotFile(this.#directories.data, zxid, chunks));
    this.#log.roll();
  }

  /** Removes what nobody needs: all but the newest snapshots, and the logs that only older ones need. */
  async purge(): Promise<void> {
    await Promise.resolve();
  }

  /** Waits until the disk has all that was asked for, and lets go of the directories. */
  async close(): Promise<void> {
    await this.#log.close();
    await this.#turn;
    for (const lock of this.#locks) await lock.release();
  }

  async #install(
    zxid: Zxid,
    chunks: Iterable<Uint8Array>,
    transactions: readonly Transaction[],
  ): Promise<void> {
    await writeSnapshotFile(this.#directories.data, zxid, chunks);
    for (const { name } of await logFiles(this.#directories.log)) {
      await rm(path.join(this.#directories.log, name));
    }
    const [first] = transactions;
    if (first === undefined) return;
    const writer = await LogWriter.create(this.#directories.log, first.zxid, this.#options.preallocateBytes);
    await writer.write(transactions);
    await writer.sync();
    await writer.close();
  }

  /** Does it when its turn comes; an error is the end of the storage. */
  async #guarded(task: () => Promise<void>): Promise<void> {
    try {
      await this.#inTurn(task);
    } catch (error) {
      const failure = DiskError.from(`cannot write to ${this.#directories.data}`, error);
      this.#fail(failure);
      throw failure;
    }
  }

  #inTurn(task: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(task);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}
