/** Threads that expand blocks, each with a specification that it loaded itself. */
import { Worker } from 'node:worker_threads';

import type { Configuration } from '../specification.ts';
import type { BlockResult } from './block-result.ts';
import type { CompanionSource } from './companion.ts';
import type { ExpandingThread } from './crew.ts';
import type { FrontierBlock } from './frontier.ts';
import { StateTable, type StateTableMemory } from './state-table.ts';

/** Where each thread finds the same specification, and what rides along. */
export interface SpecificationSource {
  readonly tla: string;
  readonly configuration: Configuration;
  readonly libraries: readonly string[];
  readonly coverage?: boolean;
  readonly companion?: CompanionSource;
}

export interface WorkerOrders extends SpecificationSource {
  readonly table: StateTableMemory;
}

export type ToWorker =
  | {
      readonly kind: 'expand';
      readonly ticket: number;
      readonly block: FrontierBlock;
      /** When it is not the one sent last. */
      readonly table?: StateTableMemory;
    }
  | { readonly kind: 'close' };

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'expanded'; readonly ticket: number; readonly result: BlockResult };

/** Starts threads; they are ready when the promise resolves. It is rejected, and they end, when the signal is aborted before. */
export async function startWorkers(
  count: number,
  source: SpecificationSource,
  signal: AbortSignal,
): Promise<readonly ExpandingThread[]> {
  // The specification may be large; the table that is current when work begins is sent with the work.
  const table = new StateTable(source.companion !== undefined).memory();
  const threads = Array.from({ length: count }, () => new WorkerThread({ ...source, table }));
  const closeAll = (): void => {
    for (const thread of threads) void thread.close();
  };
  signal.addEventListener('abort', closeAll, { once: true });
  try {
    await Promise.all(threads.map((thread) => thread.ready));
    signal.removeEventListener('abort', closeAll);
  } catch (error) {
    await Promise.all(threads.map((thread) => thread.close()));
    throw error;
  }
  return threads;
}

interface Waiting {
  readonly resolve: (result: BlockResult) => void;
  readonly reject: (error: Error) => void;
}

class WorkerThread implements ExpandingThread {
  readonly ready: Promise<void>;
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private tickets = 0;
  private tableVersion = -1;
  private failure: Error | undefined;

  constructor(orders: WorkerOrders) {
    this.worker = new Worker(new URL('./worker-thread.mjs', import.meta.url), { workerData: orders });
    this.ready = new Promise((resolve, reject) => {
      this.worker.on('message', (message: FromWorker) => {
        switch (message.kind) {
          case 'ready':
            resolve();
            return;
          case 'expanded':
            this.waiting.get(message.ticket)?.resolve(message.result);
            this.waiting.delete(message.ticket);
            return;
        }
      });
      const fail = (error: Error): void => {
        this.failure = error;
        reject(error);
        for (const { reject: rejectWork } of this.waiting.values()) rejectWork(error);
        this.waiting.clear();
      };
      this.worker.on('error', fail);
      this.worker.on('exit', (code) => {
        fail(new Error(`a worker thread ended early, with status ${code}`));
      });
    });
  }

  expand(block: FrontierBlock, table: StateTable): Promise<BlockResult> {
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) {
        reject(this.failure);
        return;
      }
      const ticket = this.tickets;
      this.tickets += 1;
      this.waiting.set(ticket, { resolve, reject });
      const message: ToWorker =
        table.version === this.tableVersion
          ? { kind: 'expand', ticket, block }
          : { kind: 'expand', ticket, block, table: table.memory() };
      this.tableVersion = table.version;
      this.worker.postMessage(message);
    });
  }

  async close(): Promise<void> {
    // Whoever still waits has lost interest.
    this.waiting.clear();
    await this.worker.terminate();
  }
}
