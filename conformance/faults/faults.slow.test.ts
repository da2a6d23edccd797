/** A sample of what `npm run faults` and `npm run failover` do at length: real processes, disks and sockets. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Client } from '../../impl/client/client.ts';
import { disagreements } from './agreement.ts';
import { FaultError } from './fault-error.ts';
import { FaultyEnsemble } from './faulty-ensemble.ts';
import { logDisagreements } from './log-agreement.ts';
import { runRound, SETTINGS } from './rounds.ts';
import { leaderOf } from './leader-of.ts';
import { Workload } from './workload.ts';

const WAIT_MS = 60_000;
const ROUND = { spanMs: 1000, clients: 2, window: 4, recoveryMsMax: WAIT_MS };

let directory = '';
let ensemble: FaultyEnsemble;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'zab-faults-test-'));
  ensemble = await FaultyEnsemble.start({
    size: 3,
    observers: 1,
    directory,
    tickTimeMs: 200,
    settings: SETTINGS,
    proxied: true,
  });
  await leaderOf(ensemble.servers, WAIT_MS);
}, WAIT_MS);

afterEach(async () => {
  await ensemble.close();
  await rm(directory, { recursive: true, force: true });
});

describe('servers that are killed, stopped and cut off under load', () => {
  it('lose no acknowledged write and agree on every zxid', async () => {
    for (const seed of [2, 8]) {
      const result = await runRound(ensemble, { ...ROUND, seed });
      expect(result.wrong).toEqual([]);
      expect(result.acknowledged).toBeGreaterThan(0);
    }
    await ensemble.stopServers();
    const { found, compared } = await logDisagreements(ensemble.servers);
    expect(found).toEqual([]);
    expect(compared).toBeGreaterThan(0);
  });
});

describe('a server that ends by itself', () => {
  const endFromOutside = async (): Promise<void> => {
    const { pid } = ensemble.servers[1] ?? {};
    if (pid === undefined) throw new Error('three servers were started');
    const before = Date.now();
    process.kill(pid, 'SIGKILL');
    while (ensemble.servers[1]?.running === true && Date.now() < before + WAIT_MS) await delay(20);
  };

  it('is not started again, and its end is reported with its log', async () => {
    await endFromOutside();
    expect(() => ensemble.servers[1]?.start()).toThrow(/server 2 has ended by itself \(SIGKILL\):\n.*\w/s);
    expect(() => {
      ensemble.heal();
    }).toThrow(FaultError);
    await expect(ensemble.stopServers()).rejects.toThrow(FaultError);
  });

  it('fails the round', async () => {
    const round = runRound(ensemble, { ...ROUND, seed: 5 });
    const failed = expect(round).rejects.toThrow(/server 2 has ended by itself/);
    await delay(100);
    await endFromOutside();
    await failed;
  });
});

describe('the comparison of servers', () => {
  it('finds a write that was acknowledged and is nowhere', async () => {
    const client = await Client.open({ servers: ensemble.servers.map((server) => server.client) });
    await client.create('/empty');
    await client.close();
    expect(await disagreements(ensemble.servers, '/empty', [['never-written']])).toEqual(
      [1, 2, 3, 4].map((id) => `server ${id} has lost never-written, which was acknowledged`),
    );
  });

  it('finds that the node is gone below which everything was written', async () => {
    expect(await disagreements(ensemble.servers, '/gone', [])).toEqual(
      [1, 2, 3, 4].map((id) => `server ${id} has lost /gone, below which everything was written`),
    );
    const workload = new Workload({
      addresses: ensemble.servers.map((server) => server.client),
      root: '/gone',
      clients: 1,
      window: 1,
      sessionTimeoutMs: 4000,
    });
    while (workload.running) await delay(20);
    await workload.stop();
    expect(workload.lost).toEqual(['/gone has been lost: create /gone/c0-0-0: NO_NODE']);
  });
});
