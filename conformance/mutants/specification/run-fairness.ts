/**
 * `npm run fairness`: leaves out each assumption of fairness and sees that it is needed. Exit status 0 when each is, 1
 * when not, 2 for wrong use.
 */
import { Command } from 'commander';

import { DefinitionReader } from '../../tla/definitions.ts';
import { TlaError } from '../../tla/errors.ts';
import { runCommand } from '../command.ts';
import { CollectionError } from './collection.ts';
import { assumptionsOf, PROGRESS, without, type FairnessRow } from './fairness.ts';
import { lengthText } from './table.ts';

function rowText({ assumption, model, end }: FairnessRow): string {
  const verdict =
    end.result === 'liveness'
      ? `${end.violated ?? 'a property'} fails, ${lengthText(end)} steps, in ${model ?? ''}`
      : end.result === 'ok'
        ? 'NOT NEEDED: everything holds without it'
        : `FAILED: ${end.reason ?? end.violated ?? end.result}`;
  return `without ${assumption.padEnd(24)}  ${verdict}`;
}

interface Options {
  readonly json?: boolean;
}

async function main(
  named: readonly string[],
  { json = false }: Options,
  signal: AbortSignal,
): Promise<number> {
  const reader = await DefinitionReader.create();
  const known = PROGRESS.flatMap((progress) =>
    assumptionsOf(reader, progress).map((assumption) => ({ progress, assumption })),
  );
  const unknown = named.find((name) => !known.some(({ assumption }) => assumption === name));
  if (unknown !== undefined) throw new CollectionError(`there is no assumption of fairness ${unknown}`);
  const rows: FairnessRow[] = [];
  for (const { progress, assumption } of known) {
    if (named.length > 0 && !named.includes(assumption)) continue;
    const row = await without(progress, assumption, signal);
    rows.push(row);
    if (!json) process.stdout.write(`${rowText(row)}\n`);
  }
  const needed = rows.filter(({ end }) => end.result === 'liveness').length;
  if (json) process.stdout.write(`${JSON.stringify({ assumptions: rows, needed })}\n`);
  else process.stdout.write(`\n${needed} of ${rows.length} assumptions of fairness are needed.\n`);
  return needed === rows.length ? 0 : 1;
}

await runCommand(
  new Command('fairness')
    .description(
      'Leave out each assumption of fairness, and see that a property of progress fails without it.',
    )
    .argument('[name...]', 'assumptions, such as FairSync; by default all of them')
    .option('--json', 'print one JSON object'),
  main,
  [CollectionError, TlaError],
);
