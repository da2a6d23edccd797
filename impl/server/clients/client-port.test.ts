/** What our own client sees of a server. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Client } from '../../client/client.ts';
import { ServiceError, SessionOverError } from '../../client/errors.ts';
import { ErrorCode } from '../../wire/client-reply.ts';
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
});
