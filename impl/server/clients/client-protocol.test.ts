/** What goes over the wire between a client and a server, as ZooKeeper has it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { OPEN_ACL } from '../../wire/acl.ts';
import { ErrorCode } from '../../wire/client-reply.ts';
import { AUTH_XID, OperationNumber, PING_XID, type Operation } from '../../wire/client-request.ts';
import { OUTSTANDING_MAX } from './client-connection.ts';
import type { ClientPort } from './client-port.ts';
import { sessionPassword } from './session-credentials.ts';
import { OneService } from './testing/one-server.ts';
import { RawClient } from './testing/raw-client.ts';

let service: OneService;
let port: ClientPort;
const clients: RawClient[] = [];

beforeEach(async () => {
  service = new OneService();
  port = await service.addPort();
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.destroy();
  await service.close();
});

async function greet(
  request: Parameters<typeof RawClient.greet>[1] = {},
  at = port,
): Promise<Awaited<ReturnType<typeof RawClient.greet>>> {
  const greeted = await RawClient.greet(at.address, request);
  clients.push(greeted.client);
  return greeted;
}

function create(path: string): Operation {
  return { type: 'create', path, data: Buffer.from(path), acl: OPEN_ACL, flags: 0 };
}

function setData(path: string, data: string): Operation {
  return { type: 'setData', path, data: Buffer.from(data), version: -1 };
}

function getData(path: string): Operation {
  return { type: 'getData', path, watch: false };
}

describe('a session', () => {
  it.each([
    [1, 200],
    [1000, 1000],
    [2 ** 31 - 1, 60_000],
    [-5, 200],
  ])('asked for with %i ms is granted %i ms', async (timeoutMs, granted) => {
    const { response } = await greet({ timeoutMs });
    expect(response?.timeoutMs).toBe(granted);
    expect([...service.state.sessions.values()]).toEqual([granted]);
  });

  it('has an id of this server, and its password', async () => {
    const [first, second] = [(await greet()).response, (await greet()).response];
    expect(BigInt.asUintN(64, first?.sessionId ?? 0n) >> 56n).toBe(1n);
    expect((second?.sessionId ?? 0n) - (first?.sessionId ?? 0n)).toBe(1n);
    expect(first?.password).toEqual(new Uint8Array(sessionPassword(first?.sessionId ?? 0n)));
  });

  it.each([[undefined], [false], [true]])('is told of read-only servers as asked: %s', async (readOnly) => {
    const { response } = await greet({ readOnly });
    expect(response?.readOnly).toBe(readOnly === undefined ? undefined : false);
  });

  it('goes on over another connection, and the first one is closed', async () => {
    const { client, response } = await greet();
    const again = await greet({ ...response, timeoutMs: 5000 });
    expect(again.response).toMatchObject({ sessionId: response?.sessionId, timeoutMs: 5000 });
    await client.untilClosed();
    again.client.ask([1, create('/a')]);
    expect((await again.client.reply('create'))?.error).toBe(ErrorCode.OK);
  });

  it('goes on at another server, and what the first one sends is refused', async () => {
    const other = await service.addPort();
    const { client, response } = await greet();
    const again = await greet({ ...response }, other);
    expect(again.response?.sessionId).toBe(response?.sessionId);
    client.ask([1, create('/a')]);
    await client.untilClosed();
    expect(client.frames).toEqual([]);
    expect(service.state.tree.get('/a')).toBeUndefined();
    again.client.ask([1, create('/b')]);
    expect((await again.client.reply('create'))?.error).toBe(ErrorCode.OK);
  });

  it('is not told what became of the requests of its earlier connection, whatever their numbers', async () => {
    const { client, response } = await greet();
    service.hold();
    client.ask([1, create('/a')], [2, { type: 'sync', path: '/' }], [3, create('/a')]);
    await expect.poll(() => service.requests.length).toBe(3);
    client.socket.destroy();
    const again = await greet({ ...response });
    again.client.ask([1, create('/b')], [2, { type: 'sync', path: '/b' }], [3, create('/c')]);
    await expect.poll(() => service.requests.length).toBe(5);
    service.release();
    expect((await again.client.reply('create'))?.result).toEqual({ type: 'path', path: '/b' });
    expect((await again.client.reply('sync'))?.result).toEqual({ type: 'path', path: '/b' });
    expect((await again.client.reply('create'))?.result).toEqual({ type: 'path', path: '/c' });
  });

  it.each([
    ['with another password', { password: Buffer.alloc(16) }],
    ['with a password that is too short', { password: Buffer.alloc(3) }],
    ['that is not known', { sessionId: 5n, password: sessionPassword(5n) }],
  ])('%s is over: the timeout is 0, and the connection closed', async (_, change) => {
    const { client, response } = await greet();
    const again = await greet({ ...response, ...change });
    expect(again.response).toEqual({
      protocolVersion: 0,
      timeoutMs: 0,
      sessionId: 0n,
      password: new Uint8Array(16),
      readOnly: false,
    });
    await again.client.untilClosed();
    // Whoever does not know the password cannot break the connection of who does.
    expect(client.closed).toBe(false);
  });

  it('that is closed elsewhere ends the connection', async () => {
    const { client, response } = await greet();
    const body = Buffer.alloc(0);
    const sessionId = response?.sessionId ?? 0n;
    service.submit({ sessionId, cxid: 0, type: OperationNumber.closeSession, body, auth: [] });
    await client.untilClosed();
    expect(client.frames).toEqual([]);
  });

  it('that the client closes is answered, and the connection closed', async () => {
    const { client } = await greet();
    client.ask([1, create('/a')], [2, { type: 'closeSession' }], [3, create('/b')]);
    expect(await client.reply('create')).toMatchObject({ xid: 1, error: ErrorCode.OK });
    const zxid = { epoch: 1, counter: 3 };
    expect(await client.reply('closeSession')).toMatchObject({ xid: 2, zxid, error: ErrorCode.OK });
    await client.untilClosed();
    expect(client.frames).toEqual([]);
    expect(service.state.tree.get('/b')).toBeUndefined();
  });

  it('is refused to a client that has seen a later state', async () => {
    await greet();
    const { client, response } = await greet({ lastZxidSeen: { epoch: 1, counter: 2 } });
    expect(response).toBeUndefined();
    expect(client.closed).toBe(true);
    expect((await greet({ lastZxidSeen: { epoch: 1, counter: 1 } })).response?.timeoutMs).toBe(6000);
  });

  it('is not to be had where clients are not served', async () => {
    const { client } = await greet();
    port.stopServing('a test says so');
    await client.untilClosed();
    expect((await greet()).response).toBeUndefined();
    port.startServing(service.replication(port));
    expect((await greet()).response?.timeoutMs).toBe(6000);
  });

  it('is heard from with its requests, also by a connection that is closed by now', async () => {
    const { client, response } = await greet();
    const heard = new Map([[response?.sessionId, 6000]]);
    expect(port.touched()).toEqual(heard);
    expect(port.touched()).toEqual(new Map());
    client.ask([PING_XID, { type: 'ping' }]);
    expect(await client.reply('ping')).toMatchObject({ xid: PING_XID, error: ErrorCode.OK });
    client.socket.destroy();
    await expect.poll(() => port.connectionCount).toBe(0);
    expect(port.touched()).toEqual(heard);
  });
});

describe('requests', () => {
  it('in one chunk are answered in order, reads by what was written before', async () => {
    const { client } = await greet();
    service.hold();
    client.ask(
      [1, create('/a')],
      [2, getData('/a')],
      [PING_XID, { type: 'ping' }],
      [3, setData('/a', 'new')],
      [4, getData('/a')],
      [5, { type: 'sync', path: '/a' }],
      [6, { type: 'getChildren2', path: '/', watch: false }],
      [7, { type: 'exists', path: '/b', watch: false }],
      [8, { type: 'delete', path: '/a', version: 0 }],
      [9, { type: 'create2', path: '/b', data: null, acl: OPEN_ACL, flags: 0 }],
    );
    await expect.poll(() => service.requests.length).toBe(5);
    expect(client.frames).toEqual([]);
    service.release();
    const zxid = (counter: number): object => ({ epoch: 1, counter });
    expect(await client.reply('create')).toMatchObject({ xid: 1, zxid: zxid(2), result: { path: '/a' } });
    expect(await client.reply('getData')).toMatchObject({
      xid: 2,
      zxid: zxid(2),
      result: { data: new TextEncoder().encode('/a'), stat: { version: 0, czxid: zxid(2) } },
    });
    expect(await client.reply('ping')).toMatchObject({ xid: PING_XID, zxid: zxid(2) });
    expect(await client.reply('setData')).toMatchObject({
      xid: 3,
      zxid: zxid(3),
      result: { stat: { version: 1 } },
    });
    expect(await client.reply('getData')).toMatchObject({
      xid: 4,
      zxid: zxid(3),
      result: { data: new TextEncoder().encode('new') },
    });
    expect(await client.reply('sync')).toMatchObject({ xid: 5, zxid: zxid(3), result: { path: '/a' } });
    expect(await client.reply('getChildren2')).toMatchObject({
      xid: 6,
      result: { children: ['zookeeper', 'a'], stat: { numChildren: 2 } },
    });
    expect(await client.reply('exists')).toMatchObject({ xid: 7, error: ErrorCode.NO_NODE });
    expect(await client.reply('delete')).toMatchObject({
      xid: 8,
      zxid: zxid(4),
      error: ErrorCode.BAD_VERSION,
    });
    expect(await client.reply('create2')).toMatchObject({
      xid: 9,
      zxid: zxid(5),
      result: { path: '/b', stat: { czxid: zxid(5) } },
    });
  });

  it('that come a byte at a time are answered too', async () => {
    const { client } = await greet();
    const bytes = Buffer.from('0000000e' + '00000007' + '00000003' + '00000001' + '2f' + '00', 'hex');
    for (const byte of bytes) {
      client.socket.write(Buffer.from([byte]));
      await new Promise(setImmediate);
    }
    expect(await client.reply('exists')).toMatchObject({ xid: 7, error: ErrorCode.OK });
  });

  it.each<readonly [string, number, Operation]>([
    ['with a watch', 1, { type: 'getData', path: '/', watch: true }],
    ['to create an ephemeral node', 1, { ...create('/e'), flags: 1 } as Operation],
    ['of an unknown type', 1, { type: 'unknown', number: 14 }],
    ['to authenticate', AUTH_XID, { type: 'unknown', number: 100 }],
  ])('%s are not implemented: they are answered in their turn, and the last', async (_, xid, operation) => {
    const { client } = await greet();
    client.ask([7, create('/a')], [xid, operation], [8, create('/b')]);
    expect(await client.reply('create')).toMatchObject({ xid: 7, error: ErrorCode.OK });
    expect(await client.reply('delete')).toMatchObject({ xid, error: ErrorCode.UNIMPLEMENTED });
    await client.untilClosed();
    expect(client.frames).toEqual([]);
  });

  it.each<readonly [string, Operation]>([
    ['the end of the session', { type: 'closeSession' }],
    ['what is not implemented', { type: 'unknown', number: 14 }],
  ])('behind %s are not taken, also while that waits for its turn', async (_, operation) => {
    const { client } = await greet();
    service.hold();
    client.ask([1, create('/a')], [2, operation], [3, create('/b')]);
    await expect.poll(() => service.requests.length).toBeGreaterThanOrEqual(2);
    service.release();
    await client.untilClosed();
    expect(client.frames.map((message) => message.readInt32BE(0))).toEqual([1, 2]);
    expect(service.state.tree.get('/a')).toBeDefined();
    expect(service.state.tree.get('/b')).toBeUndefined();
  });

  it('that may not be read are refused', async () => {
    const { client } = await greet();
    const acl = [{ permissions: 1, scheme: 'ip', id: '10.0.0.1' }];
    client.ask(
      [1, { type: 'create', path: '/a', data: null, acl, flags: 0 }],
      [2, getData('/a')],
      [3, { type: 'getChildren', path: '/a', watch: false }],
      [4, { type: 'exists', path: '/a', watch: false }],
      [5, setData('/a', '')],
    );
    await client.until(() => client.frames.length === 5);
    const errors = client.frames.map((message) => message.readInt32BE(12));
    const { OK, NO_AUTH } = ErrorCode;
    expect(errors).toEqual([OK, NO_AUTH, NO_AUTH, OK, NO_AUTH]);
  });

  it('are not read from a client that waits for many answers, until it waits for fewer', async () => {
    const { client } = await greet();
    client.ask([1, create('/a')]);
    await client.reply('create');
    service.hold();
    const asked = 3 * OUTSTANDING_MAX;
    client.ask(...Array.from({ length: asked }, (_, i) => [i + 2, setData('/a', `${i}`)] as const));
    await expect.poll(() => service.requests.length).toBe(2 + OUTSTANDING_MAX);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(service.requests.length).toBe(2 + OUTSTANDING_MAX);
    service.release();
    await client.until(() => client.frames.length === asked);
    expect(client.closed).toBe(false);
    expect(client.frames.map((message) => message.readInt32BE(0))).toEqual(
      Array.from({ length: asked }, (_, i) => i + 2),
    );
    expect(Buffer.from(service.state.tree.get('/a')?.data ?? []).toString()).toBe(`${asked - 1}`);
  });

  it('of a client that does not read its answers wait; when it reads, all come', async () => {
    const { client } = await greet();
    const data = 'x'.repeat(50_000);
    client.ask([1, create('/a')], [2, setData('/a', data)]);
    await client.until(() => client.frames.length === 2);
    client.socket.pause();
    const asked = 2 * OUTSTANDING_MAX;
    const before = process.memoryUsage().arrayBuffers;
    client.ask(...Array.from({ length: asked }, (_, i) => [i + 3, getData('/a')] as const));
    await expect.poll(() => port.waitingReplies).toBeGreaterThan(OUTSTANDING_MAX / 2);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(port.waitingReplies).toBeGreaterThan(OUTSTANDING_MAX / 2);
    expect(port.waitingReplies).toBeLessThanOrEqual(OUTSTANDING_MAX);
    // All answers together are 100 MB; what is encoded is bounded, whatever the sockets hold.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(25_000_000);
    let seen = 2;
    client.socket.on('data', () => {
      // Keeping 100 MB is not what is tested.
      for (const message of client.frames.splice(0)) expect(message.readInt32BE(0)).toBe(++seen);
    });
    client.frames.length = 0;
    client.socket.resume();
    await client.until(() => seen === asked + 2);
    expect(seen).toBe(asked + 2);
  });
});

describe('connections', () => {
  it('from one address are counted', async () => {
    const narrow = await service.addPort({ maxClientConnections: 2 });
    const [first, second] = [await greet({}, narrow), await greet({}, narrow)];
    expect(second.response?.timeoutMs).toBe(6000);
    expect((await greet({}, narrow)).response).toBeUndefined();
    first.client.socket.destroy();
    await expect.poll(() => narrow.connectionCount).toBe(1);
    expect((await greet({}, narrow)).response?.timeoutMs).toBe(6000);
  });

  it.each([
    ['a frame that is longer than jute.maxbuffer', '00100000'],
    ['a negative length', 'ffffffff'],
    ['the length of the largest int', '7fffffff'],
    ['an empty frame', '00000000'],
    ['a request without a type', '0000000400000001'],
    ['a read that is cut short', '0000000c' + '00000001' + '00000004' + '00000005'],
  ])('that send %s are closed', async (_, hex) => {
    const { client } = await greet();
    client.socket.write(Buffer.from(hex, 'hex'));
    await client.untilClosed();
    expect(client.frames).toEqual([]);
    expect((await greet()).response?.timeoutMs).toBe(6000);
  });
});

describe('four-letter words', () => {
  async function ask(word: string, at = port): Promise<string> {
    const client = await RawClient.connect(at.address);
    clients.push(client);
    client.socket.end(word);
    await client.untilClosed();
    return client.received.toString();
  }

  it('tell of the server', async () => {
    await greet();
    const lines = (await ask('srvr')).split('\n');
    expect(lines[0]).toMatch(/^Zookeeper version: 3\.8\.0-/);
    expect(lines.slice(-7)).toEqual([
      'Sent: 0',
      'Connections: 2',
      'Outstanding: 0',
      'Zxid: 0x100000001',
      'Mode: standalone',
      'Node count: 4',
      '',
    ]);
  });

  it('that the configuration does not name are not answered', async () => {
    expect(await ask('ruok')).toBe('ruok is not executed because it is not in the whitelist.\n');
  });

  it('are all answered where all are named', async () => {
    const open = await service.addPort({ fourLetterWords: new Set('*') });
    await greet({}, open);
    expect(await ask('ruok', open)).toBe('imok');
    expect(await ask('isro', open)).toBe('rw');
    expect(await ask('mntr', open)).toMatch(/^zk_server_state\tstandalone$/m);
    expect(await ask('stat', open)).toMatch(/^Clients:\n \/127\.0\.0\.1:\d+\[1\]\(queued=0\)$/m);
    expect(await ask('dump', open)).toBe('dump is not implemented here.\n');
  });

  it('say so when clients are not served', async () => {
    port.stopServing('a test says so');
    expect(await ask('srvr')).toBe('This ZooKeeper instance is not currently serving requests\n');
  });
});
