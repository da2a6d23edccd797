/** Servers of which one cannot do what its role asks for. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, expect, it, vi } from 'vitest';

import { Storage } from '../log/storage.ts';
import { layOutEnsemble, type LaidOutServer } from './ensemble-layout.ts';
import { loadConfiguration } from './load-configuration.ts';
import { SILENT } from './logger.ts';
import { ZabServer } from './server.ts';
import { until } from './testing/loopback.ts';

const ended: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  vi.restoreAllMocks();
  for (const end of ended.splice(0).reverse()) await end();
});

async function layOut(size: number): Promise<LaidOutServer[]> {
  const directory = await mkdtemp(path.join(tmpdir(), 'zab-failing-'));
  ended.push(() => rm(directory, { recursive: true, force: true }));
  return layOutEnsemble({ directory, size, tickTimeMs: 200 });
}

/** The errors that it fails with. */
async function start({ id, configurationFile }: LaidOutServer): Promise<Error[]> {
  const { configuration } = await loadConfiguration(configurationFile);
  const failures: Error[] = [];
  const server = await ZabServer.start({
    configuration,
    myId: id,
    logger: SILENT,
    failed: (error) => failures.push(error),
  });
  ended.push(() => server.stop().catch(() => undefined));
  return failures;
}

/** Closes each connection at once, and counts them. */
async function closing(port: number): Promise<{ readonly server: Server; readonly seen: { count: number } }> {
  const seen = { count: 0 };
  const server = createServer((socket) => {
    seen.count++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  ended.push(() => new Promise((resolve) => server.close(resolve)));
  return { server, seen };
}

function quorumPortOf(id: number, text: string): number {
  return Number(new RegExp(`server\\.${id}=127\\.0\\.0\\.1:(\\d+):`).exec(text)?.[1]);
}

/** What a leader fails with whose quorum port, which is told too, is taken. */
async function withoutPort(): Promise<{ readonly port: number; readonly failures: readonly Error[] }> {
  const [one, two] = await layOut(2);
  if (one === undefined || two === undefined) throw new Error('two servers are laid out');
  const port = quorumPortOf(2, await readFile(two.configurationFile, 'utf8'));
  await closing(port);
  const [failures] = await Promise.all([start(two), start(one)]);
  await until(() => failures.length === 1, 10_000);
  return { port, failures };
}

it('a leader whose quorum port is taken says so, and stops', async () => {
  const { port, failures } = await withoutPort();
  expect(failures[0]?.message).toMatch(
    new RegExp(
      `^cannot listen for learners on 127\\.0\\.0\\.1:${port}: .*EADDRINUSE.*; free the port, or give server\\.2 another one$`,
    ),
  );
});

it('a server that cannot close its disk says first of all why it had to', async () => {
  // It does close: a lock that is left behind would be that of the next directory with the same inode.
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const closed = Storage.prototype.close;
  const close = vi.spyOn(Storage.prototype, 'close').mockImplementation(async function (this: Storage) {
    await closed.call(this);
    throw new Error('the disk is gone');
  });
  const { failures } = await withoutPort();
  expect(close).toHaveBeenCalled();
  expect(failures.map(({ message }) => message)).toEqual([expect.stringContaining('cannot listen')]);
});

it('a follower whose leader refuses it asks for another one a few times a second, no more', async () => {
  const [one, ...others] = await layOut(3);
  if (one === undefined) throw new Error('three servers are laid out');
  const { server, seen } = await closing(0);
  const text = await readFile(one.configurationFile, 'utf8');
  const { port } = server.address() as AddressInfo;
  await writeFile(one.configurationFile, text.replace(`1:${quorumPortOf(3, text)}:`, `1:${port}:`));
  await Promise.all([one, ...others].map(start));
  await until(() => seen.count > 1, 10_000);
  const { count } = seen;
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(seen.count).toBeGreaterThan(count + 1);
  expect(seen.count).toBeLessThan(count + 7);
});
