/**
 * The connections over which servers elect a leader, as ZooKeeper has them: one for each pair of servers, made by the one
 * with the larger id. A server with the smaller id that wants to be heard connects, says who it is, and is connected back.
 *
 * Nothing here tries again by itself: the election sends its notifications again after a while, and each sending connects
 * where there is no connection.
 */
import { Buffer } from 'node:buffer';
import { connect, createServer, type Server, type Socket } from 'node:net';

import { serverId, type ServerId } from '../protocol/ensemble.ts';
import { frame, FrameReader } from '../wire/frames.ts';
import {
  decodeElectionHello,
  decodeNotification,
  encodeElectionHello,
  encodeNotification,
  NOTIFICATION_BYTES_MAX,
  type Address,
  type Notification,
} from '../wire/notification.ts';
import { ElectionLink } from './election-link.ts';
import type { Logger } from './logger.ts';

export interface ElectionNetworkOptions {
  readonly myId: ServerId;
  /** The election addresses of every server of the ensemble, this one included; the first is tried first. */
  readonly addresses: ReadonlyMap<ServerId, readonly Address[]>;
  /** Where to listen; the first own address if absent. */
  readonly listen?: Address;
  /** Milliseconds until an attempt to connect, or to say who one is, is given up. */
  readonly timeoutMs: number;
  /** Takes what another server says. Nothing comes from servers that are not of the ensemble. */
  readonly receive: (from: ServerId, notification: Notification) => void;
  readonly logger: Logger;
}

export class ElectionNetwork {
  readonly #options: ElectionNetworkOptions;
  readonly #links = new Map<ServerId, ElectionLink>();
  readonly #connecting = new Set<ServerId>();
  /** Every socket that is open, adopted by a link or not. */
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  #closed = false;

  private constructor(options: ElectionNetworkOptions) {
    this.#options = options;
    for (const id of options.addresses.keys()) {
      if (id !== options.myId) this.#links.set(id, new ElectionLink());
    }
    this.#server = createServer((socket) => {
      this.#accept(socket);
    });
  }

  /** Listens on the election port. Rejects when it cannot. */
  static async open(options: ElectionNetworkOptions): Promise<ElectionNetwork> {
    const network = new ElectionNetwork(options);
    const listen = options.listen ?? network.#ownAddress();
    await new Promise<void>((resolve, reject) => {
      network.#server.once('error', reject);
      network.#server.listen(listen.port, listen.host, () => {
        network.#server.off('error', reject);
        resolve();
      });
    });
    return network;
  }

  /** Sends what this server has to say, connecting first where that is needed; only the newest waits for that. */
  send(to: ServerId, notification: Notification): void {
    const link = this.#links.get(to);
    if (link === undefined || this.#closed) return;
    link.send(frame(encodeNotification(notification)));
    if (!link.connected) void this.#connect(to);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const link of this.#links.values()) link.close();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  /** Connects, says who this server is; the one with the larger id keeps the connection, the other one is called back. */
  async #connect(to: ServerId): Promise<void> {
    if (this.#connecting.has(to)) return;
    this.#connecting.add(to);
    try {
      const { myId, addresses, logger } = this.#options;
      const socket = await this.#reach(addresses.get(to) ?? []);
      if (socket === undefined) {
        logger.debug('a server cannot be reached for an election', { server: to });
        return;
      }
      const hello = encodeElectionHello({ sid: BigInt(myId), addresses: [this.#ownAddress()] });
      if (to > myId) {
        socket.end(hello);
      } else {
        socket.write(hello);
        this.#use(to, socket, Buffer.alloc(0));
      }
    } finally {
      this.#connecting.delete(to);
    }
  }

  async #reach(addresses: readonly Address[]): Promise<Socket | undefined> {
    for (const { host, port } of addresses) {
      const socket = connect({ host, port, noDelay: true });
      this.#watch(socket);
      socket.setTimeout(this.#options.timeoutMs, () => socket.destroy());
      const reached = await new Promise<boolean>((resolve) => {
        socket.once('connect', () => {
          resolve(true);
        });
        socket.once('close', () => {
          resolve(false);
        });
      });
      socket.setTimeout(0);
      if (reached && !this.#closed) return socket;
      socket.destroy();
    }
    return undefined;
  }

  /** Waits for a caller to say who it is. */
  #accept(socket: Socket): void {
    this.#watch(socket);
    socket.setNoDelay(true);
    socket.setTimeout(this.#options.timeoutMs, () => socket.destroy());
    let waiting = Buffer.alloc(0);
    const read = (chunk: Buffer): void => {
      waiting = Buffer.concat([waiting, chunk]);
      const hello = decodeElectionHello(waiting);
      if (!hello.ok) {
        this.#options.logger.warn('an election connection was refused', {
          address: socket.remoteAddress,
          reason: hello.reason,
        });
        socket.destroy();
        return;
      }
      if (hello.value === undefined) return;
      socket.off('data', read);
      socket.setTimeout(0);
      this.#greet(socket, hello.value.hello.sid, waiting.subarray(hello.value.length));
    };
    socket.on('data', read);
  }

  /** A caller with a larger id keeps its connection; one with a smaller id is called back instead. */
  #greet(socket: Socket, sid: bigint, rest: Buffer): void {
    const { myId, logger } = this.#options;
    const caller = sid > 0n && sid <= BigInt(Number.MAX_SAFE_INTEGER) ? serverId(Number(sid)) : undefined;
    if (caller === undefined || !this.#links.has(caller)) {
      logger.warn('a server that is not of the ensemble wants to take part in an election', {
        address: socket.remoteAddress,
        server: String(sid),
      });
      socket.destroy();
    } else if (caller > myId) {
      this.#use(caller, socket, rest);
    } else {
      socket.destroy();
      void this.#connect(caller);
    }
  }

  /** Makes a socket that of the link, and reads notifications from it. `rest` came with the greeting. */
  #use(peer: ServerId, socket: Socket, rest: Buffer): void {
    const { receive, logger } = this.#options;
    const reader = new FrameReader(NOTIFICATION_BYTES_MAX);
    const read = (chunk: Buffer): void => {
      reader.push(chunk);
      for (;;) {
        const next = reader.next();
        if (!next.ok) {
          logger.warn('an election connection is closed', { server: peer, reason: next.reason });
          socket.destroy();
          return;
        }
        if (next.frame === undefined) return;
        const notification = decodeNotification(next.frame);
        if (notification.ok) receive(peer, notification.value);
        else logger.warn('a notification is ignored', { server: peer, reason: notification.reason });
      }
    };
    this.#links.get(peer)?.adopt(socket);
    socket.on('data', read);
    if (rest.length > 0) read(rest);
  }

  /** Keeps track of a socket. Its errors end it; `close` says so to whoever uses it. */
  #watch(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', (error) => {
      this.#options.logger.debug('an election connection failed', { reason: error.message });
    });
    socket.on('close', () => {
      this.#sockets.delete(socket);
    });
  }

  #ownAddress(): Address {
    const [own] = this.#options.addresses.get(this.#options.myId) ?? [];
    if (own === undefined) throw new Error('a server has an election address');
    return own;
  }
}
