/** Whole servers in this process: real disks, real sockets. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import { Client } from '../client/client.ts';
import { layOutEnsemble } from './ensemble-layout.ts';
import { createEnsemble, type Ensemble } from './ensemble.ts';

const open: { ensembles: Ensemble[]; directories: string[]; ports: Server[] } = {
  ensembles: [],
  directories: [],
  ports: [],
};

afterEach(async () => {
  await Promise.all(open.ensembles.splice(0).map((ensemble) => ensemble.stop()));
  open.ports.splice(0).forEach((taken) => taken.close());
  await Promise.all(open.directories.splice(0).map((directory) => rm(directory, { recursive: true })));
});

async function start(options: Partial<Parameters<typeof createEnsemble>[0]> = {}): Promise<Ensemble> {
  const ensemble = await createEnsemble({ size: 3, tickTimeMs: 200, ...options });
  open.ensembles.push(ensemble);
  await ensemble.serving();
  return ensemble;
}

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'zab-test-'));
  open.directories.push(directory);
  return directory;
}

describe('an ensemble', () => {
  it('serves writes through every server, and all of them have what was written', async () => {
    const { addresses } = await start();
    for (const [index, address] of addresses.entries()) {
      const client = await Client.open({ servers: [address] });
      await client.create(`/through-${index}`, Buffer.from(String(index)));
      await client.close();
    }
    for (const address of addresses) {
      const client = await Client.open({ servers: [address] });
      await client.sync();
      expect([...(await client.getChildren('/'))].sort()).toEqual([
        'through-0',
        'through-1',
        'through-2',
        'zookeeper',
      ]);
      await client.close();
    }
  });

  it('elects another leader when the leader stops, and a session goes on at another server', async () => {
    const { servers, addresses } = await start();
    const leader = servers.find(({ mode }) => mode === 'leader');
    expect(leader).toBeDefined();
    const client = await Client.open({ servers: addresses });
    await client.create('/kept', Buffer.from('1'));
    const { sessionId } = client;
    await leader?.stop();
    const until = Date.now() + 20_000;
    for (;;) {
      const result = await client.setData('/kept', Buffer.from('2')).catch((error: unknown) => error);
      if (!(result instanceof Error) || Date.now() > until) {
        expect(result).toMatchObject({ version: 1 });
        break;
      }
    }
    expect(client.sessionId).toBe(sessionId);
    expect(servers.filter(({ mode }) => mode === 'leader')).toHaveLength(1);
    await client.close();
  });

  it('has what was written when all servers are started again', async () => {
    const directory = await temporaryDirectory();
    const first = await start({ directory });
    const writer = await Client.open({ servers: first.addresses });
    await writer.create('/kept', Buffer.from('1'));
    await writer.close();
    await first.stop();
    const second = await start({ directory });
    const reader = await Client.open({ servers: second.addresses });
    expect((await reader.getData('/kept')).data?.toString()).toBe('1');
    await reader.close();
  });

  /** Takes a port of a laid out ensemble: of a server's three, that of the quorum, of the election, or of clients. */
  async function takePort(directory: string, server: number, which: 0 | 1 | 2): Promise<number> {
    const ports: unknown = JSON.parse(await readFile(path.join(directory, 'ports.json'), 'utf8'));
    const port = Array.isArray(ports) ? Number(ports[3 * (server - 1) + which]) : 0;
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(port, '127.0.0.1', resolve));
    open.ports.push(taken);
    return port;
  }

  it('of which one server cannot be started is not there at all', async () => {
    const directory = await temporaryDirectory();
    await layOutEnsemble({ size: 3, directory, tickTimeMs: 200 });
    const port = await takePort(directory, 2, 2);
    await expect(createEnsemble({ size: 3, directory, tickTimeMs: 200 })).rejects.toThrow(
      new RegExp(`EADDRINUSE.*${port}`),
    );
    open.ports.splice(0).forEach((taken) => taken.close());
    // The ports and directories of the others are free again.
    await start({ directory });
  });

  it('tells of a server that fails', async () => {
    const directory = await temporaryDirectory();
    await layOutEnsemble({ size: 2, directory, tickTimeMs: 200 });
    const port = await takePort(directory, 2, 0);
    const failed: unknown[] = [];
    const ensemble = await createEnsemble({
      size: 2,
      directory,
      tickTimeMs: 200,
      failed: (error, server) => failed.push([server, error]),
    });
    open.ensembles.push(ensemble);
    const message = `cannot listen for learners on 127.0.0.1:${port}`;
    await expect(ensemble.serving()).rejects.toThrow(message);
    expect(failed).toEqual([
      [2, expect.objectContaining({ message: expect.stringContaining(message) as string })],
    ]);
  });
});
