/** Three servers that vote and one that observes, in this process: real disks, real sockets. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import { Client } from '../client/client.ts';
import { ConnectionLostError } from '../client/errors.ts';
import { layOutEnsemble, type LaidOutServer } from './ensemble-layout.ts';
import { loadConfiguration } from './load-configuration.ts';
import { SILENT, type Logger } from './logger.ts';
import { ZabServer } from './server.ts';
import { until } from './testing/loopback.ts';

const TIMEOUT_MS = 30_000;

/** A server that can be stopped and started again, and what it said since it was last started. */
class Seat {
  readonly #laidOut: LaidOutServer;
  #server: ZabServer | undefined;
  said: string[] = [];

  constructor(laidOut: LaidOutServer) {
    this.#laidOut = laidOut;
  }

  get address() {
    return { host: '127.0.0.1', port: this.#laidOut.clientPort };
  }

  get mode(): ZabServer['mode'] {
    return this.#server?.mode ?? 'looking';
  }

  async start(): Promise<void> {
    this.said = [];
    const { configuration, myId } = await loadConfiguration(this.#laidOut.configurationFile);
    if (myId === undefined) throw new Error('each server has its id');
    const logger: Logger = { ...SILENT, info: (message) => this.said.push(message) };
    this.#server = await ZabServer.start({ configuration, myId, logger, failed: () => undefined });
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
    this.#server = undefined;
  }
}

const open: { clients: Client[]; seats: Seat[]; directories: string[] } = {
  clients: [],
  seats: [],
  directories: [],
};

afterEach(async () => {
  await Promise.all(open.clients.splice(0).map((client) => client.close().catch(() => undefined)));
  await Promise.all(open.seats.splice(0).map((seat) => seat.stop()));
  for (const directory of open.directories.splice(0)) await rm(directory, { recursive: true });
});

interface Observed {
  readonly voters: readonly Seat[];
  readonly observer: Seat;
}

async function start(): Promise<Observed> {
  const directory = await mkdtemp(path.join(tmpdir(), 'zab-observed-'));
  open.directories.push(directory);
  const laidOut = await layOutEnsemble({ size: 3, observers: 1, directory, tickTimeMs: 200 });
  const seats = laidOut.map((server) => new Seat(server));
  open.seats.push(...seats);
  await Promise.all(seats.map((seat) => seat.start()));
  const observer = seats.at(-1);
  if (observer === undefined) throw new Error('there are four');
  const voters = seats.slice(0, -1);
  await serving(...seats);
  return { voters, observer };
}

async function serving(...seats: readonly Seat[]): Promise<void> {
  await until(() => seats.every(({ mode }) => mode !== 'looking'), TIMEOUT_MS);
}

function leaderOf(voters: readonly Seat[]): Seat {
  const leader = voters.find(({ mode }) => mode === 'leader');
  if (leader === undefined) throw new Error('one of them leads');
  return leader;
}

async function clientOf(...seats: readonly Seat[]): Promise<Client> {
  const client = await Client.open({ servers: seats.map(({ address }) => address) });
  open.clients.push(client);
  return client;
}

/** Again when the connection was lost meanwhile. */
async function insist<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ConnectionLostError)) throw error;
    }
  }
}

async function dataAt(client: Client, node: string): Promise<string | undefined> {
  await client.sync();
  return (await client.getData(node)).data?.toString();
}

describe('an observer', () => {
  it('shows what was written elsewhere, and what is written through it is seen everywhere', async () => {
    const { voters, observer } = await start();
    expect(observer.mode).toBe('observer');
    const there = await clientOf(leaderOf(voters));
    const here = await clientOf(observer);
    await there.create('/there', Buffer.from('1'));
    expect(await dataAt(here, '/there')).toBe('1');
    await here.create('/here', Buffer.from('1'));
    await here.setData('/there', Buffer.from('2'));
    for (const voter of voters) {
      const client = await clientOf(voter);
      expect(await dataAt(client, '/here')).toBe('1');
      expect(await dataAt(client, '/there')).toBe('2');
    }
  });

  it('takes sessions over, and they go on elsewhere when it stops', async () => {
    const { voters, observer } = await start();
    const [voter = observer] = voters.filter(({ mode }) => mode === 'follower');
    const client = await clientOf(observer, voter);
    const { sessionId } = client;
    await client.create('/kept');
    await observer.stop();
    await insist(() => client.setData('/kept', Buffer.from('2')));
    await observer.start();
    await serving(observer);
    await voter.stop();
    await insist(() => client.setData('/kept', Buffer.from('3')));
    expect(client.sessionId).toBe(sessionId);
    expect(await dataAt(await clientOf(observer), '/kept')).toBe('3');
  });

  it('that stops costs the others nothing, and goes on from its disk with what it missed', async () => {
    const { voters, observer } = await start();
    const client = await clientOf(...voters);
    await client.create('/kept', Buffer.from('1'));
    expect(await dataAt(await clientOf(observer), '/kept')).toBe('1');
    await observer.stop();
    const modes = voters.map(({ mode }) => mode);
    // Longer than it takes to notice a server that is needed: syncLimit is a second.
    for (const until = Date.now() + 2000; Date.now() < until;)
      await client.setData('/kept', Buffer.from('2'));
    expect(voters.map(({ mode }) => mode)).toEqual(modes);
    await observer.start();
    await serving(observer);
    expect(await dataAt(await clientOf(observer), '/kept')).toBe('2');
    expect(observer.said).not.toContain('a snapshot takes the place of the log');
    expect(observer.said).not.toContain('the log is cut');
  });

  it('finds the next leader when its own is gone', async () => {
    const { voters, observer } = await start();
    const here = await clientOf(observer);
    await here.create('/kept', Buffer.from('1'));
    await leaderOf(voters).stop();
    await until(() => voters.some(({ mode }) => mode === 'leader'), TIMEOUT_MS);
    await serving(observer);
    await insist(() => here.setData('/kept', Buffer.from('2')));
    const there = await clientOf(leaderOf(voters));
    expect(await dataAt(there, '/kept')).toBe('2');
    expect(await dataAt(here, '/kept')).toBe('2');
  });

  it('makes no quorum: with two of three that vote gone, nobody serves', async () => {
    const { voters, observer } = await start();
    const leader = leaderOf(voters);
    await Promise.all(voters.filter((voter) => voter !== leader).map((voter) => voter.stop()));
    await until(() => leader.mode === 'looking' && observer.mode === 'looking', TIMEOUT_MS);
    for (const voter of voters) if (voter !== leader) await voter.start();
    await serving(...voters, observer);
  });
});
