/**
 * How long an ensemble takes to start, and to serve again when its leader is killed under load: `npm run failover`.
 *
 * Exit status 0: no acknowledged write was lost and the limits were kept; 1: otherwise; 2: wrong use; 130: interrupted.
 */
import { setTimeout as delay } from 'node:timers/promises';

import { Command } from 'commander';

import { Client } from '../../impl/client/client.ts';
import { runNpmCommand } from '../cli/npm-command.ts';
import { wholeNumber } from '../cli/options.ts';
import { disagreements } from './agreement.ts';
import { withEvidence } from './evidence.ts';
import type { FaultyEnsemble } from './faulty-ensemble.ts';
import type { ServerProcess } from './server-process.ts';
import { leaderOf } from './leader-of.ts';
import { until } from './waiting.ts';
import { Workload } from './workload.ts';

interface Options {
  readonly runs: number;
  readonly size: number;
  readonly tickTime: number;
  readonly startLimit: number;
  readonly failoverLimit: number;
  readonly keep?: true;
}

const SESSION_TIMEOUT_MS = 10_000;
const LOAD_MS = 1000;
const WAIT_MS = 30_000;

const command = new Command('failover')
  .description('Kill the leader under load, again and again; how long until another one serves?')
  .option('--runs <n>', 'how often', wholeNumber(1), 20)
  .option('--size <n>', 'servers', wholeNumber(3), 3)
  .option('--tick-time <ms>', "ZooKeeper's tickTime", wholeNumber(20), 500)
  .option('--start-limit <ms>', 'the ensemble serves within that time', wholeNumber(1), 5000)
  .option('--failover-limit <ms>', 'the median of the failovers is at most that', wholeNumber(1), 3000)
  .option('--keep', 'keep the data and logs of the servers');

// Clients of servers that never came back may still wait for them.
process.exit(await runNpmCommand(command, run));

async function run({ runs, size, tickTime, startLimit, failoverLimit, keep }: Options): Promise<number> {
  const begun = Date.now();
  const times: number[] = [];
  let acknowledged = 0;
  const layout = { size, tickTimeMs: tickTime, proxied: false };
  const found = await withEvidence(
    { ...layout, name: 'failover', keep: keep === true },
    async (ensemble): Promise<readonly string[]> => {
      const wrong: string[] = [];
      await leaderOf(ensemble.servers, WAIT_MS);
      const startMs = Date.now() - begun;
      process.stdout.write(`${size} servers serve after ${startMs} ms\n`);
      if (startMs > startLimit) wrong.push(`the start took ${startMs} ms; the limit is ${startLimit} ms`);
      for (let index = 0; index < runs; index++) {
        const { failoverMs, count, lost } = await failover(ensemble, `/failover-${index}`);
        process.stdout.write(
          `${index + 1}: ${failoverMs} ms; ${count} writes acknowledged, ${lost.length} wrong\n`,
        );
        times.push(failoverMs);
        acknowledged += count;
        wrong.push(...lost);
      }
      await ensemble.stopServers();
      const median = medianOf(times);
      if (median > failoverLimit) wrong.push(`the median is ${median} ms; the limit is ${failoverLimit} ms`);
      return wrong;
    },
  );
  for (const sentence of found.slice(0, 20)) process.stdout.write(`WRONG: ${sentence}\n`);
  process.stdout.write(
    `${times.length} failovers, shortest ${Math.min(...times)} ms, median ${medianOf(times)} ms, ` +
      `longest ${Math.max(...times)} ms; ${acknowledged} writes acknowledged, ${found.length} wrong\n`,
  );
  return found.length === 0 ? 0 : 1;
}

function medianOf(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[times.length >> 1] ?? 0;
}

async function failover(
  ensemble: FaultyEnsemble,
  root: string,
): Promise<{ readonly failoverMs: number; readonly count: number; readonly lost: readonly string[] }> {
  const { servers } = ensemble;
  const leader = await leaderOf(servers, WAIT_MS);
  const others = servers.filter((server) => server !== leader);
  await withClient(servers, (client) => client.create(root));
  const workload = new Workload({
    addresses: servers.map(({ client }) => client),
    root,
    clients: 3,
    window: 16,
    sessionTimeoutMs: SESSION_TIMEOUT_MS,
  });
  await delay(LOAD_MS);
  const killed = Date.now();
  await leader.kill();
  await until('a new leader serves', WAIT_MS, () => writes(others, `${root}/probe-${Date.now()}`));
  const failoverMs = Date.now() - killed;
  leader.start();
  await leaderOf(servers, WAIT_MS);
  await workload.stop();
  const lost = [...workload.lost, ...(await disagreements(servers, root, workload.acknowledged))];
  if (workload.count === 0) lost.push(`no write below ${root} was acknowledged`);
  for (const server of servers) server.assertRunning();
  return { failoverMs, count: workload.count, lost };
}

/** True once a write through one of the servers is acknowledged. */
async function writes(servers: readonly ServerProcess[], node: string): Promise<true | undefined> {
  const modes = await Promise.all(servers.map((server) => server.mode()));
  if (!modes.includes('leader')) return undefined;
  try {
    await withClient(servers, (client) => client.create(node));
    return true;
  } catch {
    return undefined;
  }
}

async function withClient<T>(
  servers: readonly ServerProcess[],
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await Client.open({
    servers: servers.map(({ client: address }) => address),
    sessionTimeoutMs: SESSION_TIMEOUT_MS,
  });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}
