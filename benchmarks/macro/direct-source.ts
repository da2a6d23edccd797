/** Where the transactions of a direct broadcast come from. */
import { Buffer } from 'node:buffer';

import { PayloadRun, PLACE_FIELDS } from '../../impl/broadcast/payload-run.ts';
import { OPEN_ACL } from '../../impl/wire/acl.ts';
import { writeInt32 } from '../../impl/wire/big-endian.ts';
import { CREATE_SESSION, encodeRequest, type Operation } from '../../impl/wire/client-request.ts';
import type { ForwardedRequest } from '../../impl/service/forwarded-request.ts';
import { JuteWriter } from '../../impl/wire/jute-writer.ts';
import { encodeTransaction, ZXID_OFFSET } from '../../impl/wire/transaction-record.ts';
import type { DirectJob } from './direct-job.ts';
import type { DirectServer } from './direct-server.ts';

export interface Source {
  /** So many more, one or more, as come from one connection. */
  give(count: number): void;
  close(): void;
}

const SESSION = 1n;
const SESSION_TIMEOUT_MS = 2000;
const PATH = '/zab-bench';
const REQUEST_HEADER_BYTES = 8;
/** The first epoch of an ensemble whose disks are empty. */
const EPOCH = 1;

/** `delivering` waits for the next delivery. */
export async function openSource(
  { source, payloadBytes }: DirectJob,
  server: DirectServer,
  delivering: () => Promise<void>,
): Promise<Source> {
  const data = Buffer.alloc(payloadBytes, 'zab');
  return source === 'transactions' ? transactionsOf(server, data) : openRequests(server, data, delivering);
}

/** Copies of one transaction, each with the zxid that it will have. */
function transactionsOf(server: DirectServer, data: Buffer): Source {
  const zxid = { epoch: EPOCH, counter: 0 };
  const template = encodeTransaction({
    header: { sessionId: SESSION, cxid: 1, zxid, time: Date.now() },
    body: { type: 'setData', path: PATH, data, version: 1 },
    digest: undefined,
  });
  let counter = 0;
  return {
    give: (count) => {
      const { length } = template;
      // All in one piece, as what is encoded together is.
      const bytes = Buffer.allocUnsafeSlow(count * length).fill(template);
      const places = new Uint32Array(PLACE_FIELDS * count);
      let field = 0;
      for (let at = 0; at < bytes.length; at += length) {
        writeInt32(bytes, at + ZXID_OFFSET + 4, ++counter);
        places[field++] = at;
        places[field++] = length;
      }
      server.host.give({ type: 'propose', payloads: new PayloadRun(bytes, places) });
    },
    close: () => undefined,
  };
}

/** Requests in a session, to write a node; both are made first. */
async function openRequests(
  server: DirectServer,
  data: Buffer,
  delivering: () => Promise<void>,
): Promise<Source> {
  const { role } = server;
  if (role === undefined) throw new Error('a server that is active has a role');
  const submit = async (request: ForwardedRequest): Promise<void> => {
    const delivered = delivering();
    role.submit(request);
    await delivered;
  };
  await submit(requestOf(CREATE_SESSION, new JuteWriter(4).int(SESSION_TIMEOUT_MS).finish()));
  await submit(requestFor({ type: 'create', path: PATH, data: null, acl: OPEN_ACL, flags: 0 }));
  // As a client's pings do.
  const timer = setInterval(() => {
    void role.revalidate(SESSION, SESSION_TIMEOUT_MS);
  }, SESSION_TIMEOUT_MS / 4);
  const request = requestFor({ type: 'setData', path: PATH, data, version: -1 });
  return {
    give: (count) => {
      for (let left = count; left > 0; left--) role.submit(request);
    },
    close: () => {
      clearInterval(timer);
    },
  };
}

function requestFor(operation: Operation): ForwardedRequest {
  const bytes = encodeRequest({ xid: 1, operation });
  return requestOf(bytes.readInt32BE(4), bytes.subarray(REQUEST_HEADER_BYTES));
}

function requestOf(type: number, body: Uint8Array): ForwardedRequest {
  return { sessionId: SESSION, cxid: 1, type, body, auth: [{ scheme: 'ip', id: '127.0.0.1' }] };
}
