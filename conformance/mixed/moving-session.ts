/** A client whose connection is moved from server to server, as when servers are lost, while its session goes on. */
import { setTimeout as delay } from 'node:timers/promises';

import { Client } from '../../impl/client/client.ts';
import { ConnectionLostError } from '../../impl/client/errors.ts';
import { Proxy } from '../../impl/server/testing/proxy.ts';
import type { ServerProcess } from '../faults/server-process.ts';

const SESSION_TIMEOUT_MS = 20_000;
const RETRY_MS = 50;

export class MovingSession {
  readonly #client: Client;
  readonly #proxies: readonly Proxy[];
  /** Which of the proxies the connection goes through. */
  #at = 0;

  private constructor(client: Client, proxies: readonly Proxy[]) {
    this.#client = client;
    this.#proxies = proxies;
  }

  /** Opens a session at the first of the servers; each move goes to the next. */
  static async open(servers: readonly ServerProcess[]): Promise<MovingSession> {
    const proxies = await Promise.all(servers.map(({ client }) => Proxy.open(client.port)));
    const client = await Client.open({
      servers: proxies.map(({ port }) => ({ host: '127.0.0.1', port })),
      sessionTimeoutMs: SESSION_TIMEOUT_MS,
    });
    return new MovingSession(client, proxies);
  }

  get id(): bigint {
    return this.#client.sessionId;
  }

  /** Breaks the connection; the client goes on at the next server. True if it got there, and not past it. */
  async move(): Promise<boolean> {
    for (const proxy of this.#proxies) proxy.cut();
    this.#at = (this.#at + 1) % this.#proxies.length;
    await this.act((client) => client.exists('/'));
    return this.#proxies.every((proxy, index) => proxy.connections === (index === this.#at ? 1 : 0));
  }

  /** Does something in the session, again when the connection broke meanwhile. */
  async act<T>(work: (client: Client) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work(this.#client);
      } catch (error) {
        if (!(error instanceof ConnectionLostError)) throw error;
        await delay(RETRY_MS);
      }
    }
  }

  async close(): Promise<void> {
    await this.#client.close().catch(() => undefined);
    await Promise.all(this.#proxies.map((proxy) => proxy.close()));
  }
}
