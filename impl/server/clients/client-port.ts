/**
 * The port that clients connect to. It is open for as long as the server runs, but clients are served only between
 * `startServing` and `stopServing`: while a server looks for a leader it has nobody to send their writes to, and closes
 * their connections, so that they try another one.
 *
 * How the server carries it along, in this order:
 *
 *     const port = await ClientPort.open(options);
 *     port.startServing(replication);        // the state is that of a server in broadcast
 *     port.applied(record, state.apply(record));   // each transaction, in order, and at once after it is applied
 *     port.synced(sessionId, cxid);          // what Replication.sync asked for
 *     port.touched();                        // sessions heard from: to the leader with each PING, or to its SessionTracker
 *     port.stopServing('…');                 // before the state is anything else than the next transaction
 *     await port.close();
 */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { ZERO_ZXID } from '../../broadcast/zxid.ts';
import type { ServerId } from '../../protocol/ensemble.ts';
import type { Applied } from '../../service/service-state.ts';
import type { Address } from '../../wire/notification.ts';
import type { TransactionRecord } from '../../wire/transaction-record.ts';
import type { Logger } from '../logger.ts';
import { PatientClock } from '../patient-clock.ts';
import { ClientConnection, type ConnectionHost } from './client-connection.ts';
import { ClientStream } from './client-stream.ts';
import { answerWord, isWord, type ServerReport } from './four-letter-words.ts';
import { Outstanding, type OutstandingLimits } from './outstanding.ts';
import type { Replication } from './replication.ts';
import { firstSessionId } from './session-credentials.ts';

export interface ClientPortOptions {
  readonly listen: Address;
  /** Part of the ids of the sessions that are opened here. */
  readonly myId: ServerId;
  readonly minSessionTimeoutMs: number;
  readonly maxSessionTimeoutMs: number;
  /** Connections from one address; 0: any number. */
  readonly maxClientConnections: number;
  /** The longest request that is accepted, in bytes. */
  readonly juteMaxBuffer: number;
  /** What all clients may wait for together; a client that waits for nothing may always ask for something. */
  readonly outstanding: OutstandingLimits;
  /** The four-letter words that are answered; `*` for all. */
  readonly fourLetterWords: ReadonlySet<string>;
  /** What the words tell of the log. */
  readonly logStatistics: () => ServerReport['log'];
  readonly logger: Logger;
}

/** Milliseconds that a connection may take to open a session, as in ZooKeeper. */
const GREETING_MS_MAX = 10_000;
/** Milliseconds between two looks for connections that are silent. */
const LOOK_MS = 1000;

export class ClientPort {
  readonly #options: ClientPortOptions;
  readonly #server: Server;
  readonly #connections = new Map<ClientConnection, string>();
  readonly #bySession = new Map<bigint, ClientConnection>();
  readonly #countByAddress = new Map<string, number>();
  /** Sessions that were heard from, over connections that are closed by now. */
  readonly #touchedBefore = new Map<bigint, number>();
  readonly #statistics = { received: 0, sent: 0, latencySumMs: 0, latencyMinMs: 0, latencyMaxMs: 0 };
  readonly #host: ConnectionHost;
  readonly #silenceTimer: NodeJS.Timeout;
  /** How long a client is silent for is told by it. */
  readonly #clock = new PatientClock(2 * LOOK_MS, performance.now());
  #replication: Replication | undefined;
  #outstanding: Outstanding;
  #nextSessionId: bigint;

  private constructor(options: ClientPortOptions) {
    this.#options = options;
    this.#outstanding = new Outstanding(options.outstanding);
    this.#nextSessionId = firstSessionId(options.myId, Date.now());
    this.#host = this.#makeHost();
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      this.#accept(socket);
    });
    this.#silenceTimer = setInterval(() => {
      // After a pause of this process what came meanwhile is read first, and then the silence is judged.
      setImmediate(() => {
        this.#closeSilent();
      });
    }, LOOK_MS);
    this.#silenceTimer.unref();
  }

  /** Listens. Rejects when it cannot. */
  static async open(options: ClientPortOptions): Promise<ClientPort> {
    const port = new ClientPort(options);
    await new Promise<void>((resolve, reject) => {
      port.#server.once('error', reject);
      port.#server.listen(options.listen.port, options.listen.host, () => {
        port.#server.off('error', reject);
        resolve();
      });
    });
    return port;
  }

  /** Where it listens: the port that was found free, when 0 was asked for. */
  get address(): Address {
    const { address, port } = addressOf(this.#server);
    return { host: address, port };
  }

  /** Connections that are open, whether there is a session or not. */
  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Answers that wait, not encoded yet, for clients to read those before. */
  get waitingReplies(): number {
    let waiting = 0;
    for (const connection of this.#connections.keys()) waiting += connection.waitingReplies;
    return waiting;
  }

  /** Serves clients: what they ask for goes to `replication`. */
  startServing(replication: Replication): void {
    this.stopServing('the server serves in another role');
    this.#replication = replication;
  }

  /** Closes the connections of all clients; what they have asked for is not answered. */
  stopServing(reason: string): void {
    this.#replication = undefined;
    for (const connection of this.#connections.keys()) connection.close(reason);
    this.#bySession.clear();
    this.#touchedBefore.clear();
    // What becomes of what is under way does not come any more.
    this.#outstanding = new Outstanding(this.#options.outstanding);
  }

  /** A transaction was applied to the state of this server. */
  applied(record: TransactionRecord, result: Applied): void {
    const { sessionId } = record.header;
    const connection = this.#bySession.get(sessionId);
    if (connection === undefined) return;
    connection.applied(record, result);
    if (connection.isDone) this.#release(connection);
  }

  /** What `Replication.sync` asked for has happened. */
  synced(sessionId: bigint, cxid: number): void {
    const connection = this.#bySession.get(sessionId);
    if (connection === undefined) return;
    connection.synced(cxid);
    if (connection.isDone) this.#release(connection);
  }

  /** The sessions whose clients were heard from since this was last asked, with their timeouts in milliseconds. */
  touched(): ReadonlyMap<bigint, number> {
    const touched = new Map(this.#touchedBefore);
    this.#touchedBefore.clear();
    for (const [sessionId, connection] of this.#bySession) {
      if (connection.takeTouched()) touched.set(sessionId, connection.timeoutMs);
    }
    return touched;
  }

  async close(): Promise<void> {
    clearInterval(this.#silenceTimer);
    this.stopServing('the server shuts down');
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  #makeHost(): ConnectionHost {
    const replication = (): Replication | undefined => this.#replication;
    const outstanding = (): Outstanding => this.#outstanding;
    const statistics = this.#statistics;
    return {
      get replication() {
        return replication();
      },
      get outstanding() {
        return outstanding();
      },
      minSessionTimeoutMs: this.#options.minSessionTimeoutMs,
      maxSessionTimeoutMs: this.#options.maxSessionTimeoutMs,
      patientMs: (nowMs) => this.#clock.at(nowMs),
      nextSessionId: () => this.#nextSessionId++,
      adopt: (connection, sessionId) => {
        const earlier = this.#bySession.get(sessionId);
        if (earlier !== undefined) {
          earlier.close('the client has connected again');
          connection.inherit(earlier);
        }
        this.#bySession.set(sessionId, connection);
      },
      received: () => {
        statistics.received++;
      },
      answered: (askedAtMs) => {
        const latencyMs = Math.floor(performance.now() - askedAtMs);
        statistics.latencyMinMs =
          statistics.sent === 0 ? latencyMs : Math.min(statistics.latencyMinMs, latencyMs);
        statistics.latencyMaxMs = Math.max(statistics.latencyMaxMs, latencyMs);
        statistics.latencySumMs += latencyMs;
        statistics.sent++;
      },
    };
  }

  #accept(socket: Socket): void {
    const { juteMaxBuffer, maxClientConnections, fourLetterWords, logger } = this.#options;
    const address = socket.remoteAddress?.replace(/^::ffff:/, '');
    if (address === undefined) {
      socket.destroy();
      return;
    }
    const count = this.#countByAddress.get(address) ?? 0;
    if (maxClientConnections > 0 && count >= maxClientConnections) {
      logger.warn('a client is refused: too many connections from its address', {
        address,
        maxClientConnections,
      });
      socket.destroy();
      return;
    }
    this.#countByAddress.set(address, count + 1);
    const stream = new ClientStream(socket, juteMaxBuffer, {
      word: (word) => {
        if (!isWord(word)) return false;
        stream.write(answerWord(word, fourLetterWords, () => this.#report()));
        stream.end('a four-letter word is answered');
        return true;
      },
      frame: (message) => {
        connection.frame(message);
      },
      drained: () => {
        connection.drained();
      },
      closed: (reason) => {
        this.#forget(connection, address, reason);
      },
    });
    const connection = new ClientConnection(this.#host, stream, address);
    this.#connections.set(connection, `/${address}:${socket.remotePort ?? 0}`);
  }

  #forget(connection: ClientConnection, address: string, reason: string): void {
    const { sessionId } = connection;
    this.#options.logger.debug('a client connection is closed', { address, session: hex(sessionId), reason });
    this.#connections.delete(connection);
    const count = this.#countByAddress.get(address) ?? 0;
    if (count > 1) this.#countByAddress.set(address, count - 1);
    else this.#countByAddress.delete(address);
    connection.close(reason);
    if (connection.isDone) this.#release(connection);
  }

  /** A connection that is over, and for which nothing is to come, stands for its session no longer. */
  #release(connection: ClientConnection): void {
    const { sessionId, timeoutMs } = connection;
    if (this.#bySession.get(sessionId) !== connection) return;
    this.#bySession.delete(sessionId);
    if (connection.takeTouched()) this.#touchedBefore.set(sessionId, timeoutMs);
  }

  /** A client that is silent for its session's timeout is gone, whatever its connection says. */
  #closeSilent(): void {
    this.#clock.tick(performance.now());
    const now = this.#clock.at(performance.now());
    for (const connection of this.#connections.keys()) {
      const limitMs = connection.isOpen ? connection.timeoutMs : GREETING_MS_MAX;
      if (connection.silentMs(now) > limitMs) connection.close(`nothing was heard for ${limitMs} ms`);
    }
  }

  #report(): ServerReport {
    const { received, sent, latencySumMs, latencyMinMs, latencyMaxMs } = this.#statistics;
    const connections = [...this.#connections];
    return {
      mode: this.#replication?.mode,
      zxid: this.#replication?.state.lastZxid ?? ZERO_ZXID,
      nodeCount: this.#replication?.state.tree.size ?? 0,
      latencyMs: {
        min: latencyMinMs,
        average: sent === 0 ? 0 : latencySumMs / sent,
        max: latencyMaxMs,
      },
      received,
      sent,
      log: this.#options.logStatistics(),
      outstanding: connections.reduce((sum, [{ outstanding }]) => sum + outstanding, 0),
      connections: connections.map(([{ outstanding }, from]) => `${from}[1](queued=${outstanding})`),
    };
  }
}

function hex(sessionId: bigint): string {
  return `0x${BigInt.asUintN(64, sessionId).toString(16)}`;
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('a TCP server that listens has an address');
  return address;
}
