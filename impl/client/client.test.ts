/** The client against a server of the test's own, which answers as it is told. */
import type { Buffer } from 'node:buffer';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { encodeReply, ErrorCode, type Result } from '../wire/client-reply.ts';
import { decodeRequest, type ClientRequest } from '../wire/client-request.ts';
import { decodeConnectRequest, encodeConnectResponse, type ConnectRequest } from '../wire/client-session.ts';
import { frame, FrameReader } from '../wire/frames.ts';
import type { Decoded } from '../wire/malformed.ts';
import { Client } from './client.ts';
import { ConnectionLostError, ServiceError, SessionOverError } from './errors.ts';

const PASSWORD = new Uint8Array(16).fill(7);

/** What the server answers to a request; undefined: nothing. */
type Answer = (request: ClientRequest) => { readonly error?: number; readonly result: Result } | undefined;

let server: Server;
let sockets: Socket[];
let greetings: ConnectRequest[];
let requests: ClientRequest[];
let answer: Answer;
let grantedMs: number;

function value<T>(result: Decoded<T>): T {
  if (!result.ok) throw new Error(result.reason);
  return result.value;
}

function serve(socket: Socket): void {
  sockets.push(socket);
  const reader = new FrameReader(1 << 20);
  let greeted = false;
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    reader.push(chunk);
    for (let next = reader.next(); next.ok && next.frame !== undefined; next = reader.next()) {
      if (!greeted) {
        greeted = true;
        greetings.push(value(decodeConnectRequest(next.frame)));
        const response = {
          protocolVersion: 0,
          timeoutMs: grantedMs,
          sessionId: 77n,
          password: PASSWORD,
          readOnly: false,
        };
        socket.write(frame(encodeConnectResponse(response)));
        continue;
      }
      const request = value(decodeRequest(next.frame));
      requests.push(request);
      const answered = answer(request);
      if (answered === undefined) continue;
      const zxid = { epoch: 1, counter: requests.length };
      const { error = ErrorCode.OK, result } = answered;
      socket.write(frame(encodeReply({ xid: request.xid, zxid, error, result })));
    }
  });
}

beforeEach(async () => {
  sockets = [];
  greetings = [];
  requests = [];
  grantedMs = 6000;
  answer = () => ({ result: { type: 'nothing' } });
  server = createServer(serve);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

function open(sessionTimeoutMs = 6000): Promise<Client> {
  // A TCP server that listens has an address with a port.
  const { port } = server.address() as AddressInfo;
  return Client.open({ servers: [{ host: '127.0.0.1', port }], sessionTimeoutMs });
}

it('asks one request behind the other and gives each its own answer', async () => {
  answer = ({ operation }) => ({
    result: { type: 'path', path: 'path' in operation ? `${operation.path}!` : '' },
  });
  const client = await open();
  const paths = await Promise.all(['/a', '/b', '/c'].map((path) => client.create(path)));
  expect(paths).toEqual(['/a!', '/b!', '/c!']);
  expect(requests.map(({ xid }) => xid)).toEqual([1, 2, 3]);
  expect(client.lastZxid).toEqual({ epoch: 1, counter: 3 });
  await client.close();
  expect(requests.at(-1)?.operation.type).toBe('closeSession');
  await expect(client.create('/d')).rejects.toThrow(SessionOverError);
});

it('tells what the service refused, by its name', async () => {
  answer = () => ({ error: ErrorCode.NO_NODE, result: { type: 'nothing' } });
  const client = await open();
  await expect(client.delete('/a')).rejects.toThrow(new ServiceError(ErrorCode.NO_NODE, 'delete', '/a'));
  await expect(client.delete('/a')).rejects.toThrow('delete /a: NO_NODE');
  expect(await client.exists('/a')).toBeUndefined();
  await client.close();
});

it('goes on with its session over another connection; what was not answered is lost', async () => {
  answer = () => undefined;
  const client = await open();
  const lost = client.delete('/a');
  while (requests.length === 0) await new Promise(setImmediate);
  sockets[0]?.destroy();
  await expect(lost).rejects.toThrow(ConnectionLostError);
  answer = () => ({ result: { type: 'nothing' } });
  await client.delete('/b');
  expect(greetings.map(({ sessionId }) => sessionId)).toEqual([0n, 77n]);
  expect([...(greetings[1]?.password ?? [])]).toEqual([...PASSWORD]);
  await client.close();
});

it('is told when its session has expired', async () => {
  const client = await open();
  grantedMs = 0;
  sockets[0]?.destroy();
  while (sockets[0]?.closed === false) await new Promise(setImmediate);
  await expect(client.delete('/a').catch(() => client.delete('/b'))).rejects.toThrow(
    'the session is over: it has expired',
  );
});

it('pings while there is nothing to ask, and leaves a server that is silent', async () => {
  grantedMs = 300;
  answer = ({ operation }) => (operation.type === 'ping' ? undefined : { result: { type: 'nothing' } });
  const client = await open(300);
  while (sockets.length < 1 || sockets[0]?.closed !== true) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(requests.some(({ operation }) => operation.type === 'ping')).toBe(true);
  await client.delete('/a');
  expect(sockets.length).toBe(2);
  await client.close();
});
