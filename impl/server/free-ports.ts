/**
 * Ports on the loopback address that nobody listens on: for ensembles that are made up on the spot.
 *
 * They are below those that systems give to outgoing connections, one of which could otherwise have the port of a server
 * that is down for a moment.
 */
import { createServer } from 'node:net';

const PORT_MIN = 10_000;
/** The least port of an outgoing connection on Linux; elsewhere it is larger. */
const PORT_LIMIT = 32_768;
const ATTEMPTS_MAX = 1000;

/** `count` different ports. Another process may take one before it is used; whoever listens on it says so then. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  for (let attempts = 0; found.size < count; attempts++) {
    if (attempts >= ATTEMPTS_MAX + count) throw new Error(`no ${count} free ports were found`);
    const port = PORT_MIN + Math.floor(Math.random() * (PORT_LIMIT - PORT_MIN));
    if (!found.has(port) && (await isFree(port))) found.add(port);
  }
  return [...found];
}

/** Does nobody listen on that port of the loopback address? */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
