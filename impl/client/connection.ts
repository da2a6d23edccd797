/**
 * One connection of a client with a server, within a session: requests go out at once, one behind the other, and their
 * replies come back in the same order.
 */
import type { Buffer } from 'node:buffer';
import { connect, type Socket } from 'node:net';

import { zxidLess, zxidsEqual, type Zxid } from '../broadcast/zxid.ts';
import { decodeReply, type Reply } from '../wire/client-reply.ts';
import { encodeRequest, PING_XID, type Operation } from '../wire/client-request.ts';
import {
  decodeConnectResponse,
  encodeConnectRequest,
  type ConnectRequest,
  type ConnectResponse,
} from '../wire/client-session.ts';
import { frame, FrameReader } from '../wire/frames.ts';
import type { Address } from '../wire/notification.ts';
import { NO_ZXID } from '../wire/quorum-packet.ts';
import { ConnectionLostError } from './errors.ts';

/** The longest reply that is accepted, in bytes. */
const REPLY_BYTES_MAX = 64 * 1024 * 1024;
/** Answered requests are taken off the list in batches of this many. */
const ANSWERED_KEPT_MAX = 1024;

interface Pending {
  readonly xid: number;
  readonly operation: Operation;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

export interface ConnectionOptions {
  /** Milliseconds until an attempt to connect is given up. */
  readonly timeoutMs: number;
  /**
   * The number of the first request. It goes on from one connection to the next of a session: what was asked for over the
   * old one may still take effect, and a server that knew both by the same number would take one for the other.
   */
  readonly firstXid: number;
  /** Called once, when the connection ends after it was made. Requests without a reply are rejected before. */
  readonly lost: (reason: string) => void;
}

export class Connection {
  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #reader = new FrameReader(REPLY_BYTES_MAX);
  /** Requests without a reply, from `#answered` on; those before it are done with. */
  #pending: Pending[] = [];
  #answered = 0;
  /** What waits to be written with the next batch. */
  #outgoing: Buffer[] = [];
  #nextXid: number;
  #greeting: { resolve: (response: ConnectResponse) => void; reject: (error: Error) => void } | undefined;
  #lastZxid: Zxid;
  #heardAt = Date.now();
  #lostBecause: string | undefined;

  private constructor(socket: Socket, request: ConnectRequest, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#lastZxid = request.lastZxidSeen;
    this.#nextXid = options.firstXid;
    socket.on('data', (chunk: Buffer) => {
      this.#read(chunk);
    });
    socket.on('error', (error) => {
      this.#lostBecause ??= error.message;
    });
    socket.on('close', () => {
      this.#close();
    });
  }

  /** Connects and begins, or goes on with, a session. */
  static async open(
    address: Address,
    request: ConnectRequest,
    options: ConnectionOptions,
  ): Promise<{ readonly connection: Connection; readonly response: ConnectResponse }> {
    const socket = connect({ ...address, noDelay: true });
    const connection = new Connection(socket, request, options);
    const timer = setTimeout(() => {
      connection.end(`no answer within ${options.timeoutMs} ms`);
    }, options.timeoutMs);
    try {
      const response = await new Promise<ConnectResponse>((resolve, reject) => {
        connection.#greeting = { resolve, reject };
        socket.write(frame(encodeConnectRequest(request)));
      });
      return { connection, response };
    } finally {
      clearTimeout(timer);
    }
  }

  /** The newest zxid that a reply told of. */
  get lastZxid(): Zxid {
    return this.#lastZxid;
  }

  /** The number that the next request will have. */
  get nextXid(): number {
    return this.#nextXid;
  }

  /** Milliseconds since the server was last heard of. */
  get silentMs(): number {
    return Date.now() - this.#heardAt;
  }

  /** Requests that wait for their reply. */
  get outstanding(): number {
    return this.#pending.length - this.#answered;
  }

  /** Asks. Requests of one turn of the event loop leave in one write. */
  request(operation: Operation): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#lostBecause !== undefined) {
        reject(new ConnectionLostError(operation.type, this.#lostBecause));
        return;
      }
      const xid = this.#takeXid();
      this.#pending.push({ xid, operation, resolve, reject });
      this.#send(xid, operation);
    });
  }

  /** Tells the server that the client is there. Its answer, which comes out of turn, tells that the server is. */
  ping(): void {
    if (this.#lostBecause === undefined) this.#send(PING_XID, { type: 'ping' });
  }

  /** Ends the connection; what was not answered is lost. */
  end(reason: string): void {
    this.#lostBecause ??= reason;
    this.#socket.destroy();
  }

  #takeXid(): number {
    const xid = this.#nextXid;
    this.#nextXid = xid === 0x7fff_ffff ? 1 : xid + 1;
    return xid;
  }

  #send(xid: number, operation: Operation): void {
    if (this.#outgoing.length === 0) {
      setImmediate(() => {
        this.#flush();
      });
    }
    this.#outgoing.push(frame(encodeRequest({ xid, operation })));
  }

  #flush(): void {
    const batch = this.#outgoing;
    this.#outgoing = [];
    this.#socket.cork();
    for (const bytes of batch) this.#socket.write(bytes);
    this.#socket.uncork();
  }

  #read(chunk: Buffer): void {
    this.#heardAt = Date.now();
    this.#reader.push(chunk);
    for (;;) {
      const next = this.#reader.next();
      if (!next.ok) {
        this.end(next.reason);
        return;
      }
      if (next.frame === undefined) return;
      if (this.#greeting !== undefined) this.#greeted(next.frame);
      else this.#answer(next.frame);
    }
  }

  #greeted(message: Buffer): void {
    const response = decodeConnectResponse(message);
    if (response.ok) this.#greeting?.resolve(response.value);
    else this.end(response.reason);
    this.#greeting = undefined;
  }

  /** Replies come in the order of the requests, those to pings in between. */
  #answer(message: Buffer): void {
    if (message.length >= 4 && message.readInt32BE(0) === PING_XID) return;
    const pending = this.#pending[this.#answered];
    if (pending === undefined) {
      this.end('a reply came that nobody waits for');
      return;
    }
    const reply = decodeReply(message, pending.operation.type);
    if (!reply.ok) {
      this.end(reply.reason);
      return;
    }
    if (reply.value.xid !== pending.xid) {
      this.end(`the reply to request ${reply.value.xid} came, that to ${pending.xid} was expected`);
      return;
    }
    this.#forgetOldest();
    const { zxid } = reply.value;
    if (zxidLess(this.#lastZxid, zxid) && !zxidsEqual(zxid, NO_ZXID)) this.#lastZxid = zxid;
    pending.resolve(reply.value);
  }

  #forgetOldest(): void {
    this.#answered++;
    if (this.#answered < this.#pending.length && this.#answered < ANSWERED_KEPT_MAX) return;
    this.#pending = this.#pending.slice(this.#answered);
    this.#answered = 0;
  }

  #close(): void {
    const reason = (this.#lostBecause ??= 'the server closed it');
    const greeting = this.#greeting;
    this.#greeting = undefined;
    greeting?.reject(new ConnectionLostError('connect', reason));
    const pending = this.#pending.slice(this.#answered);
    this.#pending = [];
    this.#answered = 0;
    for (const { operation, reject } of pending) reject(new ConnectionLostError(operation.type, reason));
    if (greeting === undefined) this.#options.lost(reason);
  }
}
