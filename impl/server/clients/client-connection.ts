/**
 * One connection of a client with this server. It begins with a ConnectRequest; once there is a session, requests come,
 * and are answered in the order in which they came: a write when its transaction is applied here, a read at once, or after
 * the writes that were asked for before it.
 */
import { ZERO_ZXID, zxidLess, type Zxid } from '../../broadcast/zxid.ts';
import { read, withoutResult, type Answer } from '../../service/reading.ts';
import type { Applied } from '../../service/service-state.ts';
import { readInt32 } from '../../wire/big-endian.ts';
import { ErrorCode } from '../../wire/client-reply.ts';
import { CREATE_SESSION, decodeOperation, OperationNumber } from '../../wire/client-request.ts';
import {
  decodeConnectRequest,
  encodeConnectResponse,
  PASSWORD_BYTES,
  type ConnectRequest,
} from '../../wire/client-session.ts';
import { frame } from '../../wire/frames.ts';
import { JuteWriter } from '../../wire/jute-writer.ts';
import type { AuthId } from '../../wire/quorum-packet.ts';
import type { TransactionRecord } from '../../wire/transaction-record.ts';
import type { ClientStream } from './client-stream.ts';
import type { Outstanding } from './outstanding.ts';
import type { Replication } from './replication.ts';
import {
  RequestQueue,
  type Asked,
  type PendingRead,
  type PendingRequest,
  type PendingSync,
  type PendingWrite,
} from './request-queue.ts';
import { isPasswordOf, sessionPassword } from './session-credentials.ts';
import { isOutcomeOf, writeAnswer } from './write-outcome.ts';

/** A client is not read from while it waits for this many answers, or while its requests take this many bytes. */
export const OUTSTANDING_MAX = 1000;
export const OUTSTANDING_BYTES_MAX = 16 * 1024 * 1024;

const REQUEST_HEADER_BYTES = 8;

/** What a connection needs of the port that it came in by. */
export interface ConnectionHost {
  /** undefined while this server does not serve clients. */
  readonly replication: Replication | undefined;
  /** What all connections wait for. */
  readonly outstanding: Outstanding;
  readonly minSessionTimeoutMs: number;
  readonly maxSessionTimeoutMs: number;
  /** What the clock that clients' silence is told by shows at a time of `performance.now()`. */
  patientMs(nowMs: number): number;
  nextSessionId(): bigint;
  /** From now on this connection is that of the session; the one that was before is closed. */
  adopt(connection: ClientConnection, sessionId: bigint): void;
  /** A request came in. */
  received(): void;
  /** A request was answered that came in at that time of `performance.now()`. */
  answered(askedAtMs: number): void;
}

/**
 * - greeting: the ConnectRequest has not come yet
 * - opening: the session is being created, or revalidated
 * - open: requests are taken
 * - over: nothing more is taken or answered
 */
type Phase = 'greeting' | 'opening' | 'open' | 'over';

export class ClientConnection {
  readonly #host: ConnectionHost;
  readonly #stream: ClientStream;
  readonly #auth: readonly AuthId[];
  readonly #outstanding: Outstanding;
  readonly #queue: RequestQueue;
  #phase: Phase = 'greeting';
  /** False once a request ends the connection: nothing is taken behind it. */
  #takesRequests = true;
  /** 0 as long as there is none. */
  #sessionId = 0n;
  #timeoutMs = 0;
  /** Did the ConnectRequest have the field readOnly? Then the response has it too. */
  #tellsReadOnly = false;
  #heardAtMs: number;
  #touched = false;

  constructor(host: ConnectionHost, stream: ClientStream, address: string) {
    this.#host = host;
    this.#outstanding = host.outstanding;
    this.#queue = new RequestQueue(this.#outstanding);
    this.#stream = stream;
    this.#auth = [{ scheme: 'ip', id: address }];
    this.#heardAtMs = host.patientMs(performance.now());
  }

  get sessionId(): bigint {
    return this.#sessionId;
  }

  get timeoutMs(): number {
    return this.#timeoutMs;
  }

  /** How long nothing was heard of the client at a time of the patient clock, in milliseconds. */
  silentMs(atMs: number): number {
    if (this.#waitsForServer) this.#heardAtMs = atMs;
    return atMs - this.#heardAtMs;
  }

  /** Is there a session, whose client is answered? */
  get isOpen(): boolean {
    return this.#phase === 'open';
  }

  /** Is there nothing more to come for this connection? */
  get isDone(): boolean {
    return this.#phase === 'over' && this.#queue.length === 0;
  }

  /** Requests that wait for an answer. */
  get outstanding(): number {
    return this.#queue.length;
  }

  /** Answers that wait for the client to read those before. */
  get waitingReplies(): number {
    return this.#stream.waiting;
  }

  /** Was the client heard from since this was last asked, or could it not be heard? */
  takeTouched(): boolean {
    const touched = this.#touched || this.#waitsForServer;
    this.#touched = false;
    return touched;
  }

  frame(message: Buffer): void {
    const nowMs = performance.now();
    this.#heardAtMs = this.#host.patientMs(nowMs);
    this.#host.received();
    switch (this.#phase) {
      case 'greeting':
        this.#greet(message);
        break;
      case 'open':
        this.#touched = true;
        if (this.#takesRequests) this.#request(message, nowMs);
        break;
      case 'opening':
      case 'over':
        // Frames are held back while the session is opened, and nobody answers them once it is over.
        break;
    }
  }

  /** A transaction in this connection's session was applied. */
  applied({ header, body }: TransactionRecord, result: Applied): void {
    const first = this.#queue.first;
    if (first?.kind === 'write' && isOutcomeOf(first, header.cxid, body)) {
      this.#settle(first, header.zxid, writeAnswer(first, result));
    } else if (this.#phase === 'opening' && header.cxid === 0 && body.type !== 'closeSession') {
      this.#opened(body.type === 'createSession');
    } else if (body.type === 'closeSession') {
      this.close('the session was closed');
    }
  }

  /** What `Replication.sync` was asked for has happened. */
  synced(cxid: number): void {
    const first = this.#queue.first;
    if (first?.kind !== 'sync' || first.cxid !== cxid) return;
    const { path } = first;
    this.#settle(first, this.#lastZxid(), { error: ErrorCode.OK, result: { type: 'path', path } });
  }

  /** The client has read some of its answers. */
  drained(): void {
    this.#regulate();
  }

  /** Closes at once; what was asked for is not answered, but what becomes of it still comes. */
  close(reason: string): void {
    this.#over();
    this.#stream.destroy(reason);
  }

  /** Takes over what the session's earlier connection has left. */
  inherit(earlier: ClientConnection): void {
    this.#queue.inherit(earlier.#queue);
  }

  #greet(message: Buffer): void {
    const { replication, minSessionTimeoutMs, maxSessionTimeoutMs } = this.#host;
    if (replication === undefined) {
      this.close('this server does not serve clients at present');
      return;
    }
    const request = decodeConnectRequest(message);
    if (!request.ok) {
      this.close(request.reason);
      return;
    }
    if (zxidLess(replication.state.lastZxid, request.value.lastZxidSeen)) {
      this.close('the client has seen a later state than this server; it must try another one');
      return;
    }
    this.#tellsReadOnly = request.value.readOnly !== undefined;
    this.#timeoutMs = Math.min(Math.max(request.value.timeoutMs, minSessionTimeoutMs), maxSessionTimeoutMs);
    this.#phase = 'opening';
    this.#stream.hold();
    if (request.value.sessionId === 0n) this.#createSession(replication);
    else this.#resumeSession(replication, request.value);
  }

  #createSession(replication: Replication): void {
    this.#sessionId = this.#host.nextSessionId();
    this.#host.adopt(this, this.#sessionId);
    replication.submit({
      sessionId: this.#sessionId,
      cxid: 0,
      type: CREATE_SESSION,
      body: new JuteWriter(4).int(this.#timeoutMs).finish(),
      auth: this.#auth,
    });
  }

  #resumeSession(replication: Replication, { sessionId, password }: ConnectRequest): void {
    if (!isPasswordOf(sessionId, password)) {
      this.#opened(false);
      return;
    }
    this.#sessionId = sessionId;
    this.#host.adopt(this, sessionId);
    void replication.revalidate(sessionId, this.#timeoutMs).then((alive) => {
      if (this.#phase === 'opening') this.#opened(alive);
    });
  }

  /** Tells the client whether it has a session. */
  #opened(alive: boolean): void {
    const response = {
      protocolVersion: 0,
      timeoutMs: alive ? this.#timeoutMs : 0,
      sessionId: alive ? this.#sessionId : 0n,
      password: alive ? sessionPassword(this.#sessionId) : new Uint8Array(PASSWORD_BYTES),
      readOnly: this.#tellsReadOnly ? false : undefined,
    };
    this.#stream.write(frame(encodeConnectResponse(response)));
    if (alive) {
      this.#phase = 'open';
      this.#touched = true;
      this.#stream.release();
    } else {
      this.#end('the session is not alive');
    }
  }

  #request(message: Buffer, askedAtMs: number): void {
    if (message.length < REQUEST_HEADER_BYTES) {
      this.close(`a request of ${message.length} bytes, which is no request`);
      return;
    }
    const cxid = readInt32(message, 0);
    const type = readInt32(message, 4);
    const body = message.subarray(REQUEST_HEADER_BYTES);
    const common = { cxid, bytes: message.length, askedAtMs };
    switch (type) {
      case OperationNumber.create:
      case OperationNumber.create2:
      case OperationNumber.delete:
      case OperationNumber.setData:
      case OperationNumber.closeSession:
        this.#takesRequests = type !== OperationNumber.closeSession;
        this.#queue.push({ kind: 'write', type, abandoned: false, ...common });
        this.#host.replication?.submit({ sessionId: this.#sessionId, cxid, type, body, auth: this.#auth });
        break;
      default:
        this.#readOrSync(type, body, common);
    }
    this.#regulate();
  }

  #readOrSync(type: number, body: Buffer, common: Asked): void {
    const decoded = decodeOperation(type, body);
    if (!decoded.ok) {
      this.close(decoded.reason);
      return;
    }
    const operation = decoded.value;
    switch (operation.type) {
      case 'sync':
        this.#queue.push({ kind: 'sync', path: operation.path, abandoned: false, ...common });
        this.#host.replication?.sync(this.#sessionId, common.cxid);
        return;
      case 'exists':
      case 'getData':
      case 'getChildren':
      case 'getChildren2':
        if (operation.watch) this.#refuse(common);
        else this.#take({ kind: 'read', operation, ...common });
        return;
      case 'ping':
        this.#take({ kind: 'read', operation, ...common });
        return;
      default:
        this.#refuse(common);
    }
  }

  #refuse(common: Asked): void {
    this.#takesRequests = false;
    this.#take({ kind: 'refusal', ...common });
  }

  /** Answers now what waits for nothing. */
  #take(request: PendingRequest): void {
    this.#queue.push(request);
    this.#advance();
  }

  /** A request that went through the leader is done. */
  #settle(first: PendingWrite | PendingSync, zxid: Zxid, answer: Answer): void {
    if (first.abandoned || this.#phase !== 'open') this.#queue.shift();
    else this.#answer(first, zxid, answer);
    this.#advance();
  }

  /** Answers what waits no longer, up to the next write or sync. */
  #advance(): void {
    for (;;) {
      const first = this.#queue.first;
      if (this.#phase !== 'open' || first === undefined || first.kind === 'write' || first.kind === 'sync')
        break;
      const answer = first.kind === 'read' ? this.#readNow(first) : withoutResult(ErrorCode.UNIMPLEMENTED);
      this.#answer(first, this.#lastZxid(), answer);
    }
    this.#regulate();
  }

  #readNow({ operation }: PendingRead): Answer {
    const state = this.#host.replication?.state;
    if (operation.type === 'ping' || state === undefined) return withoutResult(ErrorCode.OK);
    return read(state, operation, this.#auth);
  }

  #answer(first: PendingRequest, zxid: Zxid, { error, result }: Answer): void {
    this.#queue.shift();
    if (error === ErrorCode.SESSION_MOVED) {
      // The client is at another server by now: this connection is one that it has given up.
      this.close('the session has moved to another server');
      return;
    }
    this.#host.answered(first.askedAtMs);
    this.#stream.reply({ xid: first.cxid, zxid, error, result });
    if (error === ErrorCode.UNIMPLEMENTED) this.#end('a request is not implemented here');
    else if (first.kind === 'write' && first.type === OperationNumber.closeSession)
      this.#end('the session was closed');
  }

  #end(reason: string): void {
    this.#over();
    this.#stream.end(reason);
  }

  #over(): void {
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    this.#queue.abandon();
  }

  /** Reads from the client or not, by what waits for it. */
  #regulate(): void {
    if (this.#phase !== 'open') return;
    const waiting = this.#queue.length + this.#stream.waiting;
    if (waiting >= OUTSTANDING_MAX || this.#queue.bytes >= OUTSTANDING_BYTES_MAX) this.#stream.hold();
    // What it waits for itself makes this be looked at again.
    else if (this.#outstanding.full && this.#queue.length > 0) this.#stream.hold();
    else if (waiting <= OUTSTANDING_MAX / 2 && this.#queue.bytes <= OUTSTANDING_BYTES_MAX / 2) {
      this.#stream.release();
    }
  }

  /** Is the client not read from because of this server alone, whatever it has to say? */
  get #waitsForServer(): boolean {
    return this.#phase === 'open' && this.#stream.held && this.#stream.waiting === 0;
  }

  #lastZxid(): Zxid {
    return this.#host.replication?.state.lastZxid ?? ZERO_ZXID;
  }
}
