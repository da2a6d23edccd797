/**
 * All that a server keeps on disk: the transaction log, snapshots of the service, and the two epochs; laid out as
 * ZooKeeper does, in folders `version-2` of `dataDir` and of `dataLogDir`.
 *
 * An error of the disk ends it: what is on disk is not known after it, so nothing is tried again, nothing more is
 * reported durable, and the server must stop.
 */
import { realpath } from 'node:fs/promises';
import path from 'node:path';

import type { Transactions } from '../broadcast/transaction-run.ts';
import type { Transaction } from '../broadcast/transaction.ts';
import { formatZxid, ZERO_ZXID, zxidLess, type Zxid } from '../broadcast/zxid.ts';
import { makeDirectory } from './atomic-file.ts';
import type { Directories } from './data-files.ts';
import { DirectoryLock } from './directory-lock.ts';
import { DiskError, REMEDY } from './disk-error.ts';
import { recoverEpochs, storeEpoch, type EpochName } from './epoch-files.ts';
import { writeFirstSnapshot } from './first-snapshot.ts';
import { install, settleInstallation } from './installation.ts';
import { purge } from './purge.ts';
import {
  newestSnapshot,
  removeUnfinishedSnapshots,
  writeSnapshotFile,
  type ReadState,
  type SkippedSnapshot,
} from './snapshot-file.ts';
import { TransactionLog, type LogStatistics, type TransactionLogListener } from './transaction-log.ts';

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

export class Storage {
  readonly #directories: Directories;
  readonly #options: StorageOptions;
  readonly #locks: readonly DirectoryLock[];
  readonly #log: TransactionLog;
  /** On disk, and whole. */
  #newestSnapshot: Zxid;
  /** Names of snapshots that are not whole. */
  readonly #broken: ReadonlySet<string>;
  /** Snapshots are saved, installed and purged one after the other. */
  readonly #snapshots = new Turns();
  /**
   * Epochs are stored one after the other, beside the snapshots: a server that waits for its epoch is not to wait for a
   * large state. An epoch that must not reach the disk before a history is asked for once that is reported durable.
   */
  readonly #epochs = new Turns();

  private constructor(
    directories: Directories,
    options: StorageOptions,
    locks: readonly DirectoryLock[],
    log: TransactionLog,
    snapshots: { readonly newest: Zxid; readonly skipped: readonly SkippedSnapshot[] },
  ) {
    this.#directories = directories;
    this.#options = options;
    this.#locks = locks;
    this.#log = log;
    this.#newestSnapshot = snapshots.newest;
    this.#broken = new Set(snapshots.skipped.map(({ name }) => name));
  }

  /**
   * Opens the directories, making them if they are not there, and reads what they hold.
   * @throws DiskError when they are in use, cannot be read or written, or hold what cannot be trusted
   */
  static async open<S>(
    options: StorageOptions,
    readState: ReadState<S>,
  ): Promise<{ readonly storage: Storage; readonly recovered: Recovered<S> }> {
    const directories = {
      data: path.join(options.dataDir, 'version-2'),
      log: path.join(options.dataLogDir, 'version-2'),
    };
    const locks: DirectoryLock[] = [];
    try {
      for (const directory of [directories.data, directories.log]) await makeDirectory(directory);
      // Two names may be those of one directory.
      for (const directory of new Set([await realpath(directories.data), await realpath(directories.log)])) {
        locks.push(await DirectoryLock.take(directory));
      }
      const installed = await settleInstallation(directories);
      await removeUnfinishedSnapshots(directories.data);
      const { found, skipped } = await newestSnapshot(directories.data, readState);
      const base = { zxid: found?.zxid ?? ZERO_ZXID, state: found?.value };
      const { log, recovered } = await TransactionLog.open(
        directories.log,
        { ...options, base: base.zxid },
        options.listener,
      );
      const last = recovered.transactions.at(-1)?.zxid ?? base.zxid;
      refuseLoss(last, skipped);
      const epochs = await recoverEpochs(directories.data, last.epoch);
      if (found === undefined) await writeFirstSnapshot(directories.data);
      const notes = [
        ...(installed === undefined ? [] : [installed]),
        ...skipped.map(({ file, offset, reason }) => `${file} left aside: offset ${offset}: ${reason}`),
        ...recovered.notes,
        ...epochs.notes,
      ];
      const { acceptedEpoch, currentEpoch } = epochs;
      return {
        storage: new Storage(directories, options, locks, log, { newest: base.zxid, skipped }),
        recovered: { acceptedEpoch, currentEpoch, base, transactions: recovered.transactions, notes },
      };
    } catch (error) {
      for (const lock of locks) await lock.release();
      throw DiskError.from(`cannot open ${options.dataDir}`, error);
    }
  }

  get statistics(): LogStatistics {
    return this.#log.statistics;
  }

  /** Appends; the listener's `durable` tells when the disk has it. Zxids ascend. */
  append(transactions: Transactions): void {
    this.#log.append(transactions);
  }

  /** Cuts what follows `zxid`; the listener's `durable` tells when the disk has it so. */
  truncate(zxid: Zxid): void {
    this.#log.truncate(zxid);
  }

  /**
   * Makes the history another one: the state at `zxid`, as the chunks of its snapshot tell it, and what comes after it.
   * After a crash there is the old history or the new one; `durable(last zxid)` tells when it is the new one.
   */
  installSnapshot(zxid: Zxid, chunks: Iterable<Uint8Array>, transactions: readonly Transaction[]): void {
    this.#log.replace(zxid, transactions.at(-1)?.zxid ?? zxid, () =>
      this.#inTurn(this.#snapshots, async () => {
        await install(this.#directories, this.#newestSnapshot, { zxid, chunks, transactions });
        this.#newestSnapshot = zxid;
      }),
    );
  }

  /**
   * Stores an epoch; it is on disk when this resolves.
   * @throws DiskError which the listener is told as well; as all below
   */
  async storeEpoch(name: EpochName, epoch: number): Promise<void> {
    await this.#guarded(this.#epochs, () => storeEpoch(this.#directories.data, name, epoch));
  }

  /** Stores a snapshot of the state at `zxid`, on disk when this resolves; the log goes on in a new file. */
  async saveSnapshot(zxid: Zxid, chunks: Iterable<Uint8Array>): Promise<void> {
    await this.#guarded(this.#snapshots, async () => {
      await writeSnapshotFile(this.#directories.data, zxid, chunks);
      if (zxidLess(this.#newestSnapshot, zxid)) this.#newestSnapshot = zxid;
      this.#log.roll();
    });
  }

  /** Removes all but the newest snapshots, and the logs that only older ones need. */
  async purge(): Promise<void> {
    await this.#guarded(this.#snapshots, () =>
      purge(this.#directories, this.#options.retainedSnapshots, this.#broken),
    );
  }

  /** Waits until the disk has all that was asked for, and lets go of the directories. */
  async close(): Promise<void> {
    try {
      await this.#log.close();
      await Promise.all([this.#snapshots.done, this.#epochs.done]);
    } finally {
      for (const lock of this.#locks) await lock.release();
    }
  }

  /** Does it when its turn comes; an error is the end of the storage. */
  async #guarded(turns: Turns, task: () => Promise<void>): Promise<void> {
    try {
      await this.#inTurn(turns, task);
    } catch (error) {
      const failure = DiskError.from(`cannot write to ${this.#directories.data}`, error);
      this.#log.fail(failure);
      throw failure;
    }
  }

  #inTurn(turns: Turns, task: () => Promise<void>): Promise<void> {
    return turns.take(() => {
      if (this.#log.failure !== undefined) throw this.#log.failure;
      return task();
    });
  }
}

/** Tasks of which each begins when the one before it has ended, well or not. */
class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Fulfilled when all that were given so far have ended. */
  get done(): Promise<unknown> {
    return this.#last;
  }

  take(task: () => Promise<void>): Promise<void> {
    const done = this.#last.then(task);
    this.#last = done.catch(() => undefined);
    return done;
  }
}

/** @throws DiskError when a snapshot was left aside, and what is there does not reach as far as it did */
function refuseLoss(last: Zxid, skipped: readonly SkippedSnapshot[]): void {
  const lost = skipped.find(({ zxid }) => zxidLess(last, zxid));
  if (lost === undefined) return;
  throw new DiskError(
    `${lost.file}: offset ${lost.offset}: ${lost.reason}, and older snapshots with the log reach to ${formatZxid(last)} only; ${REMEDY}`,
  );
}
