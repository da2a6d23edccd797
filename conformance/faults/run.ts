/**
 * Servers as processes, killed, stopped and cut off from each other under load: `npm run faults`.
 *
 * Exit status 0: no acknowledged write was lost, and the servers agree; 1: something was lost or differs, or nothing could be
 * compared; 2: wrong use; 130: interrupted. The data and logs of a run that did not end well stay, and it says where.
 */
import { Command } from 'commander';

import { runNpmCommand } from '../cli/npm-command.ts';
import { wholeNumber } from '../cli/options.ts';
import { withEvidence } from './evidence.ts';
import { FaultError } from './fault-error.ts';
import { leaderOf } from './leader-of.ts';
import { logDisagreements } from './log-agreement.ts';
import { runRound, SETTINGS, type RoundResult } from './rounds.ts';

interface Options {
  readonly rounds: number;
  readonly seed: number;
  readonly size: number;
  readonly observers: number;
  readonly tickTime: number;
  readonly span: number;
  readonly clients: number;
  readonly window: number;
  readonly recoveryLimit: number;
  readonly fresh: number;
  readonly keep?: true;
}

const START_MS_MAX = 60_000;

const command = new Command('faults')
  .description('Rounds of faults under load: servers are killed, stopped, cut off and stalled.')
  .option('--rounds <n>', 'how many', wholeNumber(1), 20)
  .option('--seed <n>', 'the seed of the first round; the next ones have the next seeds', wholeNumber(0), 1)
  .option('--size <n>', 'servers that vote', wholeNumber(2), 3)
  .option('--observers <n>', 'further servers, which observe', wholeNumber(0), 0)
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
  .option(
    '--fresh <n>',
    'rounds that one ensemble goes through; then a new one begins without data',
    wholeNumber(1),
    25,
  )
  .option('--keep', 'keep the data and logs of the servers');

// Clients of servers that never came back may still wait for them.
process.exit(await runNpmCommand(command, run));

interface Totals {
  acknowledged: number;
  unknown: number;
  faults: number;
  compared: number;
  readonly recoveryMs: number[];
}

async function run(options: Options): Promise<number> {
  const { rounds, seed, fresh } = options;
  const begun = Date.now();
  const totals: Totals = { acknowledged: 0, unknown: 0, faults: 0, compared: 0, recoveryMs: [] };
  let wrong: readonly string[] = [];
  for (let from = seed; from < seed + rounds && wrong.length === 0; from += fresh) {
    wrong = await runOnFreshEnsemble(options, from, Math.min(from + fresh, seed + rounds), totals);
  }
  for (const sentence of wrong.slice(0, 20)) process.stdout.write(`WRONG: ${sentence}\n`);
  const recovery = totals.recoveryMs.sort((a, b) => a - b);
  process.stdout.write(
    `${recovery.length} rounds, ${totals.faults} faults, ${totals.acknowledged} writes acknowledged, ` +
      `${totals.unknown} unknown, ${totals.compared} transactions compared between logs, ` +
      `recovery median ${recovery[recovery.length >> 1] ?? 0} ms, longest ${recovery.at(-1) ?? 0} ms, ` +
      `${wrong.length} wrong, ${Math.round((Date.now() - begun) / 1000)} s\n`,
  );
  return wrong.length === 0 ? 0 : 1;
}

/** Rounds with the seeds from `from` up to, but without, `to`, on one ensemble; what is wrong. */
async function runOnFreshEnsemble(
  options: Options,
  from: number,
  to: number,
  totals: Totals,
): Promise<readonly string[]> {
  const { size, observers, tickTime, span, clients, window, recoveryLimit, keep } = options;
  const layout = { size, observers, tickTimeMs: tickTime, settings: SETTINGS, proxied: true };
  return withEvidence({ ...layout, name: 'faults', keep: keep === true }, async (ensemble) => {
    await leaderOf(ensemble.servers, START_MS_MAX);
    const wrong: string[] = [];
    let acknowledged = 0;
    for (let seed = from; seed < to && wrong.length === 0; seed++) {
      const result = await runRound(ensemble, {
        seed,
        spanMs: span,
        clients,
        window,
        recoveryMsMax: recoveryLimit,
      }).catch((error: unknown) => {
        if (error instanceof FaultError) throw new FaultError(`seed ${seed}: ${error.message}`);
        process.stdout.write(`seed ${seed} met an error that is none of the servers' faults\n`);
        throw error;
      });
      tell(result);
      acknowledged += result.acknowledged;
      totals.acknowledged += result.acknowledged;
      totals.unknown += result.unknown;
      totals.faults += result.faults.length;
      totals.recoveryMs.push(result.recoveryMs);
      wrong.push(...result.wrong);
    }
    if (acknowledged === 0) wrong.push('no write was acknowledged');
    await ensemble.stopServers();
    const { compared, found } = await logDisagreements(ensemble.servers);
    totals.compared += compared;
    if (compared === 0) wrong.push('no transaction was found in two logs');
    return [...wrong, ...found];
  });
}

function tell({ seed, faults, acknowledged, unknown, recoveryMs, wrong }: RoundResult): void {
  process.stdout.write(
    `seed ${seed}: ${faults.join(', ')}: ${acknowledged} acknowledged, ${unknown} unknown, ` +
      `serves again after ${recoveryMs} ms${wrong.length === 0 ? '' : `, ${wrong.length} WRONG`}\n`,
  );
}
