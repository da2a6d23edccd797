/**
 * One of the three processes of the bare pipeline. Followers append what the leader sends, and acknowledge it by a count once
 * it is on disk; the leader does the same with what clients send, passes it on, and answers by a count once two of the three
 * have it. No elections, no zxids, no state: what is left is what any protocol must do.
 */
import type { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { BatchLog, LOG_BYTES, openFilled, type SyncWay } from './batch-log.ts';
import { CountReader, encodeCount } from './cumulative-count.ts';
import { FrameSplitter } from './frame-splitter.ts';

export interface PipelineJob {
  readonly file: string;
  readonly way: SyncWay;
  /** The ports of the two followers, for the leader. */
  readonly followers: readonly number[] | undefined;
}

export interface PipelineEvent {
  readonly port: number;
}

process.once('message', (message) => {
  const job = message as PipelineJob;
  const begun = job.followers === undefined ? follow(job) : lead(job, job.followers);
  void begun.then((server) => {
    // A TCP server that listens has an address with a port.
    process.send?.({ port: (server.address() as AddressInfo).port } satisfies PipelineEvent);
  });
});
process.once('disconnect', () => process.exit());

async function listen(accept: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ noDelay: true }, (socket) => {
    // The other end was ended: the benchmark is over.
    socket.on('error', () => undefined);
    accept(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function follow({ file, way }: PipelineJob): Promise<Server> {
  const handle = await openFilled(file, LOG_BYTES, way);
  return listen((leader) => {
    const frames = new FrameSplitter();
    const log = new BatchLog(handle, LOG_BYTES, way, (count) => {
      leader.write(encodeCount(count));
    });
    leader.on('data', (chunk: Buffer) => {
      frames.push(chunk, (whole, count) => {
        log.append(whole, count);
      });
    });
  });
}

interface PipelineClient {
  readonly socket: Socket;
  answered: number;
  /** Has it been answered less than it was committed? */
  behind: boolean;
}

async function lead({ file, way }: PipelineJob, ports: readonly number[]): Promise<Server> {
  const handle = await openFilled(file, LOG_BYTES, way);
  /** How many each of the three has on disk, the leader first. */
  const durable = [0, ...ports.map(() => 0)];
  const ways = new Answers();
  const reached = (server: number, count: number): void => {
    durable[server] = count;
    const sorted = durable.toSorted((a, b) => b - a);
    ways.commit(sorted[sorted.length >> 1] ?? 0);
  };
  const log = new BatchLog(handle, LOG_BYTES, way, (count) => {
    reached(0, count);
  });
  const followers = await Promise.all(
    ports.map(async (port, index) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      await once(socket, 'connect');
      const counts = new CountReader();
      socket.on('error', () => undefined);
      socket.on('data', (chunk: Buffer) => {
        const count = counts.push(chunk);
        if (count !== undefined) reached(index + 1, count);
      });
      return socket;
    }),
  );
  return listen((socket) => {
    const client: PipelineClient = { socket, answered: 0, behind: false };
    const frames = new FrameSplitter();
    socket.on('data', (chunk: Buffer) => {
      frames.push(chunk, (whole, count) => {
        for (const follower of followers) follower.write(whole);
        log.append(whole, count);
        ways.proposed(client, count);
      });
    });
  });
}

/** Whose requests were proposed, in order, so that each client is told of its own. */
class Answers {
  readonly #proposed: { readonly client: PipelineClient; left: number }[] = [];
  #committed = 0;

  proposed(client: PipelineClient, count: number): void {
    this.#proposed.push({ client, left: count });
  }

  commit(count: number): void {
    let newly = count - this.#committed;
    if (newly <= 0) return;
    this.#committed = count;
    const told: PipelineClient[] = [];
    let finished = 0;
    for (const entry of this.#proposed) {
      const { client } = entry;
      const part = Math.min(entry.left, newly);
      entry.left -= part;
      newly -= part;
      client.answered += part;
      if (!client.behind) told.push(client);
      client.behind = true;
      if (entry.left > 0) break;
      finished++;
      if (newly === 0) break;
    }
    this.#proposed.splice(0, finished);
    for (const client of told) {
      client.behind = false;
      client.socket.write(encodeCount(client.answered));
    }
  }
}
