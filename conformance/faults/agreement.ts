/** After faults: is every acknowledged write there, on every server, at the same place in the same order? */
import { Client } from '../../impl/client/client.ts';
import { ServiceError } from '../../impl/client/errors.ts';
import { compareZxids, formatZxid, type Zxid } from '../../impl/broadcast/zxid.ts';
import { ErrorCode } from '../../impl/wire/client-reply.ts';
import { isConnectionFailure } from './connection-failure.ts';
import type { ServerProcess } from './server-process.ts';
import { until } from './waiting.ts';

const READ_MS_MAX = 60_000;

/** The zxid that created each node, and its data. */
type Nodes = ReadonlyMap<string, { readonly czxid: Zxid; readonly data: string }>;

/** What a server has. */
interface Contents {
  readonly rootIsThere: boolean;
  readonly nodes: Nodes;
}

/** What is wrong, one sentence each. Nothing, if all is well. */
export async function disagreements(
  servers: readonly ServerProcess[],
  root: string,
  acknowledged: readonly (readonly string[])[],
): Promise<string[]> {
  const contents = await Promise.all(servers.map((server) => contentsOf(server, root)));
  const [first] = contents;
  const found: string[] = [];
  if (first === undefined) return ['there is no server'];
  for (const [index, here] of contents.entries()) {
    const id = servers[index]?.id ?? 0;
    if (!here.rootIsThere) found.push(`server ${id} has lost ${root}, below which everything was written`);
    for (const names of acknowledged) {
      for (const name of names) {
        const node = here.nodes.get(name);
        if (node === undefined) found.push(`server ${id} has lost ${name}, which was acknowledged`);
        else if (node.data !== name) found.push(`server ${id} has ${name} with the data of ${node.data}`);
      }
    }
    found.push(...differences(first.nodes, here.nodes, servers[0]?.id ?? 0, id));
  }
  return found;
}

function differences(a: Nodes, b: Nodes, idOfA: number, idOfB: number): string[] {
  const found: string[] = [];
  for (const [name, { czxid }] of a) {
    const other = b.get(name);
    if (other === undefined) found.push(`server ${idOfA} has ${name}, server ${idOfB} has not`);
    else if (compareZxids(czxid, other.czxid) !== 0) {
      found.push(
        `${name} was created at ${formatZxid(czxid)} on server ${idOfA}, at ${formatZxid(other.czxid)} on server ${idOfB}`,
      );
    }
  }
  for (const name of b.keys()) {
    if (!a.has(name)) found.push(`server ${idOfB} has ${name}, server ${idOfA} has not`);
  }
  return found;
}

/** Reads all of it, and begins again where the server changes its role meanwhile. */
async function contentsOf(server: ServerProcess, root: string): Promise<Contents> {
  return until(`server ${server.id} tells what it has`, READ_MS_MAX, async () => {
    server.assertRunning();
    try {
      return await read(server, root);
    } catch (error) {
      if (isConnectionFailure(error)) return undefined;
      throw error;
    }
  });
}

async function read(server: ServerProcess, root: string): Promise<Contents> {
  const client = await Client.open({ servers: [server.client], sessionTimeoutMs: 10_000 });
  try {
    await client.sync(root);
    const names = await ifThere(client.getChildren(root));
    if (names === undefined) return { rootIsThere: false, nodes: new Map() };
    const nodes = new Map<string, { readonly czxid: Zxid; readonly data: string }>();
    await Promise.all(
      names.map(async (name) => {
        const node = await ifThere(client.getData(`${root}/${name}`));
        if (node === undefined) return;
        nodes.set(name, { czxid: node.stat.czxid, data: Buffer.from(node.data ?? []).toString() });
      }),
    );
    return { rootIsThere: true, nodes };
  } finally {
    await client.close();
  }
}

/** undefined where the node is not there. */
async function ifThere<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ServiceError && error.code === ErrorCode.NO_NODE) return undefined;
    throw error;
  }
}
