/** `zab check-all`: every model that can be checked to its end, in one table; and what of the text none of them meets. */
import type { Outcome } from '../tla/explore/outcome.ts';
import type { Configuration } from '../tla/specification.ts';
import type { Subcommand } from './command.ts';
import { UsageError } from './failure.ts';
import { findModel, readModel } from './models.ts';
import { defaultWorkers, wholeNumber } from './options.ts';
import { Progress } from './progress.ts';
import type { Terminal } from './terminal.ts';

interface CheckAllOptions {
  readonly workers: number;
  readonly coverage?: true;
  readonly json?: true;
}

/** Sets of `index.json` whose models are checked to their end. */
const FINITE = ['quick', 'conformance', 'check'];

export const checkAll: Subcommand = {
  declare(program, run) {
    program
      .command('check-all')
      .description('Check every model of spec/models that has an end, and print a table.')
      .argument('[model...]', 'names of models; by default all that have an end')
      .option('--workers <n>', 'threads that explore', wholeNumber(1, 1024), defaultWorkers())
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
  const { loadModel, modelCheck } = await import('../tla/explore/model-check.ts');
  const { exitStatus, figuresJson, resultOf } = await import('../tla/report/json.ts');
  const { CoverageUnion, coverageJson, coverageReport, unmet } = await import('../tla/report/coverage.ts');
  const known = readModels(indexFile());
  const finite = known.filter(({ sets }) => sets.some((set) => FINITE.includes(set))).map(({ name }) => name);
  const unknown = named.find((name) => !known.some((model) => model.name === name));
  if (unknown !== undefined) throw new UsageError(`there is no model ${unknown} in spec/models/index.json`);
  const names = named.length > 0 ? named : finite;

  const started = performance.now();
  const progress = new Progress(terminal);
  const union = new CoverageUnion();
  const rows = [];
  let status = 0;
  const say = (line: string): void => {
    progress.clear();
    if (options.json !== true) terminal.out(`${line}\n`);
  };
  say(row('model', 'generated', 'distinct', 'depth', 'result', 'seconds', 'checked'));
  for (const name of names) {
    const begun = performance.now();
    const source = {
      ...(await readModel(findModel(name))),
      ...(options.coverage === true ? { coverage: true } : {}),
    };
    const model = await loadModel(source, (line) => {
      terminal.note(`${line}\n`);
    });
    const outcome: Outcome = await modelCheck(model, {
      workers: options.workers,
      onProgress: progress.update,
      signal: terminal.signal,
    });
    const { figures, verdict } = outcome;
    const result = resultOf(verdict);
    const seconds = (performance.now() - begun) / 1000;
    const checked = checkedBy(source.configuration);
    if (model.specification.coverage !== undefined) {
      union.add(model.specification.coverage.goals, figures.coverage ?? []);
    }
    rows.push({ model: name, ...figuresJson(figures), result, seconds, ...checked });
    const { generated, distinct, depth } = figures;
    say(
      row(
        name,
        String(generated),
        String(distinct),
        String(depth),
        result,
        seconds.toFixed(1),
        [...checked.invariants, ...checked.properties].join(' '),
      ),
    );
    status = Math.max(status, exitStatus(result));
    if (terminal.signal.aborted) return status;
  }
  const seconds = (performance.now() - started) / 1000;
  // Modules of a model are its bounds; what they leave out is said in its configuration.
  const modules = union.modules().filter(({ file }) => !/[/\\]models[/\\]/.test(file));
  const covered = modules.every((module) => unmet(module).length === 0);
  if (options.coverage === true && !covered) status = Math.max(status, 1);
  if (options.json === true) {
    const coverage = options.coverage === true ? { coverage: coverageJson(modules) } : {};
    terminal.out(`${JSON.stringify({ models: rows, seconds, ...coverage })}\n`);
    return status;
  }
  if (options.coverage === true) say(`\n${coverageReport(modules)}`);
  const holding = rows.filter(({ result }) => result === 'ok').length;
  say(`\n${holding} of ${rows.length} models hold, ${seconds.toFixed(1)} s.`);
  return status;
}

function checkedBy({ invariants, properties }: Configuration): {
  readonly invariants: readonly string[];
  readonly properties: readonly string[];
} {
  return { invariants: invariants.map(({ name }) => name), properties: properties.map(({ name }) => name) };
}

/** One line of the table: text to the left, numbers to the right. */
function row(
  model: string,
  generated: string,
  distinct: string,
  depth: string,
  result: string,
  seconds: string,
  checked: string,
): string {
  return [
    model.padEnd(18),
    generated.padStart(9),
    distinct.padStart(9),
    depth.padStart(5),
    result.padEnd(8),
    seconds.padStart(7),
    checked,
  ].join('  ');
}

/** The index beside the models that `findModel` finds. */
function indexFile(): string {
  return findModel('quick').tla.replace(/quick\.tla$/, 'index.json');
}
