/** Do all servers, of whichever kind, show their clients the same nodes, to the last field of each Stat? */
import { Client } from '../../impl/client/client.ts';
import { formatZxid, type Zxid } from '../../impl/broadcast/zxid.ts';
import type { ServerProcess } from '../faults/server-process.ts';

const SESSION_TIMEOUT_MS = 20_000;
/** What ZooKeeper keeps there is each server's own. */
const RESERVED = '/zookeeper';
const SHOWN_MAX = 5;

export interface Comparison {
  readonly nodes: number;
  /** What differs, a sentence each. */
  readonly differences: readonly string[];
}

export async function compareContents(servers: readonly ServerProcess[]): Promise<Comparison> {
  const all = await Promise.all(
    servers.map(async (server) => ({ id: server.id, nodes: await contentsOf(server) })),
  );
  const [first, ...others] = all;
  if (first === undefined) return { nodes: 0, differences: ['there is no server'] };
  const differences = others.flatMap(({ id, nodes }) => {
    const paths = new Set([...first.nodes.keys(), ...nodes.keys()]);
    return [...paths]
      .filter((path) => first.nodes.get(path) !== nodes.get(path))
      .map(
        (path) =>
          `${path}: on server ${first.id} ${first.nodes.get(path) ?? 'missing'}; on server ${id} ${nodes.get(path) ?? 'missing'}`,
      );
  });
  return { nodes: first.nodes.size, differences: differences.slice(0, SHOWN_MAX) };
}

/** By path: data and Stat as text. */
async function contentsOf({ client: address }: ServerProcess): Promise<ReadonlyMap<string, string>> {
  return withClient(address, async (client) => {
    await client.sync();
    const nodes = new Map<string, string>();
    const paths = ['/'];
    for (let path = paths.pop(); path !== undefined; path = paths.pop()) {
      const { data, stat } = await client.getData(path);
      const text = JSON.stringify({ ...stat, data: Buffer.from(data ?? []).toString('hex') }, plain);
      if (path !== '/') nodes.set(path, text);
      for (const name of await client.getChildren(path)) {
        const child = path === '/' ? `/${name}` : `${path}/${name}`;
        if (child !== RESERVED) paths.push(child);
      }
    }
    return nodes;
  });
}

function plain(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `0x${value.toString(16)}`;
  return isZxid(value) ? formatZxid(value) : value;
}

function isZxid(value: unknown): value is Zxid {
  return typeof value === 'object' && value !== null && 'epoch' in value && 'counter' in value;
}

export async function withClient<T>(
  address: ServerProcess['client'],
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await Client.open({ servers: [address], sessionTimeoutMs: SESSION_TIMEOUT_MS });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}
