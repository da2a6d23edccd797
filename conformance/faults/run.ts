/**
 * Servers as processes, killed, stopped and cut off from each other under load: `npm run faults`.
 *
 * Exit status 0: no acknowledged write was lost, and the servers agree; 1: something was lost or differs; 2: wrong use.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { Command } from 'commander';

import { wholeNumber } from '../cli/options.ts';
import { logDisagreements } from './log-agreement.ts';
import { FaultyEnsemble } from './faulty-ensemble.ts';
import { runRound, type RoundResult } from './rounds.ts';
import { FaultError, leaderOf } from './waiting.ts';

interface Options {
  readonly rounds: number;
  readonly seed: number;
  readonly size: number;
  readonly tickTime: number;
  readonly span: number;
  readonly clients: number;
  readonly window: number;
  readonly recoveryLimit: number;
  readonly keep?: true;
}

const START_MS_MAX = 60_000;

const command = new Command('faults')
  .description('Rounds of faults under load: servers are killed, stopped, cut off and stalled.')
  .option('--rounds <n>', 'how many', wholeNumber(1), 20)
  .option('--seed <n>', 'the seed of the first round; the next ones have the next seeds', wholeNumber(0), 1)
  .option('--size <n>', 'servers', wholeNumber(2), 3)
  .option('--tick-time <ms>', "ZooKeeper's tickTime", wholeNumber(20), 200)
  .option('--span <ms>', 'faults begin within that time', wholeNumber(1), 1500)
  .option('--clients <n>', 'clients that write', wholeNumber(1), 3)
  .option('--window <n>', 'requests that each has under way', wholeNumber(1), 8)
  .option(
    '--recovery-limit <ms>',
    'the ensemble serves again within that time after the faults',
    wholeNumber(1),
    60_000,
  )
  .option('--keep', 'keep the data and logs of the servers')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse();

// Clients of servers that never came back may still wait for them.
process.exit(await run(command.opts<Options>()));

async function run(options: Options): Promise<number> {
  const { rounds, seed, size, tickTime, span, clients, window, recoveryLimit, keep } = options;
  const directory = await mkdtemp(path.join(tmpdir(), 'zab-faults-'));
  const begun = Date.now();
  const totals = { acknowledged: 0, unknown: 0, faults: 0, recoveryMs: [] as number[] };
  let wrong: readonly string[] = [];
  const ensemble = await FaultyEnsemble.start({
    size,
    directory,
    tickTimeMs: tickTime,
    settings: ['snapCount=5000'],
    proxied: true,
  });
  let now = seed;
  try {
    await leaderOf(ensemble.servers, START_MS_MAX);
    for (; now < seed + rounds && wrong.length === 0; now++) {
      const result = await runRound(ensemble, {
        seed: now,
        spanMs: span,
        clients,
        window,
        recoveryMsMax: recoveryLimit,
      });
      tell(result);
      totals.acknowledged += result.acknowledged;
      totals.unknown += result.unknown;
      totals.faults += result.faults.length;
      totals.recoveryMs.push(result.recoveryMs);
      wrong = result.wrong;
    }
    await ensemble.stopServers();
    const logs = await logDisagreements(ensemble.servers);
    wrong = [...wrong, ...logs.found];
    process.stdout.write(`${logs.compared} transactions compared between the logs of two servers\n`);
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    wrong = [`seed ${now}: ${error.message}`];
  } finally {
    await ensemble.close();
    if (keep === true || wrong.length > 0) process.stdout.write(`data and logs: ${directory}\n`);
    else await rm(directory, { recursive: true, force: true });
  }
  for (const sentence of wrong.slice(0, 20)) process.stdout.write(`WRONG: ${sentence}\n`);
  const recovery = totals.recoveryMs.sort((a, b) => a - b);
  process.stdout.write(
    `${totals.recoveryMs.length} rounds, ${totals.faults} faults, ${totals.acknowledged} writes acknowledged, ` +
      `${totals.unknown} unknown, recovery median ${recovery[recovery.length >> 1] ?? 0} ms, longest ${recovery.at(-1) ?? 0} ms, ` +
      `${wrong.length} wrong, ${Math.round((Date.now() - begun) / 1000)} s\n`,
  );
  return wrong.length === 0 ? 0 : 1;
}

function tell({ seed, faults, acknowledged, unknown, recoveryMs, wrong }: RoundResult): void {
  process.stdout.write(
    `seed ${seed}: ${faults.join(', ')}: ${acknowledged} acknowledged, ${unknown} unknown, ` +
      `serves again after ${recoveryMs} ms${wrong.length === 0 ? '' : `, ${wrong.length} WRONG`}\n`,
  );
}
