/** What tests of servers on this machine need. */
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
