/** How a learner reaches its leader, which may not listen yet: it, too, has only just heard of its election. */
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import type { Address } from '../../wire/notification.ts';

/** Attempts, as ZooKeeper makes them. */
const ATTEMPTS = 5;

/** Milliseconds from a first attempt that failed to the next one; each pause after that is twice as long. */
const PAUSE_MS = 100;

/**
 * A socket that is connected to one of the addresses, all of which are tried at once; a string says why there is none.
 * Takes no longer than `timeoutMs`. Aborted, it ends soon, with either.
 */
export async function connectToLeader(
  addresses: readonly Address[],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Socket | string> {
  const deadlineMs = performance.now() + timeoutMs;
  if (addresses.length === 0) return 'no address of the leader is known';
  let reason = '';
  for (let attempt = 1; attempt <= ATTEMPTS && !signal.aborted; attempt++) {
    const socket = await firstOf(addresses, deadlineMs - performance.now(), signal);
    if (typeof socket !== 'string') return socket;
    reason = socket;
    const pauseMs = PAUSE_MS * 2 ** (attempt - 1);
    if (attempt === ATTEMPTS || performance.now() + pauseMs > deadlineMs) break;
    await pause(pauseMs, undefined, { signal }).catch(() => undefined);
  }
  return `the leader cannot be reached: ${reason}`;
}

async function firstOf(
  addresses: readonly Address[],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Socket | string> {
  const sockets = addresses.map(({ host, port }) => connect({ host, port, noDelay: true }));
  const abort = (): void => {
    for (const socket of sockets) socket.destroy(new Error('aborted'));
  };
  signal.addEventListener('abort', abort);
  const timeout = setTimeout(() => {
    for (const socket of sockets) socket.destroy(new Error('no answer in time'));
  }, timeoutMs);
  try {
    const reached = await Promise.any(sockets.map(reaches));
    for (const socket of sockets) if (socket !== reached) socket.destroy();
    return reached;
  } catch (error) {
    return error instanceof AggregateError ? error.errors.map(String).join('; ') : String(error);
  } finally {
    clearTimeout(timeout);
    signal.removeEventListener('abort', abort);
  }
}

function reaches(socket: Socket): Promise<Socket> {
  return new Promise((resolve, reject) => {
    socket.once('connect', () => {
      resolve(socket);
    });
    socket.on('error', (error) => {
      reject(error);
    });
  });
}
