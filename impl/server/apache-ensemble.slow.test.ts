/** Ensembles in which servers of Apache ZooKeeper and ours serve together. Skipped where there is no Apache server. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import { Client } from '../client/client.ts';
import { serverId } from '../protocol/ensemble.ts';
import { freePorts } from './free-ports.ts';
import { loadConfiguration } from './load-configuration.ts';
import { SILENT } from './logger.ts';
import { ZabServer } from './server.ts';
import { ApacheServer, whyNoApacheServer } from './testing/apache-server.ts';
import { until } from './testing/loopback.ts';

/** A process with a virtual machine starts slowly beside others. */
const TIMEOUT_MS = 60_000;

const missing = whyNoApacheServer();
const ended: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await Promise.all(ended.splice(0).map((end) => end()));
});

interface Layout {
  readonly lines: readonly string[];
  /** Of server 1, server 2, … */
  readonly clientPorts: readonly number[];
}

async function layOut(size: number): Promise<Layout> {
  const ports = await freePorts(3 * size);
  const servers = Array.from({ length: size }, (_, i) => {
    const [quorum, election] = [ports[3 * i], ports[3 * i + 1]];
    return `server.${i + 1}=127.0.0.1:${quorum}:${election}`;
  });
  return {
    lines: ['tickTime=1000', 'initLimit=20', 'syncLimit=10', ...servers],
    clientPorts: Array.from({ length: size }, (_, i) => ports[3 * i + 2] ?? 0),
  };
}

function linesOf(id: number, { lines, clientPorts }: Layout): string[] {
  return [...lines, `clientPort=${clientPorts[id - 1]}`, 'clientPortAddress=127.0.0.1'];
}

async function apache(id: number, layout: Layout, lines: readonly string[] = []): Promise<ApacheServer> {
  const server = await ApacheServer.start(id, [...linesOf(id, layout), ...lines]);
  ended.push(() => server.kill());
  return server;
}

async function ours(id: number, layout: Layout, lines: readonly string[] = []): Promise<ZabServer> {
  const directory = await mkdtemp(path.join(tmpdir(), 'zab-beside-apache-'));
  ended.push(() => rm(directory, { recursive: true, force: true }));
  const data = path.join(directory, 'data');
  await mkdir(data);
  await writeFile(path.join(data, 'myid'), `${id}\n`);
  const file = path.join(directory, 'zoo.cfg');
  await writeFile(file, [...linesOf(id, layout), ...lines, `dataDir=${data}`, ''].join('\n'));
  const { configuration } = await loadConfiguration(file);
  const failures: unknown[] = [];
  const server = await ZabServer.start({
    configuration,
    myId: serverId(id),
    logger: SILENT,
    failed: (error) => failures.push(error),
  });
  ended.push(async () => {
    await server.stop();
    expect(failures).toEqual([]);
  });
  return server;
}

/** A session at that server; it is asked for until the server serves. */
async function clientOf(id: number, { clientPorts }: Layout): Promise<Client> {
  const servers = [{ host: '127.0.0.1', port: clientPorts[id - 1] ?? 0 }];
  const client = await Client.open({ servers, sessionTimeoutMs: TIMEOUT_MS });
  ended.push(() => client.close().catch(() => undefined));
  return client;
}

/** Writes through each of the servers, and reads at each what was written through any. */
async function writeAndRead(ids: readonly number[], layout: Layout): Promise<void> {
  for (const id of ids) {
    const client = await clientOf(id, layout);
    await client.create(`/through-${id}`, Buffer.from('1'));
    for (let i = 0; i < 20; i++) await client.create(`/through-${id}/${i}`, Buffer.from(String(i)));
    await client.setData(`/through-${id}`, Buffer.from('2'));
    await client.delete(`/through-${id}/0`);
  }
  for (const id of ids) await expectWritten(id, ids, layout);
}

/** Reads at a server what was written through others. */
async function expectWritten(id: number, through: readonly number[], layout: Layout): Promise<void> {
  const client = await clientOf(id, layout);
  await client.sync('/');
  for (const other of through) {
    expect((await client.getData(`/through-${other}`)).data?.toString()).toBe('2');
    expect(await client.getChildren(`/through-${other}`)).toHaveLength(19);
  }
}

describe.skipIf(missing !== undefined)(`with Apache ZooKeeper${missing ? ` (${missing})` : ''}`, () => {
  it('ours follows an Apache leader: nothing is committed without it', { timeout: 120_000 }, async () => {
    const layout = await layOut(2);
    await apache(2, layout);
    const one = await ours(1, layout);
    await until(() => one.mode !== 'looking', TIMEOUT_MS);
    expect(one.mode).toBe('follower');
    await writeAndRead([1, 2], layout);
  });

  it(
    'an Apache server follows a leader of ours: nothing is committed without it',
    { timeout: 120_000 },
    async () => {
      const layout = await layOut(2);
      await apache(1, layout);
      const two = await ours(2, layout);
      await until(() => two.mode !== 'looking', TIMEOUT_MS);
      expect(two.mode).toBe('leader');
      await writeAndRead([1, 2], layout);
    },
  );

  it('an Apache leader brings one of ours up to date by a snapshot', { timeout: 180_000 }, async () => {
    const layout = await layOut(3);
    const snapshots = ['forceSnapshotSync=true'];
    const first = await Promise.all([ours(1, layout), apache(3, layout, snapshots)]);
    await until(() => first[0].mode === 'follower', TIMEOUT_MS);
    await writeAndRead([3, 1], layout);
    const two = await ours(2, layout);
    await until(() => two.mode === 'follower', TIMEOUT_MS);
    await expectWritten(2, [3, 1], layout);
    // The one that came last is needed from here on.
    await first[0].stop();
    await writeAndRead([2], layout);
  });

  it('a leader of ours brings an Apache server up to date by a snapshot', { timeout: 180_000 }, async () => {
    const layout = await layOut(3);
    const often = ['snapCount=10'];
    const [two, three] = await Promise.all([ours(2, layout, often), ours(3, layout, often)]);
    await until(() => two.mode !== 'looking' && three.mode !== 'looking', TIMEOUT_MS);
    await writeAndRead([2, 3], layout);
    await apache(1, layout);
    await expectWritten(1, [2, 3], layout);
    await (three.mode === 'leader' ? two : three).stop();
    await writeAndRead([1], layout);
  });
});
