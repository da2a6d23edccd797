/** The threads that expand blocks of the frontier, and the order in which their results are taken: that of the queue. */
import type { BlockResult } from './block-result.ts';
import type { Frontier, FrontierBlock } from './frontier.ts';
import type { StateTable } from './state-table.ts';

/** Blocks a thread may have ahead of it, so that it never waits for the next one. */
const BLOCKS_AHEAD = 2;

/** A thread that expands blocks. */
export interface ExpandingThread {
  /** Expands one block; several may be under way. Rejects if the thread fails. */
  expand(block: FrontierBlock, table: StateTable): Promise<BlockResult>;
  close(): Promise<void>;
}

/**
 * Starts threads. When the signal is aborted nobody waits for them any more: those that have been started must end, and the
 * promise may be rejected.
 */
export type StartThreads = (signal: AbortSignal) => Promise<readonly ExpandingThread[]>;

export interface ExpandedBlock {
  readonly block: FrontierBlock;
  readonly result: BlockResult;
}

interface PendingBlock {
  readonly block: FrontierBlock;
  result: BlockResult | undefined;
}

export class Crew {
  private readonly frontier: Frontier;
  private readonly table: StateTable;
  /** Ends waits. */
  private readonly signal: AbortSignal | undefined;
  /** In the order of the queue. */
  private readonly pending: PendingBlock[] = [];
  private threads: { readonly thread: ExpandingThread; busy: number }[] = [];
  private failure: { readonly error: unknown } | undefined;
  private wake: (() => void) | undefined;
  /** Aborted when the exploration ends, even if threads are still being started. */
  private readonly over = new AbortController();
  private started: Promise<void> | undefined;

  constructor(frontier: Frontier, table: StateTable, signal: AbortSignal | undefined) {
    this.frontier = frontier;
    this.table = table;
    this.signal = signal;
  }

  /** Nobody is there to expand a block. */
  get empty(): boolean {
    return this.threads.length === 0;
  }

  /** No block is out. */
  get idle(): boolean {
    return this.pending.length === 0;
  }

  /** Starts threads. They are there once the promise is kept; a failure is told by {@link check}. */
  start(startThreads: StartThreads): Promise<void> {
    this.started = startThreads(this.over.signal).then(
      (threads) => {
        this.threads = threads.map((thread) => ({ thread, busy: 0 }));
        this.wake?.();
      },
      (error: unknown) => {
        this.fail(error);
      },
    );
    return this.started;
  }

  /** @throws what a thread failed of */
  check(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }

  /** Hands blocks of the frontier to threads that have room for them. */
  dispatch(): void {
    for (let ahead = 0; ahead < BLOCKS_AHEAD; ahead += 1) {
      for (const member of this.threads) {
        if (member.busy > ahead) continue;
        // A thread that has work does not need a block that is still filling.
        const block = this.frontier.take(member.busy === 0);
        if (block === undefined) return;
        const pending: PendingBlock = { block, result: undefined };
        this.pending.push(pending);
        member.busy += 1;
        member.thread.expand(block, this.table).then(
          (result) => {
            member.busy -= 1;
            pending.result = result;
            this.wake?.();
          },
          (error: unknown) => {
            this.fail(error);
          },
        );
      }
    }
  }

  /** The oldest block that is out, if its result has come. */
  next(): ExpandedBlock | undefined {
    const [oldest] = this.pending;
    if (oldest?.result === undefined) return undefined;
    this.pending.shift();
    return { block: oldest.block, result: oldest.result };
  }

  /** Waits until the result of the oldest block is there, something fails, or the exploration is to end. */
  async wait(): Promise<void> {
    if (this.failure !== undefined || this.pending[0]?.result !== undefined) return;
    await new Promise<void>((resolve) => {
      const stopWaiting = (): void => {
        this.wake = undefined;
        this.signal?.removeEventListener('abort', stopWaiting);
        resolve();
      };
      this.wake = stopWaiting;
      this.signal?.addEventListener('abort', stopWaiting);
    });
  }

  async close(): Promise<void> {
    this.pending.length = 0;
    this.over.abort();
    await this.started;
    await Promise.all(this.threads.map(({ thread }) => thread.close()));
  }

  private fail(error: unknown): void {
    this.failure = { error };
    this.wake?.();
  }
}
