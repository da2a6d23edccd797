/** Elections in which servers of Apache ZooKeeper take part. Skipped where there is none. */
import { createServer, type Socket } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { serverId, type ServerId } from '../protocol/ensemble.ts';
import type { Address } from '../wire/notification.ts';
import { ElectionHost } from './election-host.ts';
import { freePorts } from './free-ports.ts';
import { SILENT } from './logger.ts';
import { formatEnsemble, type ServerAddress } from './server-address.ts';
import { ApacheServer, whyNoApacheServer } from './testing/apache-server.ts';
import { until } from './testing/loopback.ts';

const EMPTY = { epoch: 0, zxid: { epoch: 0, counter: 0 } };
/** A process with a virtual machine starts slowly beside others. */
const TIMEOUT_MS = 60_000;

const missing = whyNoApacheServer();
const ended: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(ended.splice(0).map((end) => end()));
});

interface Ensemble {
  readonly servers: ReadonlyMap<ServerId, ServerAddress>;
  readonly addresses: ReadonlyMap<ServerId, readonly Address[]>;
}

async function ensembleOf(size: number): Promise<Ensemble> {
  const ports = await freePorts(2 * size);
  const at = (port = 0): Address => ({ host: '127.0.0.1', port });
  const servers = Array.from({ length: size }, (_, index): [ServerId, ServerAddress] => {
    const way = { quorum: at(ports[2 * index]), election: at(ports[2 * index + 1]) };
    return [serverId(index + 1), { ways: [way], role: 'participant', client: undefined }];
  });
  return {
    servers: new Map(servers),
    addresses: new Map(servers.map(([id, { ways }]) => [id, ways.map(({ election }) => election)])),
  };
}

async function apache(id: number, { servers }: Ensemble): Promise<void> {
  const [client = 0] = await freePorts(1);
  const server = await ApacheServer.start(id, [
    'tickTime=2000',
    'initLimit=30',
    'syncLimit=30',
    `clientPort=${client}`,
    'clientPortAddress=127.0.0.1',
    ...formatEnsemble(servers)
      .split('\n')
      .filter((line) => line.startsWith('server.')),
  ]);
  ended.push(() => server.kill());
}

interface Ours {
  readonly elected: ServerId[];
  readonly host: ElectionHost;
}

async function ours(id: number, { servers, addresses }: Ensemble, own = EMPTY): Promise<Ours> {
  const elected: ServerId[] = [];
  const host = await ElectionHost.open({
    myId: serverId(id),
    voters: [...servers.keys()],
    addresses,
    own,
    configuration: formatEnsemble(servers),
    logger: SILENT,
    elected: (leader) => elected.push(leader),
  });
  ended.push(() => host.close());
  return { elected, host };
}

/** Listens where those who follow a server connect, and says whether one has. */
async function followerOf(leader: number, { servers }: Ensemble): Promise<{ readonly connected: boolean }> {
  const [way] = servers.get(serverId(leader))?.ways ?? [];
  const seen = { connected: false };
  const sockets: Socket[] = [];
  const port = createServer((socket) => {
    seen.connected = true;
    sockets.push(socket.on('error', () => undefined));
  });
  await new Promise<void>((resolve) => {
    port.listen(way?.quorum.port, '127.0.0.1', resolve);
  });
  ended.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => port.close(resolve));
  });
  return seen;
}

describe.skipIf(missing !== undefined)(`with Apache ZooKeeper${missing ? ` (${missing})` : ''}`, () => {
  it('ours elect an Apache server that is the larger one, which says so to one that comes later', async () => {
    const ensemble = await ensembleOf(3);
    await apache(3, ensemble);
    const two = await ours(2, ensemble);
    await until(() => two.elected.length > 0, TIMEOUT_MS);
    expect(two.elected).toEqual([3]);
    const one = await ours(1, ensemble);
    // A quorum follows: ours by its own word, the Apache server by its word that it leads.
    await until(() => one.elected.length > 0, TIMEOUT_MS);
    expect(one.elected).toEqual([3]);
  });

  it('an Apache server elects one of ours that has more, and says so to one that comes later', async () => {
    const ensemble = await ensembleOf(3);
    const follower = await followerOf(1, ensemble);
    const one = await ours(1, ensemble, { epoch: 1, zxid: { epoch: 1, counter: 5 } });
    await apache(3, ensemble);
    await until(() => one.elected.length > 0 && follower.connected, TIMEOUT_MS);
    expect([one.elected, one.host.role]).toEqual([[1], 'LEADING']);
    const two = await ours(2, ensemble);
    await until(() => two.elected.length > 0, TIMEOUT_MS);
    expect(two.elected).toEqual([1]);
  });

  it('an Apache server joins the leader of a quorum of ours, and counts from then on', async () => {
    const ensemble = await ensembleOf(3);
    const follower = await followerOf(3, ensemble);
    const [two, three] = [await ours(2, ensemble), await ours(3, ensemble)];
    await until(() => two.elected.length > 0 && three.elected.length > 0);
    const serving = { ...EMPTY, epoch: 1 };
    two.host.served(serving);
    three.host.served(serving);
    await apache(1, ensemble);
    await until(() => follower.connected, TIMEOUT_MS);
    // One that comes back needs two servers that follow or lead.
    await two.host.close();
    const again = await ours(2, ensemble);
    await until(() => again.elected.length > 0, TIMEOUT_MS);
    expect([again.elected, three.elected]).toEqual([[3], [3]]);
  });
});
