/** What tests of servers on this machine need. */
import { createServer, type AddressInfo } from 'node:net';

import { serverId, type ServerId } from '../../protocol/ensemble.ts';
import type { Address } from '../../wire/notification.ts';

/** Ports that nobody listened on a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => {
          server.listen(0, '127.0.0.1', () => {
            // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- A TCP server that listens has an address with a port.
            resolve((server.address() as AddressInfo).port);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

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
