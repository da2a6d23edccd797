/**
 * Ensembles of our servers and Apache ZooKeeper's: `npm run mixed [scenario…]`.
 *
 * Exit status 0: all that was looked at holds (what was skipped is said); 1: something does not; 2: wrong use.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { Command } from 'commander';

import { whyNoApacheServer } from '../../impl/server/testing/apache-server.ts';
import { UsageError } from '../cli/failure.ts';
import { runNpmCommand } from '../cli/npm-command.ts';
import { play } from './play.ts';
import { Report } from './report.ts';
import { SCENARIOS } from './scenarios.ts';

interface Options {
  readonly keep?: true;
}

const command = new Command('mixed')
  .description('Ensembles in which our servers and those of Apache ZooKeeper take part, one after another.')
  .argument('[scenario...]', SCENARIOS.map(({ name, about }) => `${name}: ${about}`).join('; '))
  .option('--keep', 'keep the data and logs of the servers');

const status = await runNpmCommand(command, run);
// Every server has ended and every client is closed; the process was seen to go on after long runs all the same.
process.stdout.write('', () => process.exit(status));

async function run({ keep }: Options, names: readonly string[]): Promise<number> {
  const unknown = names.find((name) => SCENARIOS.every((scenario) => scenario.name !== name));
  if (unknown !== undefined) {
    throw new UsageError(
      `there is no scenario ${unknown}; there are ${SCENARIOS.map(({ name }) => name).join(', ')}`,
    );
  }
  const missing = whyNoApacheServer();
  if (missing !== undefined) {
    process.stdout.write(`SKIPPED, nothing was looked at: ${missing}\n`);
    return 0;
  }
  const report = new Report((line) => process.stdout.write(`${line}\n`));
  const directory = await mkdtemp(path.join(tmpdir(), 'zab-mixed-'));
  const begun = Date.now();
  const chosen = SCENARIOS.filter(({ name }) => names.length === 0 || names.includes(name));
  for (const scenario of chosen) await play(scenario, path.join(directory, scenario.name), report);
  if (keep === true || report.wrong.length > 0) process.stdout.write(`data and logs: ${directory}\n`);
  else await rm(directory, { recursive: true, force: true });
  process.stdout.write(
    `\n${chosen.length} scenarios, ${report.wrong.length} wrong, ${report.skipped.length} skipped, ` +
      `${Math.round((Date.now() - begun) / 1000)} s\n`,
  );
  return report.wrong.length === 0 ? 0 : 1;
}
