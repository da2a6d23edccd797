import { describe, expect, it } from 'vitest';

import { serverId, type ServerId } from '../protocol/ensemble.ts';
import { OPEN_ACL } from '../wire/acl.ts';
import { ErrorCode } from '../wire/client-reply.ts';
import { CREATE_SESSION, encodeRequest, OperationNumber, type Operation } from '../wire/client-request.ts';
import type { TransactionBody } from '../wire/transaction-body.ts';
import type { TransactionRecord } from '../wire/transaction-record.ts';
import type { ForwardedRequest } from './forwarded-request.ts';
import { LeaderService } from './leader-service.ts';
import { ServiceState } from './service-state.ts';
import { SessionTracker } from './session-tracker.ts';

const [ONE, TWO] = [serverId(1), serverId(2)];
const REQUEST_HEADER_BYTES = 8;

class Leader {
  readonly state = new ServiceState();
  readonly sessions = new SessionTracker(new Map(), 10, 0);
  readonly #service = new LeaderService(this.state, this.sessions);
  readonly #records: TransactionRecord[] = [];
  #applied = 0;

  prepare(type: number, body: Uint8Array, from: ServerId = ONE, sessionId = 7n): TransactionBody {
    const request: ForwardedRequest = { sessionId, cxid: this.#records.length, type, body, auth: [] };
    const zxid = { epoch: 3, counter: this.#records.length + 1 };
    const record = this.#service.prepare(request, { zxid, from, wallMs: 5000, nowMs: 0 });
    this.#records.push(record);
    expect(record.header).toEqual({ sessionId, cxid: request.cxid, zxid, time: 5000 });
    expect(record.digest).toBeUndefined();
    return record.body;
  }

  open(from: ServerId = ONE): TransactionBody {
    return this.prepare(CREATE_SESSION, Buffer.from([0, 0, 16, 0]), from);
  }

  close(): TransactionBody {
    return this.prepare(OperationNumber.closeSession, Buffer.alloc(0));
  }

  ask(operation: Operation, from: ServerId = ONE): TransactionBody {
    const message = encodeRequest({ xid: 0, operation });
    return this.prepare(message.readInt32BE(4), message.subarray(REQUEST_HEADER_BYTES), from);
  }

  create(path: string, from: ServerId = ONE): TransactionBody {
    return this.ask({ type: 'create', path, data: null, acl: OPEN_ACL, flags: 0 }, from);
  }

  applyAll(): void {
    for (; this.#applied < this.#records.length; this.#applied++) {
      const record = this.#records[this.#applied];
      if (record === undefined) return;
      this.state.apply(record);
      this.#service.applied(record);
    }
  }
}

function error(code: number): TransactionBody {
  return { type: 'error', code };
}

describe('a request', () => {
  it('in a session that is about to be created is part of it', () => {
    const leader = new Leader();
    expect(leader.open()).toEqual({ type: 'createSession', timeoutMs: 4096 });
    expect(leader.create('/a')).toMatchObject({ type: 'create', path: '/a' });
  });

  it('in no session is refused as expired', () => {
    expect(new Leader().create('/a')).toEqual(error(ErrorCode.SESSION_EXPIRED));
  });

  it('behind the end of its session is refused, before that is applied and after', () => {
    const leader = new Leader();
    leader.open();
    expect(leader.close()).toEqual({ type: 'closeSession', paths: [] });
    expect(leader.create('/a')).toEqual(error(ErrorCode.SESSION_EXPIRED));
    expect(leader.sessions.size).toBe(1);
    leader.applyAll();
    expect(leader.sessions.size).toBe(0);
    expect(leader.create('/a')).toEqual(error(ErrorCode.SESSION_EXPIRED));
  });

  it('of a server that the session has left is refused', () => {
    const leader = new Leader();
    leader.open(ONE);
    leader.sessions.move(7n, 4096, TWO, 0);
    expect(leader.create('/a', ONE)).toEqual(error(ErrorCode.SESSION_MOVED));
    expect(leader.create('/a', TWO)).toMatchObject({ type: 'create' });
  });

  it.each([
    ['cut short', OperationNumber.setData, Buffer.from([0, 0, 0, 1])],
    ['with bytes too many', OperationNumber.delete, Buffer.alloc(40)],
    ['to open a session without a timeout', CREATE_SESSION, Buffer.alloc(3)],
  ])('%s becomes an error', (_, type, body) => {
    const leader = new Leader();
    leader.open();
    expect(leader.prepare(type, body)).toEqual(error(ErrorCode.MARSHALLING_ERROR));
  });

  it.each([14, OperationNumber.getData, OperationNumber.ping, -100])(
    'that is no write, or none that is known (%i), is not implemented',
    (type) => {
      const leader = new Leader();
      leader.open();
      const body = type === OperationNumber.getData ? Buffer.from([0, 0, 0, 1, 47, 0]) : Buffer.alloc(0);
      expect(leader.prepare(type, body)).toEqual(error(ErrorCode.UNIMPLEMENTED));
    },
  );
});

it('the end of a session names its ephemeral nodes that are still there, and what follows knows them gone', () => {
  const leader = new Leader();
  leader.open();
  leader.applyAll();
  // Another leader let clients create them.
  for (const path of ['/a', '/b']) {
    leader.state.tree.create(path, { data: null, acl: OPEN_ACL, owner: 7n }, -1, { epoch: 2, counter: 1 }, 0);
  }
  leader.ask({ type: 'delete', path: '/b', version: -1 });
  expect(leader.close()).toEqual({ type: 'closeSession', paths: ['/a'] });
  leader.prepare(CREATE_SESSION, Buffer.from([0, 0, 16, 0]), ONE, 8n);
  const again = encodeRequest({
    xid: 0,
    operation: { type: 'create', path: '/a', data: null, acl: OPEN_ACL, flags: 0 },
  });
  const body = leader.prepare(OperationNumber.create, again.subarray(REQUEST_HEADER_BYTES), ONE, 8n);
  expect(body).toMatchObject({ type: 'create', path: '/a' });
  leader.applyAll();
  expect(leader.state.tree.get('/a')?.stat.ephemeralOwner).toBe(0n);
});
