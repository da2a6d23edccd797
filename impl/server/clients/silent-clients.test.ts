/** Clients that are not heard from: when their connections are closed. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { PING_XID } from '../../wire/client-request.ts';
import type { ClientPort } from './client-port.ts';
import { OneService } from './testing/one-server.ts';
import { RawClient } from './testing/raw-client.ts';

let service: OneService;
let port: ClientPort;

beforeEach(async () => {
  service = new OneService();
  port = await service.addPort();
});

afterEach(async () => {
  vi.restoreAllMocks();
  await service.close();
});

it('a client that is silent for its timeout has no connection any more', async () => {
  const { client, response } = await RawClient.greet(port.address, { timeoutMs: 300 });
  expect(response?.timeoutMs).toBe(300);
  await client.untilClosed();
});

it('a client keeps its connection when the server stood still for longer than its timeout', async () => {
  const { client } = await RawClient.greet(port.address, { timeoutMs: 5000 });
  const real = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => real() + 3_600_000);
  // Silence is looked at each second.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(client.closed).toBe(false);
  client.ask([PING_XID, { type: 'ping' }]);
  expect(await client.reply('ping')).toMatchObject({ xid: PING_XID });
});
