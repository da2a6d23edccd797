/**
 * A TCP relay on loopback for tests: between a client, which connects to it, and a server. Connections can be cut, and
 * either direction stalled: then nothing is read from its source, until the source's own buffers are full.
 */
import type { Buffer } from 'node:buffer';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

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
  readonly #stalled = new Set<Direction>();

  private constructor(targetPort: number, observe: (direction: Direction, chunk: Buffer) => void) {
    this.#targetPort = targetPort;
    this.#observe = observe;
    // A half that ends is passed on as such.
    this.#server = createServer({ allowHalfOpen: true }, (client) => {
      this.#relay(client);
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

  #relay(client: Socket): void {
    const server = connect({ port: this.#targetPort, host: '127.0.0.1', allowHalfOpen: true });
    const pair = { client, server };
    this.#pairs.add(pair);
    this.#pass(pair, 'toServer');
    this.#pass(pair, 'toClient');
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
  }
}

function source({ client, server }: Pair, direction: Direction): Socket {
  return direction === 'toServer' ? client : server;
}
