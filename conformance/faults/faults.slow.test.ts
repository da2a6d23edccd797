/** A sample of what `npm run faults` and `npm run failover` do at length: real processes, disks and sockets. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Client } from '../../impl/client/client.ts';
import { disagreements } from './agreement.ts';
import { FaultyEnsemble } from './faulty-ensemble.ts';
import { logDisagreements } from './log-agreement.ts';
import { runRound } from './rounds.ts';
import { leaderOf } from './waiting.ts';

const WAIT_MS = 60_000;

let directory = '';
let ensemble: FaultyEnsemble;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'zab-faults-test-'));
  ensemble = await FaultyEnsemble.start({
    size: 3,
    observers: 1,
    directory,
    tickTimeMs: 300,
    proxied: true,
  });
  await leaderOf(ensemble.servers, WAIT_MS);
});

afterEach(async () => {
  await ensemble.close();
  await rm(directory, { recursive: true, force: true });
});

describe('servers that are killed, stopped and cut off under load', () => {
  it('lose no acknowledged write and agree on every zxid', async () => {
    for (const seed of [2, 7]) {
      const result = await runRound(ensemble, {
        seed,
        spanMs: 1000,
        clients: 2,
        window: 4,
        recoveryMsMax: WAIT_MS,
      });
      expect(result.wrong).toEqual([]);
      expect(result.acknowledged).toBeGreaterThan(0);
    }
    await ensemble.stopServers();
    const { found, compared } = await logDisagreements(ensemble.servers);
    expect(found).toEqual([]);
    expect(compared).toBeGreaterThan(0);
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
});
