/** Directories that Apache ZooKeeper and we write for each other. Skipped where there is no ZooKeeper. */
import { Buffer } from 'node:buffer';
import { mkdtempSync, readdirSync } from 'node:fs';
import { cp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Transaction } from '../broadcast/transaction.ts';
import { formatZxid, zxid, type Zxid } from '../broadcast/zxid.ts';
import { Client } from '../client/client.ts';
import { freePorts } from '../server/free-ports.ts';
import { ApacheServer, apacheTool, whyNoApacheServer } from '../server/testing/apache-server.ts';
import { snapshotChunks } from '../service/snapshot-format.ts';
import { ServiceState } from '../service/service-state.ts';
import { OPEN_ACL } from '../wire/acl.ts';
import { type TransactionBody } from '../wire/transaction-body.ts';
import { encodeTransaction } from '../wire/transaction-record.ts';
import type { Directories } from './data-files.ts';
import { Storage, type Recovered } from './storage.ts';
import { ObservedDisk } from './testing/observed-disk.ts';
import { createNode, nodesOf, readState, stateAfter } from './testing/transactions.ts';

const watched = vi.hoisted((): { disk: ObservedDisk | undefined } => ({ disk: undefined }));

vi.mock('node:fs/promises', async (importOriginal) => {
  const { watchable } = await import('./testing/observed-disk.ts');
  return watchable(await importOriginal<typeof import('node:fs/promises')>(), watched);
});
vi.mock('node:fs', async (importOriginal) => {
  const { watchableNow } = await import('./testing/observed-disk.ts');
  return watchableNow(await importOriginal<typeof import('node:fs')>(), watched);
});

const missing = whyNoApacheServer();
/** A process with a virtual machine starts slowly beside others. */
const TIMEOUT_MS = 120_000;

const DATA = Buffer.from('two');

let root: string;
const ended: (() => Promise<void>)[] = [];

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'zab-and-apache-'));
});

afterEach(async () => {
  watched.disk = undefined;
  for (const end of ended.splice(0).reverse()) await end();
  await rm(root, { recursive: true });
});

function directoriesIn(directory: string): Directories {
  return { data: path.join(directory, 'data'), log: path.join(directory, 'log') };
}

async function open(
  directory: string,
): Promise<{ readonly storage: Storage; readonly recovered: Recovered<ServiceState> }> {
  const { data: dataDir, log: dataLogDir } = directoriesIn(directory);
  return Storage.open(
    {
      dataDir,
      dataLogDir,
      transactionBytesMax: 1 << 20,
      preallocateBytes: 1 << 16,
      retainedSnapshots: 3,
      listener: {
        durable: () => undefined,
        failed: (error) => {
          throw error;
        },
      },
    },
    readState,
  );
}

/** The state that our server would begin with. */
async function stateIn(directory: string): Promise<ServiceState> {
  const { storage, recovered } = await open(directory);
  await storage.close();
  return stateAfter(recovered.transactions, recovered.base.state);
}

/** Apache's server, alone, on these directories. */
async function startApache(directory: string): Promise<{ server: ApacheServer; port: number }> {
  const { data, log } = directoriesIn(directory);
  const [port = 0] = await freePorts(1);
  const server = await ApacheServer.start(1, [
    `dataDir=${data}`,
    `dataLogDir=${log}`,
    `clientPort=${port}`,
    'clientPortAddress=127.0.0.1',
    'tickTime=2000',
  ]);
  ended.push(() => server.kill());
  return { server, port };
}

/**
 * Connects when the server serves: a connection that it takes while it starts may never be answered.
 * @throws Error when the server has ended instead
 */
async function connect({ server, port }: { server: ApacheServer; port: number }): Promise<Client> {
  const servers = [{ host: '127.0.0.1', port }];
  for (let served = false; !served;) {
    const probe = await Promise.race([
      server.ended.then(() => 'ended' as const),
      Client.open({ servers, sessionTimeoutMs: 4000 }).catch(() => undefined),
    ]);
    if (probe === 'ended') throw new Error('the server does not start');
    await probe?.close();
    served = probe !== undefined;
  }
  const client = await Client.open({ servers, sessionTimeoutMs: 30_000 });
  ended.push(() => client.close());
  return client;
}

/** The nodes that `createNode` made, as Apache's server has them; undefined when it refuses the directories. */
async function apacheServes(directory: string): Promise<string[] | undefined> {
  const { server, port } = await startApache(directory);
  const client = await connect({ server, port }).catch(() => undefined);
  if (client === undefined) return undefined;
  const children = await client.getChildren('/');
  await client.close();
  await server.kill();
  return children
    .filter((name) => name.startsWith('n'))
    .map((name) => `/${name}`)
    .sort();
}

describe.skipIf(missing !== undefined)(
  `with Apache ZooKeeper${missing === undefined ? '' : `: ${missing}`}`,
  () => {
    it('its tool prints every transaction of our logs', { timeout: TIMEOUT_MS }, async () => {
      const { storage } = await open(root);
      /** Each with what the tool makes of it, up to the first comma. */
      const bodies: readonly (readonly [TransactionBody, string])[] = [
        [{ type: 'createSession', timeoutMs: 30_000 }, 'createSession 30000'],
        [
          { type: 'create', path: '/a', data: null, acl: OPEN_ACL, ephemeral: false, parentCversion: 1 },
          'create /a',
        ],
        [
          { type: 'create2', path: '/a/b', data: DATA, acl: OPEN_ACL, ephemeral: true, parentCversion: 1 },
          'create2 /a/b',
        ],
        [{ type: 'setData', path: '/a', data: DATA, version: 1 }, 'setData /a'],
        [{ type: 'error', code: -110 }, 'error -110'],
        [{ type: 'delete', path: '/a/b' }, "delete '/a/b"],
        [{ type: 'closeSession', paths: ['/a/b'] }, "closeSession v{'/a/b}"],
        [{ type: 'closeSession', paths: undefined }, 'closeSession '],
      ];
      bodies.forEach(([body], index) => {
        const header = { sessionId: 0xabcn, cxid: index, zxid: zxid(3, index + 1), time: 1_700_000_000_000 };
        const digest = index % 2 === 0 ? undefined : { version: 2, tree: BigInt(index) };
        storage.append([{ zxid: header.zxid, payload: encodeTransaction({ header, body, digest }) }]);
      });
      await storage.saveSnapshot(zxid(3, 4), snapshotChunks(new ServiceState()));
      storage.append([createNode(4, 1, 50_000)]);
      await storage.close();
      const log = path.join(directoriesIn(root).log, 'version-2');
      const printed = (await readdir(log)).sort().flatMap((name) => {
        const tool = 'org.apache.zookeeper.server.persistence.TxnLogToolkit';
        const lines = apacheTool(tool, ['-d', path.join(log, name)]).split('\n');
        const entries = lines.flatMap((line) => {
          const [, session, cxid, z, what] = / session (\S+) cxid (\S+) zxid (\S+) ([^,]*)/.exec(line) ?? [];
          return session === undefined ? [] : [`${session} ${cxid ?? ''} ${z ?? ''} ${what ?? ''}`];
        });
        expect(lines.find((line) => line.startsWith('EOF'))).toBe(
          `EOF reached after ${entries.length} txns.`,
        );
        return entries;
      });
      const expected = bodies.map(
        ([, what], index) => `0xabc 0x${index.toString(16)} ${formatZxid(zxid(3, index + 1))} ${what}`,
      );
      expect(printed).toEqual([...expected, `0x1 0x1 ${formatZxid(zxid(4, 1))} create /n4-1`]);
    });

    it('its tool prints every node and session of our snapshots', { timeout: TIMEOUT_MS }, async () => {
      const state = stateAfter([1, 2, 3, 4].map((counter) => createNode(2, counter, counter * 7)));
      const header = { sessionId: 0x7bn, cxid: 1, zxid: zxid(2, 5), time: 1_700_000_000_123 };
      state.apply({ header, body: { type: 'createSession', timeoutMs: 12_000 }, digest: undefined });
      const { storage } = await open(root);
      await storage.saveSnapshot(zxid(2, 5), snapshotChunks(state));
      await storage.close();
      const file = path.join(directoriesIn(root).data, 'version-2', 'snapshot.200000005');
      const printed = apacheTool('org.apache.zookeeper.server.SnapshotFormatter', ['-d', file]);
      const [nodes = '', sessions = ''] = printed.split('Session Details');
      const blocks = nodes
        .split('----\n')
        .filter((block) => block.startsWith('/'))
        .map(fieldsOf);
      const expected = state.tree.entries().map(([name, { data, stat }]) => ({
        path: name,
        cZxid: stat.czxid,
        mZxid: stat.mzxid,
        pZxid: stat.pzxid,
        ctime: stat.ctime,
        mtime: stat.mtime,
        cversion: stat.cversion,
        dataVersion: stat.version,
        aclVersion: stat.aversion,
        ephemeralOwner: stat.ephemeralOwner,
        data: Buffer.from(data ?? []).toString('base64'),
      }));
      const byPath = (a: { path: string }, b: { path: string }): number => (a.path < b.path ? -1 : 1);
      expect(blocks.sort(byPath)).toEqual(expected.sort(byPath));
      expect(sessions).toMatch(/0x0*7b, 12000, 0/);
    });

    it(
      'its directory opens here, with every node that a client had made',
      { timeout: TIMEOUT_MS },
      async () => {
        const { server, port } = await startApache(root);
        const client = await connect({ server, port });
        const written = new Map<string, string>();
        for (let i = 0; i < 50; i++) {
          await client.create(`/n${i}`, Buffer.from(`first ${i}`));
          written.set(`/n${i}`, `first ${i}`);
        }
        for (let i = 0; i < 50; i += 3) {
          await client.setData(`/n${i}`, Buffer.from(`second ${i}`));
          written.set(`/n${i}`, `second ${i}`);
        }
        for (let i = 0; i < 50; i += 7) {
          await client.delete(`/n${i}`);
          written.delete(`/n${i}`);
        }
        const stats = new Map(
          await Promise.all(
            [...written.keys()].map(async (name) => [name, (await client.getData(name)).stat] as const),
          ),
        );
        await server.kill();
        const state = await stateIn(root);
        expect(nodesOf(state)).toEqual([...written.keys()].sort());
        for (const [name, data] of written) {
          const node = state.tree.get(name);
          expect(Buffer.from(node?.data ?? []).toString()).toBe(data);
          expect(stats.get(name)).toMatchObject({ ...node?.stat });
        }
      },
    );

    it('it serves what we wrote, goes on, and we go on after it', { timeout: TIMEOUT_MS }, async () => {
      const transactions = Array.from({ length: 40 }, (_, index) => createNode(1, index + 1));
      const { storage } = await open(root);
      for (const transaction of transactions.slice(0, 20)) storage.append([transaction]);
      await storage.saveSnapshot(zxid(1, 15), snapshotChunks(stateAfter(transactions.slice(0, 15))));
      for (const transaction of transactions.slice(20)) storage.append([transaction]);
      await storage.close();

      const { server, port } = await startApache(root);
      const client = await connect({ server, port });
      for (const [name, { data, stat }] of stateAfter(transactions).tree.entries()) {
        // Its own nodes are as it makes them.
        if (!name.startsWith('/n')) continue;
        const there = await client.getData(name);
        expect(Buffer.from(there.data ?? []).equals(Buffer.from(data ?? []))).toBe(true);
        expect(there.stat).toMatchObject({ ...stat });
      }
      await client.create('/n-theirs');
      await server.kill();

      const expected = [...nodesOf(stateAfter(transactions)), '/n-theirs'].sort();
      const again = await open(root);
      const state = stateAfter(again.recovered.transactions, again.recovered.base.state);
      expect(nodesOf(state)).toEqual(expected);
      const next: Transaction = createNode(2, 1);
      again.storage.append([next]);
      await again.storage.close();
      expect(await apacheServes(root)).toEqual([...expected, '/n2-1'].sort());
    });

    it('it starts on a directory that was never written to', { timeout: TIMEOUT_MS }, async () => {
      const { storage } = await open(root);
      await storage.close();
      expect(await apacheServes(root)).toEqual([]);
    });

    it(
      'while a snapshot from the leader is installed it sees the old history or the new one, or refuses to start',
      { timeout: 3 * TIMEOUT_MS },
      async () => {
        const old = [1, 2, 3, 4, 5].map((counter) => createNode(1, counter));
        const base = [...old.slice(0, 3), createNode(2, 1)];
        const behind = [createNode(2, 2)];
        const before = path.join(root, 'before');
        const { storage } = await open(before);
        for (const transaction of old) storage.append([transaction]);
        await storage.saveSnapshot(zxid(1, 2), snapshotChunks(stateAfter(old.slice(0, 2))));
        await storage.close();

        // What a process that is killed leaves, after each step that changes what Apache's server looks at.
        const moments: string[] = [];
        const seen = new Set<string>();
        watched.disk = new ObservedDisk(before, () => {
          const names = Object.values(directoriesIn(before)).flatMap((directory: string) =>
            readdirSync(path.join(directory, 'version-2')).filter((name) =>
              /^(log|snapshot)\.[^.]*$/.test(name),
            ),
          );
          if (seen.has(names.join())) return;
          seen.add(names.join());
          const copy = mkdtempSync(path.join(root, 'moment-'));
          watched.disk?.write(copy, { names: 'done', contents: 'done' });
          moments.push(copy);
        });
        const last: Zxid = zxid(2, 1);
        const running = await open(before);
        running.storage.installSnapshot(last, snapshotChunks(stateAfter(base)), behind);
        await running.storage.close();
        watched.disk = undefined;
        moments.push(before);

        const sights: string[] = [];
        for (const moment of moments) {
          const ours = path.join(root, 'ours');
          await cp(moment, ours, { recursive: true });
          const here = nodesOf(await stateIn(ours)).join();
          await rm(ours, { recursive: true });
          const nodes = (await apacheServes(moment))?.join();
          sights.push(
            nodes === undefined ? 'refused' : nodes === nodesOf(stateAfter(old)).join() ? 'old' : nodes,
          );
          expect([
            nodesOf(stateAfter(old)).join(),
            nodesOf(stateAfter([...base, ...behind])).join(),
          ]).toContain(here);
        }
        const [first, ...rest] = [...new Set(sights)];
        expect([first, rest[0], rest.at(-1)]).toEqual([
          'old',
          'refused',
          nodesOf(stateAfter([...base, ...behind])).join(),
        ]);
        expect(rest).toHaveLength(2);
      },
    );
  },
);

/** A block of `SnapshotFormatter`: the path, then `name = value` lines. */
function fieldsOf(block: string): { path: string } & Record<string, unknown> {
  const [name = '', ...lines] = block.split('\n');
  const fields = new Map(
    lines.flatMap((line) => {
      const [, field, value] = /^ {2}(\w+) = ?(.*)$/.exec(line) ?? [];
      return field === undefined ? [] : [[field, value ?? ''] as const];
    }),
  );
  const z = (field: string): Zxid => {
    const digits = (fields.get(field) ?? '').slice(2).padStart(16, '0').slice(-16);
    return zxid(Number.parseInt(digits.slice(0, 8), 16), Number.parseInt(digits.slice(8), 16));
  };
  const number = (field: string): number => Number(fields.get(field));
  const time = (field: string): number => Date.parse(fields.get(field) ?? '');
  return {
    path: name,
    cZxid: z('cZxid'),
    mZxid: z('mZxid'),
    pZxid: z('pZxid'),
    ctime: time('ctime'),
    mtime: time('mtime'),
    cversion: number('cversion'),
    dataVersion: number('dataVersion'),
    aclVersion: number('aclVersion'),
    ephemeralOwner: BigInt(fields.get('ephemeralOwner') ?? ''),
    data: fields.get('data') ?? '',
  };
}
