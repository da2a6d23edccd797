/**
 * Clients that write while faults happen, and remember what was acknowledged.
 *
 * Each write creates a node of its own, so that nothing covers a lost one. A write whose connection broke may or may not
 * have happened; only an acknowledged one must be there.
 */
import { setTimeout as delay } from 'node:timers/promises';

import { Client } from '../../impl/client/client.ts';
import { ServiceError, SessionOverError } from '../../impl/client/errors.ts';
import { ErrorCode } from '../../impl/wire/client-reply.ts';
import type { Address } from '../../impl/wire/notification.ts';
import { isConnectionFailure } from './connection-failure.ts';

export interface WorkloadOptions {
  readonly addresses: readonly Address[];
  /** The node below which everything is created; it is there. */
  readonly root: string;
  readonly clients: number;
  /** Requests that each client has under way at a time. */
  readonly window: number;
  readonly sessionTimeoutMs: number;
}

export class Workload {
  readonly #options: WorkloadOptions;
  /** By name of the node: what was acknowledged, in the order in which it was. One list for each client and incarnation. */
  readonly acknowledged: string[][] = [];
  /** What the service has lost, as the answers to writes tell, one sentence each. */
  readonly lost: string[] = [];
  #running = true;
  readonly #workers: Promise<void>[];
  /** Why workers gave up. */
  readonly #failures: unknown[] = [];
  /** Writes of which nobody knows what became. */
  unknown = 0;

  constructor(options: WorkloadOptions) {
    this.#options = options;
    this.#workers = Array.from({ length: options.clients }, (_, index) =>
      this.#work(index).catch((error: unknown) => {
        this.#failures.push(error);
        this.end();
      }),
    );
  }

  get count(): number {
    return this.acknowledged.reduce((sum, list) => sum + list.length, 0);
  }

  /** False once it is to end, or came to an end before that: because of a loss, or of an error. */
  get running(): boolean {
    return this.#running;
  }

  /** No request follows; those under way go on. */
  end(): void {
    this.#running = false;
  }

  /**
   * Ends when the last request is answered or given up.
   * @throws what a client met that faults do not explain
   */
  async stop(): Promise<void> {
    this.end();
    await Promise.all(this.#workers);
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  /** Writes in one session after the other. */
  async #work(index: number): Promise<void> {
    for (let session = 0; this.#running; session++) {
      const client = await this.#open(index);
      if (client === undefined) continue;
      const names = `c${index}-${session}`;
      await this.#writeWith(client, names).catch((error: unknown) => {
        if (!isConnectionFailure(error)) throw error;
      });
      await client.close();
    }
  }

  async #open(index: number): Promise<Client | undefined> {
    const { addresses, sessionTimeoutMs } = this.#options;
    const at = index % addresses.length;
    const servers = [...addresses.slice(at), ...addresses.slice(0, at)];
    try {
      return await Client.open({ servers, sessionTimeoutMs });
    } catch (error) {
      if (!isConnectionFailure(error)) throw error;
      await delay(50);
      return undefined;
    }
  }

  /** Keeps the window full until the session or the workload ends. */
  async #writeWith(client: Client, names: string): Promise<void> {
    const { root, window } = this.#options;
    const done: string[] = [];
    this.acknowledged.push(done);
    let next = 0;
    const lane = async (): Promise<void> => {
      while (this.#running) {
        const name = `${names}-${next++}`;
        try {
          await client.create(`${root}/${name}`, Buffer.from(name));
          done.push(name);
        } catch (error) {
          if (error instanceof ServiceError && error.code === ErrorCode.NO_NODE) {
            this.lost.push(`${root} has been lost: ${error.message}`);
            this.end();
            return;
          }
          if (error instanceof SessionOverError || !isConnectionFailure(error)) throw error;
          this.unknown++;
          await delay(20);
        }
      }
    };
    await Promise.all(Array.from({ length: window }, lane));
  }
}
