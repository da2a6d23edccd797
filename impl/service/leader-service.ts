/**
 * What the leader makes of the requests of clients, its own and those that other servers forward: transactions. One
 * request is one transaction, also where it fails, so that every server learns what became of it in the same order.
 *
 * It is made at a leader whose initial history is applied, with the sessions of that state, and is done with when the
 * leader is. What ZooKeeper has in PrepRequestProcessor.
 */
import type { Zxid } from '../broadcast/zxid.ts';
import type { ServerId } from '../protocol/ensemble.ts';
import { ErrorCode } from '../wire/client-reply.ts';
import { CREATE_SESSION, decodeOperation, OperationNumber } from '../wire/client-request.ts';
import { decodeWhole } from '../wire/jute-reader.ts';
import type { TransactionBody } from '../wire/transaction-body.ts';
import type { TransactionRecord } from '../wire/transaction-record.ts';
import type { ForwardedRequest } from './forwarded-request.ts';
import { RequestPreparation } from './request-preparation.ts';
import type { ServiceState } from './service-state.ts';
import type { SessionTracker } from './session-tracker.ts';

/** What a transaction is given besides what was asked for. */
export interface Proposing {
  /** That of the transaction. */
  readonly zxid: Zxid;
  /** The server that the request came from: the leader itself for its own clients, and for sessions that expired. */
  readonly from: ServerId;
  /** Milliseconds since 1970: what the transaction says. */
  readonly wallMs: number;
  /** Milliseconds of the clock that the session tracker lives by. */
  readonly nowMs: number;
}

export class LeaderService {
  readonly #sessions: SessionTracker;
  readonly #preparation: RequestPreparation;

  constructor(state: ServiceState, sessions: SessionTracker) {
    this.#sessions = sessions;
    this.#preparation = new RequestPreparation(state.tree);
  }

  /**
   * The transaction for a request, decided against the state as it will be when all that was prepared before is applied.
   * Whatever is prepared must be proposed, in the order of the calls. Never throws: a request that makes no sense becomes
   * an error transaction.
   */
  prepare(request: ForwardedRequest, proposing: Proposing): TransactionRecord {
    const { sessionId, cxid } = request;
    const { zxid, wallMs } = proposing;
    return {
      header: { sessionId, cxid, zxid, time: wallMs },
      body: this.#decide(request, proposing),
      digest: undefined,
    };
  }

  /** A transaction is applied to the state; all of them are told, in order. */
  applied({ header, body }: TransactionRecord): void {
    this.#preparation.applied(header.zxid);
    if (body.type === 'closeSession') this.#sessions.remove(header.sessionId);
  }

  #decide(request: ForwardedRequest, proposing: Proposing): TransactionBody {
    switch (request.type) {
      case CREATE_SESSION:
        return this.#createSession(request, proposing);
      case OperationNumber.closeSession: {
        // Whoever asks: the client, whose last request this is, or the leader, when the session has expired.
        this.#sessions.close(request.sessionId);
        const paths = this.#preparation.closeSession(request.sessionId, proposing.zxid);
        return { type: 'closeSession', paths };
      }
      default:
        return this.#write(request, proposing);
    }
  }

  #createSession({ sessionId, body }: ForwardedRequest, { from, nowMs }: Proposing): TransactionBody {
    const timeout = decodeWhole('createSession', body, (reader) => reader.int('timeOut'));
    if (!timeout.ok) return { type: 'error', code: ErrorCode.MARSHALLING_ERROR };
    this.#sessions.add(sessionId, timeout.value, from, nowMs);
    return { type: 'createSession', timeoutMs: timeout.value };
  }

  #write({ sessionId, type, body, auth }: ForwardedRequest, { zxid, from }: Proposing): TransactionBody {
    const verdict = this.#sessions.check(sessionId, from);
    if (verdict !== ErrorCode.OK) return { type: 'error', code: verdict };
    const operation = decodeOperation(type, body);
    if (!operation.ok) return { type: 'error', code: ErrorCode.MARSHALLING_ERROR };
    switch (operation.value.type) {
      case 'create':
      case 'create2':
      case 'delete':
      case 'setData':
        return this.#preparation.prepare(operation.value, auth, zxid);
      default:
        return { type: 'error', code: ErrorCode.UNIMPLEMENTED };
    }
  }
}
