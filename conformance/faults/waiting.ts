/** Waiting for what other processes do. */
import { setTimeout as delay } from 'node:timers/promises';

import { FaultError } from './fault-error.ts';

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
