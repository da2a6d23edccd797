/** Waiting for what other processes do. */
import { setTimeout as delay } from 'node:timers/promises';

import { FaultError } from './fault-error.ts';
import type { ServerProcess } from './server-process.ts';

const POLL_MS = 20;

/** Waits until `ready` gives a value; `what` is awaited, for the message. */
export async function until<T>(
  what: string,
  timeoutMs: number,
  ready: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await ready();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new FaultError(`${what}: not within ${timeoutMs} ms`);
    await delay(POLL_MS);
  }
}

/** Waits until all servers serve, one of them as the leader; that one. */
export async function leaderOf(servers: readonly ServerProcess[], timeoutMs: number): Promise<ServerProcess> {
  return until('all servers serve', timeoutMs, async () => {
    for (const server of servers) server.assertRunning();
    const modes = await Promise.all(servers.map((server) => server.mode()));
    if (modes.includes(undefined)) return undefined;
    const leaders = servers.filter((_, index) => modes[index] === 'leader');
    return leaders.length === 1 ? leaders[0] : undefined;
  });
}
