/** What our own client sees of a server. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Client } from '../../client/client.ts';
import { ConnectionLostError, ServiceError, SessionOverError } from '../../client/errors.ts';
import { ErrorCode } from '../../wire/client-reply.ts';
import { OperationNumber } from '../../wire/client-request.ts';
import type { ClientPort } from './client-port.ts';
import { OneService } from './testing/one-server.ts';

let service: OneService;
let port: ClientPort;
const clients: Client[] = [];

beforeEach(async () => {
  service = new OneService();
  port = await service.addPort();
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await service.close();
});

async function open(ports: readonly ClientPort[] = [port], sessionTimeoutMs = 6000): Promise<Client> {
  const client = await Client.open({ servers: ports.map(({ address }) => address), sessionTimeoutMs });
  clients.push(client);
  return client;
}

describe('a client', () => {
  it('creates, reads, changes and deletes nodes', async () => {
    const client = await open();
    expect(await client.create('/a', Buffer.from('one'))).toBe('/a');
    expect(Buffer.from((await client.getData('/a')).data ?? []).toString()).toBe('one');
    expect((await client.setData('/a', Buffer.from('two'))).version).toBe(1);
    expect((await client.exists('/a'))?.dataLength).toBe(3);
    await client.create('/a/b');
    expect(await client.getChildren('/a')).toEqual(['b']);
    await expect(client.delete('/a')).rejects.toThrow(new ServiceError(ErrorCode.NOT_EMPTY, 'delete', '/a'));
    await client.delete('/a/b');
    await client.sync('/');
    await client.delete('/a');
    expect(await client.exists('/a')).toBeUndefined();
    expect(client.lastZxid).toEqual(service.state.lastZxid);
  });

  it('has a session, which ends when it is closed', async () => {
    const client = await open();
    expect([...service.state.sessions]).toEqual([[client.sessionId, 6000]]);
    expect(port.touched()).toEqual(new Map([[client.sessionId, 6000]]));
    expect(port.touched().size).toBe(0);
    await client.close();
    expect(service.state.sessions.size).toBe(0);
    await expect(client.getData('/')).rejects.toThrow(SessionOverError);
  });

  it('keeps its session when its server serves no more, at another one', async () => {
    const other = await service.addPort();
    const client = await open([port, other]);
    const { sessionId } = client;
    await client.create('/a');
    service.hold();
    const lost = client.create('/b');
    await expect.poll(() => service.requests.length).toBe(3);
    port.stopServing('a test says so');
    await expect(lost).rejects.toThrow(ConnectionLostError);
    service.release();
    expect(await client.create('/c')).toBe('/c');
    expect(client.sessionId).toBe(sessionId);
    // What was under way took effect all the same.
    expect(await client.getChildren('/')).toEqual(['zookeeper', 'a', 'b', 'c']);
  });

  it('that is gone loses its session after the timeout, and is told so when it comes back', async () => {
    const client = await open([port], 300);
    const { sessionId } = client;
    port.stopServing('a test says so');
    await expect
      .poll(() => {
        service.tick();
        return service.state.sessions.size;
      })
      .toBe(0);
    expect(service.requests.at(-1)).toMatchObject({ sessionId, type: OperationNumber.closeSession });
    port.startServing(service.replication(port));
    await expect(client.getData('/').catch(() => client.getData('/'))).rejects.toThrow(SessionOverError);
  });

  it('that is closed while it connects leaves no session behind', async () => {
    const client = await open();
    port.stopServing('a test says so');
    await expect(client.getData('/')).rejects.toThrow(ConnectionLostError);
    port.startServing(service.replication(port));
    const read = client.getData('/');
    const closed = client.close();
    await expect(read).rejects.toThrow(SessionOverError);
    await closed;
    expect(service.state.sessions.size).toBe(0);
    await expect.poll(() => port.connectionCount).toBe(0);
  });

  it('that pings keeps its session, though it asks for nothing', async () => {
    await open([port], 300);
    for (const until = Date.now() + 900; Date.now() < until;) {
      service.tick();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(service.state.sessions.size).toBe(1);
  });

  it('gets thousands of answers, each its own', async () => {
    const client = await open();
    await client.create('/a');
    const versions = await Promise.all(
      Array.from({ length: 2000 }, async (_, i) => {
        const stat = client.setData('/a', Buffer.from(String(i)));
        const { data } = await client.getData('/a');
        expect(Buffer.from(data ?? []).toString()).toBe(String(i));
        return (await stat).version;
      }),
    );
    expect(versions).toEqual(Array.from({ length: 2000 }, (_, i) => i + 1));
  });
});
