/** What a transaction costs the service that Zab replicates: impl/service. */
import { Buffer } from 'node:buffer';

import { serverId } from '../../impl/protocol/ensemble.ts';
import type { ForwardedRequest } from '../../impl/service/forwarded-request.ts';
import { LeaderService } from '../../impl/service/leader-service.ts';
import { ServiceState } from '../../impl/service/service-state.ts';
import { SessionTracker } from '../../impl/service/session-tracker.ts';
import { OPEN_ACL } from '../../impl/wire/acl.ts';
import { CREATE_SESSION, encodeRequest, type Operation } from '../../impl/wire/client-request.ts';
import { JuteWriter } from '../../impl/wire/jute-writer.ts';
import type { TransactionRecord } from '../../impl/wire/transaction-record.ts';
import { inMemory } from './part.ts';
import { DATA, PATH, SESSION } from './transactions.ts';

const BATCH = 100;
const REQUEST_HEADER_BYTES = 8;
/** What a socket gives at a time when much comes. */
const CHUNK_BYTES = 64 * 1024;
const TIMEOUT_MS = 30_000;
const self = serverId(1);

/** A batch of requests becomes transactions, as at a leader, and then those are applied, as at all servers. */
export const servicePart = inMemory('service: prepare and apply', 'transaction', BATCH, () => {
  const state = new ServiceState();
  const service = new LeaderService(state, new SessionTracker(new Map(), 1000, 0));
  let counter = 0;
  const prepare = (request: ForwardedRequest): TransactionRecord => {
    const zxid = { epoch: 1, counter: ++counter };
    return service.prepare(request, { zxid, from: self, wallMs: 1_700_000_000_000, nowMs: 0 });
  };
  const apply = (record: TransactionRecord): boolean => {
    const { error } = state.apply(record);
    service.applied(record);
    return error === 0;
  };
  apply(prepare(request(CREATE_SESSION, new JuteWriter(4).int(TIMEOUT_MS).finish())));
  for (const path of parentsOf(PATH)) {
    apply(prepare(requestOf({ type: 'create', path, data: null, acl: OPEN_ACL, flags: 0 })));
  }
  const setData = requestOf({ type: 'setData', path: PATH, data: DATA, version: -1 });
  return () => {
    const records = Array.from({ length: BATCH }, () => prepare(setData));
    if (!records.every(apply)) throw new Error('the data of a node can be set');
  };
});

/** The path, and those above it, the shortest first. */
function parentsOf(path: string): string[] {
  const names = path.split('/').slice(1);
  return names.map((_, index) => `/${names.slice(0, index + 1).join('/')}`);
}

function requestOf(operation: Operation): ForwardedRequest {
  const bytes = encodeRequest({ xid: 1, operation });
  return request(bytes.readInt32BE(4), inChunk(bytes.subarray(REQUEST_HEADER_BYTES)));
}

/** The bytes in a chunk with others, as they come. */
function inChunk(bytes: Uint8Array): Uint8Array {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  chunk.set(bytes);
  return chunk.subarray(0, bytes.length);
}

function request(type: number, body: Uint8Array): ForwardedRequest {
  return { sessionId: SESSION, cxid: 1, type, body, auth: [{ scheme: 'ip', id: '127.0.0.1' }] };
}
