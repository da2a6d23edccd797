/** What tests of servers on this machine need. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

import { serverId, type ServerId } from '../../protocol/ensemble.ts';
import type { Address } from '../../wire/notification.ts';
import { freePorts } from '../free-ports.ts';

/** An address on this machine for each of the servers 1, 2, … */
export async function addressesOf(count: number): Promise<Map<ServerId, readonly Address[]>> {
  const ports = await freePorts(count);
  return new Map(ports.map((port, index) => [serverId(index + 1), [{ host: '127.0.0.1', port }]]));
}

/** Waits until something holds. Throws after `timeoutMs` milliseconds. */
export async function until(condition: () => boolean, timeoutMs = 5000): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; !condition();) {
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms for ${String(condition)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The two ends of a connection: of who connected, and of who was connected to. */
export async function socketPair(): Promise<readonly [Socket, Socket]> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  // What listens on TCP has an address with a port, and `connection` comes with a socket.
  /* eslint-disable @typescript-eslint/consistent-type-assertions */
  const near = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [far] = (await once(server, 'connection')) as [Socket];
  /* eslint-enable @typescript-eslint/consistent-type-assertions */
  if (near.connecting) await once(near, 'connect');
  server.close();
  return [near, far];
}
