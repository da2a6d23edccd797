/** What the clients of a server may wait for together. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { OPEN_ACL } from '../../wire/acl.ts';
import { PING_XID, type Operation } from '../../wire/client-request.ts';
import type { ClientPort } from './client-port.ts';
import { Outstanding } from './outstanding.ts';
import { RequestQueue, type PendingRequest } from './request-queue.ts';
import { OneService } from './testing/one-server.ts';
import { RawClient } from './testing/raw-client.ts';

describe('what waits in queues', () => {
  const write: PendingRequest = {
    kind: 'write',
    type: 5,
    abandoned: false,
    cxid: 1,
    bytes: 10,
    askedAtMs: 0,
  };
  const ping: PendingRequest = {
    kind: 'read',
    operation: { type: 'ping' },
    cxid: 2,
    bytes: 10,
    askedAtMs: 0,
  };

  it('is counted once, whichever queue it is in, until it is taken off', () => {
    const outstanding = new Outstanding({ requests: 3, bytes: 1000 });
    const [one, two] = [new RequestQueue(outstanding), new RequestQueue(outstanding)];
    for (const request of [write, ping, write, ping]) one.push(request);
    expect([outstanding.requests, outstanding.full]).toEqual([4, true]);
    // Nobody waits for what was to be read.
    one.abandon();
    expect([outstanding.requests, outstanding.full]).toEqual([2, false]);
    two.push(write);
    two.inherit(one);
    expect([outstanding.requests, one.length, two.length]).toEqual([3, 0, 3]);
    for (let i = 0; i < 5; i++) two.shift();
    expect([outstanding.requests, two.bytes]).toEqual([0, 0]);
  });

  it('is too much by its bytes, too', () => {
    const outstanding = new Outstanding({ requests: 100, bytes: 20 });
    const queue = new RequestQueue(outstanding);
    queue.push(write);
    expect(outstanding.full).toBe(false);
    queue.push(write);
    expect(outstanding.full).toBe(true);
    queue.shift();
    expect(outstanding.full).toBe(false);
  });
});

describe('a server whose clients wait for much', () => {
  const LIMIT = 20;
  const EACH = 100;
  let service: OneService;
  let port: ClientPort;
  const clients: RawClient[] = [];

  beforeEach(async () => {
    service = new OneService();
    port = await service.addPort({ outstanding: { requests: LIMIT, bytes: 1 << 20 } });
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.socket.destroy();
    await service.close();
  });

  async function greet(timeoutMs = 6000): Promise<RawClient> {
    const { client } = await RawClient.greet(port.address, { timeoutMs });
    clients.push(client);
    return client;
  }

  function create(path: string): Operation {
    return { type: 'create', path, data: null, acl: OPEN_ACL, flags: 0 };
  }

  function askMuch(client: RawClient, name: string): void {
    client.ask(...Array.from({ length: EACH }, (_, i) => [i + 1, create(`/${name}${i}`)] as const));
  }

  it('reads no more from them, but something from each, until it has answered', async () => {
    const [one, two, three] = [await greet(), await greet(), await greet()];
    const before = service.requests.length;
    service.hold();
    askMuch(one, 'one');
    await expect.poll(() => service.requests.length).toBe(before + LIMIT);
    askMuch(two, 'two');
    await expect.poll(() => service.requests.length).toBe(before + LIMIT + 1);
    three.ask([1, create('/three')]);
    await expect.poll(() => service.requests.length).toBe(before + LIMIT + 2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(service.requests.length).toBe(before + LIMIT + 2);
    service.release();
    await one.until(() => one.frames.length === EACH);
    await two.until(() => two.frames.length === EACH);
    await three.reply('create');
    expect(service.requests.length).toBe(before + 2 * EACH + 1);
  });

  it('counts nothing twice and forgets nothing: all over again', async () => {
    for (let round = 0; round < 3; round++) {
      const client = await greet();
      service.hold();
      askMuch(client, `gone${round}-`);
      await expect.poll(() => service.requests.at(-1)?.cxid).toBe(LIMIT);
      client.socket.destroy();
      await expect.poll(() => port.connectionCount).toBe(0);
      service.release();
    }
  });

  it('takes those for alive that it does not read from', async () => {
    const client = await greet(300);
    service.hold();
    askMuch(client, 'one');
    await expect.poll(() => service.requests.at(-1)?.cxid).toBe(LIMIT);
    port.touched();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect([client.closed, port.touched().size]).toEqual([false, 1]);
    service.release();
    await client.until(() => client.frames.length === EACH);
    client.ask([PING_XID, { type: 'ping' }]);
    await client.until(() => client.frames.length === EACH + 1);
    expect(client.closed).toBe(false);
  });
});
