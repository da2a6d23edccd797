/**
 * `zab check-all`: every model that can be checked to its end, in one table; how far the long ones have come; random walks
 * through those that have no end; and what of the specification's text none of them meets.
 */
import { resolve } from 'node:path';

import type { CoverageUnion } from '../tla/report/coverage.ts';
import type { Model } from '../tlc/models.ts';
import { checkToItsEnd, walkAtRandom, type ModelRow, type RunOptions } from './check-row.ts';
import { legendLines, tableHead, tableLine } from './check-table.ts';
import type { Subcommand } from './command.ts';
import { UsageError } from './failure.ts';
import { explorationSoFar, soFarText, type SoFar } from './long-run.ts';
import { findModel, modelIndex } from './models.ts';
import { defaultWorkers, wholeNumber } from './options.ts';
import { Progress } from './progress.ts';
import type { Terminal } from './terminal.ts';

interface CheckAllOptions {
  readonly index?: string;
  readonly out: string;
  readonly workers: number;
  readonly walks: number;
  readonly depth: number;
  readonly seed: number;
  readonly coverage?: true;
  readonly json?: true;
}

export const checkAll: Subcommand = {
  declare(program, run) {
    program
      .command('check-all')
      .description('Check every model of spec/models that has an end, and print a table.')
      .argument('[model...]', 'names of models; by default all')
      .option('--index <file>', 'the list of models, which stand beside it (default: spec/models/index.json)')
      .option('--workers <n>', 'threads that explore', wholeNumber(1, 1024), defaultWorkers())
      .option('--walks <n>', 'random walks through each model without an end', wholeNumber(0), 20)
      .option('--depth <n>', 'states in a walk, at most', wholeNumber(1), 200)
      .option(
        '--seed <n>',
        'where the choices of the first walk come from; of the next one, from the number after it',
        wholeNumber(0, 2 ** 32 - 1),
        0,
      )
      .option('--out <folder>', 'where the checkpoints of long runs are', '.zab')
      .option(
        '--coverage',
        'print what of the specification none of the models meets; status 1 if there is such',
      )
      .option('--json', 'print one JSON object')
      .action((models: string[], options: CheckAllOptions) => {
        run((terminal) => checkModels(models, options, terminal));
      });
  },
};

async function checkModels(
  named: readonly string[],
  options: CheckAllOptions,
  terminal: Terminal,
): Promise<number> {
  const { readModels } = await import('../tlc/models.ts');
  const { CoverageUnion, coverageJson, coverageReport, unmet } = await import('../tla/report/coverage.ts');
  const index = options.index ?? modelIndex();
  const models = chosen(readList(readModels, index), named, index);
  const files = ({ name }: Model): ReturnType<typeof findModel> =>
    findModel(index.replace(/[^/\\]*$/, `${name}.tla`));

  const started = performance.now();
  const progress = new Progress(terminal);
  const union: CoverageUnion | undefined = options.coverage === true ? new CoverageUnion() : undefined;
  const run: RunOptions = { ...options, terminal, progress, ...(union === undefined ? {} : { union }) };
  const say = (line: string): void => {
    progress.clear();
    if (options.json !== true) terminal.out(`${line}\n`);
  };
  const rows: ModelRow[] = [];
  const add = (row: ModelRow): void => {
    rows.push(row);
    say(tableLine(row, rows, width));
  };
  const width = Math.max(5, ...models.map(({ name }) => name.length));
  say(tableHead(width));
  for (const model of models.filter(({ sets }) => sets.includes('check'))) {
    if (!terminal.signal.aborted) add(await checkToItsEnd(model.name, () => files(model), run));
  }
  for (const model of models.filter(({ sets }) => sets.includes('walk') && options.walks > 0)) {
    if (!terminal.signal.aborted) add(await walkAtRandom(model.name, () => files(model), run));
  }
  for (const line of legendLines(rows)) say(line);
  const long: SoFar[] = [];
  for (const { name, sets } of models.filter((model) => model.sets.includes('long'))) {
    long.push(await explorationSoFar(name, files({ name, sets }), options.out));
  }
  for (const soFar of long) say(soFarText(soFar));

  const seconds = (performance.now() - started) / 1000;
  // The modules of models are scaffolding around the specification: what they leave out stands in their configurations.
  const modules = union?.modules().filter(({ file }) => !resolve(file).startsWith(resolve(index, '..')));
  const uncovered = modules?.some((module) => unmet(module).length > 0) === true;
  if (modules !== undefined) say(coverageReport(modules));
  const holding = rows.filter(({ result }) => result === 'ok').length;
  if (terminal.signal.aborted) say('Interrupted: what stands above is what was done until then.');
  say(`${holding} of ${rows.length} models hold, ${seconds.toFixed(1)} s.`);
  const status = terminal.signal.aborted
    ? 130
    : Math.max(uncovered ? 1 : 0, ...rows.map((row) => row.status));
  if (options.json === true) {
    const object = {
      result: status === 0 ? 'ok' : status === 130 ? 'interrupted' : 'failed',
      models: rows.map((row) => row.json),
      long,
      ...(modules === undefined ? {} : { coverage: coverageJson(modules) }),
      seconds,
    };
    terminal.out(`${JSON.stringify(object)}\n`);
  }
  return status;
}

function readList(read: (index: string) => Model[], index: string): Model[] {
  try {
    return read(index);
  } catch (error) {
    // What the reader raises is a sentence for people.
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** The models of these names, in the order of the list; all if none are named. */
function chosen(models: readonly Model[], named: readonly string[], index: string): readonly Model[] {
  const unknown = named.find((name) => !models.some((model) => model.name === name));
  if (unknown !== undefined) throw new UsageError(`there is no model ${unknown} in ${index}`);
  return named.length === 0 ? models : models.filter(({ name }) => named.includes(name));
}
