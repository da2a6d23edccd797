/**
 * A client of the service: a session, which outlives the connections that carry it, and what can be asked in it.
 *
 * Requests are pipelined: ask without waiting for the answer before. They take effect in the order in which they were
 * asked. When a connection breaks, what was not answered is rejected with `ConnectionLostError` (nobody knows whether a
 * write took effect), and the next request waits for a new connection, to any of the servers.
 */
import { Buffer } from 'node:buffer';
import { setTimeout as delay } from 'node:timers/promises';

import { ZERO_ZXID, zxidLess, type Zxid } from '../broadcast/zxid.ts';
import { OPEN_ACL } from '../wire/acl.ts';
import { ErrorCode, type Reply, type Result } from '../wire/client-reply.ts';
import type { Operation } from '../wire/client-request.ts';
import { PASSWORD_BYTES } from '../wire/client-session.ts';
import type { Address } from '../wire/notification.ts';
import type { Stat } from '../wire/stat.ts';
import { Connection } from './connection.ts';
import { ConnectionLostError, ServiceError, SessionOverError } from './errors.ts';

export interface ClientOptions {
  /** Where servers are; tried in turn. */
  readonly servers: readonly Address[];
  /** Milliseconds after which a session without a connection expires, as asked for; the service may grant another. */
  readonly sessionTimeoutMs?: number;
}

const SESSION_TIMEOUT_MS = 30_000;
/** Between two rounds through all servers. */
const RETRY_MS = 100;

export class Client {
  readonly #servers: readonly Address[];
  /** The server that is tried next. */
  #turn = 0;
  #timeoutMs: number;
  #sessionId = 0n;
  #password: Uint8Array = new Uint8Array(PASSWORD_BYTES);
  #lastZxid: Zxid = ZERO_ZXID;
  #nextXid = 1;
  #connection: Connection | undefined;
  #connecting: Promise<Connection> | undefined;
  #pinger: NodeJS.Timeout | undefined;
  #over: SessionOverError | undefined;

  private constructor(options: ClientOptions) {
    this.#servers = options.servers;
    this.#timeoutMs = options.sessionTimeoutMs ?? SESSION_TIMEOUT_MS;
  }

  /**
   * Opens a session, trying the servers in turn until one answers.
   * @throws ConnectionLostError when none did within the session's timeout
   */
  static async open(options: ClientOptions): Promise<Client> {
    const client = new Client(options);
    await client.#connected();
    return client;
  }

  /** The session's number; the same for as long as it lasts. */
  get sessionId(): bigint {
    return this.#sessionId;
  }

  /** What the service granted. */
  get sessionTimeoutMs(): number {
    return this.#timeoutMs;
  }

  /** The newest zxid that this client has seen. */
  get lastZxid(): Zxid {
    const seen = this.#connection?.lastZxid ?? ZERO_ZXID;
    return zxidLess(this.#lastZxid, seen) ? seen : this.#lastZxid;
  }

  /** Creates a node; the path that it got. */
  async create(path: string, data: Uint8Array | null = null, acl = OPEN_ACL): Promise<string> {
    return (await this.#result('path', { type: 'create', path, data, acl, flags: 0 })).path;
  }

  /** Deletes a node that has no children, of that version, or of any (-1). */
  async delete(path: string, version = -1): Promise<void> {
    await this.#result('nothing', { type: 'delete', path, version });
  }

  /** Replaces a node's data, if the node has that version, or any (-1). */
  async setData(path: string, data: Uint8Array | null, version = -1): Promise<Stat> {
    return (await this.#result('stat', { type: 'setData', path, data, version })).stat;
  }

  async getData(path: string): Promise<{ readonly data: Buffer | null; readonly stat: Stat }> {
    const { data, stat } = await this.#result('data', { type: 'getData', path, watch: false });
    return { data: data && Buffer.from(data.buffer, data.byteOffset, data.length), stat };
  }

  /** undefined when there is no such node. */
  async exists(path: string): Promise<Stat | undefined> {
    try {
      return (await this.#result('stat', { type: 'exists', path, watch: false })).stat;
    } catch (error) {
      if (error instanceof ServiceError && error.code === ErrorCode.NO_NODE) return undefined;
      throw error;
    }
  }

  async getChildren(path: string): Promise<readonly string[]> {
    return (await this.#result('children', { type: 'getChildren', path, watch: false })).children;
  }

  /** Waits until the server has all that was committed when it was asked: reads after it are as new as that. */
  async sync(path = '/'): Promise<void> {
    await this.#result('path', { type: 'sync', path });
  }

  /** Asks for an operation; the reply, whether it tells a result or an error. */
  async request(operation: Operation): Promise<Reply> {
    if (this.#over !== undefined) throw this.#over;
    const connection = this.#connection ?? (await this.#connected());
    return connection.request(operation);
  }

  /** Closes the session; the service forgets it, at once where it can be reached, and after the timeout where not. */
  async close(): Promise<void> {
    if (this.#over !== undefined) return;
    const connection = this.#connection;
    this.#over = new SessionOverError('it was closed');
    clearInterval(this.#pinger);
    if (connection !== undefined) await endSession(connection);
    else await this.#connecting?.catch(() => undefined);
  }

  async #result<T extends Result['type']>(
    type: T,
    operation: Operation,
  ): Promise<Extract<Result, { readonly type: T }>> {
    const { error, result } = await this.request(operation);
    if (error !== ErrorCode.OK) {
      throw new ServiceError(error, operation.type, 'path' in operation ? operation.path : undefined);
    }
    if (!isOfType(result, type))
      throw new Error(`${operation.type} is answered by ${type}, not ${result.type}`);
    return result;
  }

  /** A connection in this session: the one there is, or a new one. */
  #connected(): Promise<Connection> {
    if (this.#over !== undefined) return Promise.reject(this.#over);
    if (this.#connection !== undefined) return Promise.resolve(this.#connection);
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async #connect(): Promise<Connection> {
    const deadline = Date.now() + this.#timeoutMs;
    let failure: unknown = new ConnectionLostError('connect', 'there is no server to connect to');
    do {
      const from = this.#turn % Math.max(1, this.#servers.length);
      for (const address of [...this.#servers.slice(from), ...this.#servers.slice(0, from)]) {
        this.#turn++;
        if (this.#over !== undefined) throw this.#over;
        try {
          return await this.#attempt(address);
        } catch (error) {
          if (error instanceof SessionOverError) throw error;
          failure = error;
        }
      }
      await delay(RETRY_MS);
    } while (Date.now() < deadline);
    throw failure;
  }

  async #attempt(address: Address): Promise<Connection> {
    const request = {
      protocolVersion: 0,
      lastZxidSeen: this.lastZxid,
      timeoutMs: this.#timeoutMs,
      sessionId: this.#sessionId,
      password: this.#password,
      readOnly: false,
    };
    const { connection, response } = await Connection.open(address, request, {
      timeoutMs: Math.max(1, Math.floor(this.#timeoutMs / Math.max(1, this.#servers.length))),
      firstXid: this.#nextXid,
      lost: () => {
        this.#lost(connection);
      },
    });
    if (response.timeoutMs <= 0) {
      connection.end('the session has expired');
      this.#over ??= new SessionOverError('it has expired');
      throw this.#over;
    }
    if (this.#over !== undefined) {
      // It was closed while it connected, and the service does not know yet.
      await endSession(connection);
      throw this.#over;
    }
    this.#sessionId = response.sessionId;
    this.#password = response.password;
    this.#timeoutMs = response.timeoutMs;
    this.#connection = connection;
    this.#keepAlive(connection);
    return connection;
  }

  #lost(connection: Connection): void {
    if (this.#connection !== connection) return;
    this.#lastZxid = this.lastZxid;
    this.#nextXid = connection.nextXid;
    this.#connection = undefined;
    clearInterval(this.#pinger);
  }

  /** Pings when nothing was heard for a third of the timeout; gives the server up after two thirds. */
  #keepAlive(connection: Connection): void {
    clearInterval(this.#pinger);
    const third = this.#timeoutMs / 3;
    this.#pinger = setInterval(() => {
      if (connection.silentMs > 2 * third) connection.end('the server is silent');
      else if (connection.silentMs > third / 2) {
        connection.ping();
      }
    }, third / 2);
    this.#pinger.unref();
  }
}

async function endSession(connection: Connection): Promise<void> {
  await connection.request({ type: 'closeSession' }).catch(() => undefined);
  connection.end('the session was closed');
}

function isOfType<T extends Result['type']>(
  result: Result,
  type: T,
): result is Extract<Result, { readonly type: T }> {
  return result.type === type;
}
