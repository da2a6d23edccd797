/** Ports on the loopback address that nobody listens on: for ensembles that are made up on the spot. */
import { createServer, type AddressInfo } from 'node:net';

/** `count` different ports. Another process may take one before it is used; whoever listens on it says so then. */
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
