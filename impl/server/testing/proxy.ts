/**
 * A TCP relay on loopback for tests: between a client, which connects to it, and a server. Connections can be cut, and
 * either direction stalled: then nothing is read from its source, until the source's own buffers are full.
 *
 * A relay cannot refuse: it has accepted before it knows whether the server listens. A client would take the break that
 * follows for a server that has gone, where a refusal tells it to try again. So the relay itself tries again for a while.
 */
import type { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A leader is followed before it listens: by those who learn of the election first, and on a busy machine. */
const REACH_MS_MAX = 1000;
const REACH_AGAIN_MS = 5;

/** Which way bytes go. */
export type Direction = 'toServer' | 'toClient';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

export class Proxy {
  readonly #server: Server;
  readonly #targetPort: number;
  readonly #observe: (direction: Direction, chunk: Buffer) => void;
  readonly #pairs = new Set<Pair>();
  /** Clients whose server is not reached yet. */
  readonly #waiting = new Set<Socket>();
  readonly #stalled = new Set<Direction>();

  private constructor(targetPort: number, observe: (direction: Direction, chunk: Buffer) => void) {
    this.#targetPort = targetPort;
    this.#observe = observe;
    // A half that ends is passed on as such.
    this.#server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
      void this.#relay(client);
    });
  }

  /** Listens on a free port of loopback; `observe` sees what is passed on. */
  static async open(
    targetPort: number,
    observe: (direction: Direction, chunk: Buffer) => void = () => undefined,
  ): Promise<Proxy> {
    const proxy = new Proxy(targetPort, observe);
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject);
      proxy.#server.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get port(): number {
    // What listens on TCP has an address with a port.
    // eslint-disable-next-line @typescript-eslint/consistent-type-assertions
    return (this.#server.address() as AddressInfo).port;
  }

  /** Connections that are relayed now. */
  get connections(): number {
    return this.#pairs.size;
  }

  /** Breaks all connections, at both ends; new ones are accepted. */
  cut(): void {
    for (const client of this.#waiting) client.resetAndDestroy();
    for (const { client, server } of this.#pairs) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
  }

  /** Passes nothing on that way any more, on any connection. */
  stall(direction: Direction): void {
    this.#stalled.add(direction);
    for (const pair of this.#pairs) source(pair, direction).pause();
  }

  resume(direction: Direction): void {
    this.#stalled.delete(direction);
    for (const pair of this.#pairs) source(pair, direction).resume();
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
    this.cut();
    await closed;
  }

  async #relay(client: Socket): Promise<void> {
    client.on('error', () => undefined);
    this.#waiting.add(client);
    const server = await this.#reach(client);
    this.#waiting.delete(client);
    if (server === undefined || client.destroyed) {
      client.resetAndDestroy();
      server?.resetAndDestroy();
      return;
    }
    const pair = { client, server };
    this.#pairs.add(pair);
    this.#pass(pair, 'toServer');
    this.#pass(pair, 'toClient');
  }

  /** A connection to the server; undefined when it does not listen in time, or the client goes away meanwhile. */
  async #reach(client: Socket): Promise<Socket | undefined> {
    const deadline = Date.now() + REACH_MS_MAX;
    while (!client.destroyed) {
      const server = connect({ port: this.#targetPort, host: '127.0.0.1', allowHalfOpen: true });
      try {
        await once(server, 'connect');
        return server;
      } catch {
        if (Date.now() > deadline) return undefined;
      }
      await delay(REACH_AGAIN_MS);
    }
    return undefined;
  }

  #pass(pair: Pair, direction: Direction): void {
    const from = source(pair, direction);
    const to = direction === 'toServer' ? pair.server : pair.client;
    from.setNoDelay(true);
    from.on('data', (chunk: Buffer) => {
      this.#observe(direction, chunk);
      if (!to.write(chunk)) from.pause();
    });
    to.on('drain', () => {
      if (!this.#stalled.has(direction)) from.resume();
    });
    from.on('end', () => to.end());
    from.on('error', () => undefined);
    from.on('close', () => {
      this.#pairs.delete(pair);
      to.destroy();
    });
    if (this.#stalled.has(direction)) from.pause();
    else from.resume();
  }
}

function source({ client, server }: Pair, direction: Direction): Socket {
  return direction === 'toServer' ? client : server;
}
