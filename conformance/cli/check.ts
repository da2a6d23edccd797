/** `zab check`: model-checks a model of this project, or any specification. */
import { Option } from 'commander';

import type { JsonValue } from '../tla/explore/companion.ts';
import type { Figures, Outcome } from '../tla/explore/outcome.ts';
import type { Simulation } from '../tla/explore/random-walk.ts';
import type { Specification } from '../tla/specification.ts';
import type { Subcommand } from './command.ts';
import { failureOf, UsageError } from './failure.ts';
import { findModel, readModel } from './models.ts';
import { defaultWorkers, minutes, wholeNumber } from './options.ts';
import { Progress } from './progress.ts';
import type { Terminal } from './terminal.ts';
import { walksJson, walksText } from './walk-report.ts';

interface CheckOptions {
  readonly config?: string;
  readonly workers: number;
  readonly engine: 'zab' | 'tlc';
  readonly checkpoint?: string;
  readonly checkpointEvery: number;
  readonly simulate?: true;
  readonly minutes?: number;
  readonly runs?: number;
  readonly depth?: number;
  readonly seed?: number;
  readonly dumpTrace?: string;
  readonly coverage?: true;
  readonly json?: true;
}

export const check: Subcommand = {
  declare(program, run) {
    program
      .command('check')
      .description('Explore all states of a model and check its invariants.')
      .argument('<model>', 'name of a model in spec/models, or a .tla file')
      .option('--config <file>', 'configuration file; by default the one beside the module')
      .option('--workers <n>', 'threads that explore', wholeNumber(1, 1024), defaultWorkers())
      .addOption(new Option('--engine <engine>', 'what explores').choices(['zab', 'tlc']).default('zab'))
      .option('--checkpoint <folder>', 'keep the exploration there; go on from what is there')
      .option('--checkpoint-every <minutes>', 'with --checkpoint: how often', minutes, 10)
      .option('--minutes <n>', 'with --checkpoint or --simulate: stop after that time', minutes)
      .option('--simulate', 'random walks instead of all states')
      .option(
        '--runs <n>',
        'with --simulate: number of walks (default: 100, or what fits into --minutes)',
        wholeNumber(1),
      )
      .option('--depth <n>', 'with --simulate: states in a walk, at most (default: 100)', wholeNumber(1))
      .option(
        '--seed <n>',
        'with --simulate: where the choices of the first walk come from; of the next one, from the number after it (default: 0)',
        wholeNumber(0, 2 ** 32 - 1),
      )
      .option(
        '--dump-trace <file>',
        'write the counterexample: .itf.json for ITF, any other .json for TLC’s form, .svg for a picture',
      )
      .option(
        '--coverage',
        'print for each action the states it found and generated, and what of the next-state relation was never met',
      )
      .option('--json', 'print one JSON object')
      .action((model: string, options: CheckOptions) => {
        run((terminal) => checkModel(model, options, terminal));
      });
  },
};

async function checkModel(name: string, options: CheckOptions, terminal: Terminal): Promise<number> {
  if (options.dumpTrace !== undefined && !/[.](json|svg)$/.test(options.dumpTrace)) {
    throw new UsageError(`--dump-trace ${options.dumpTrace}: the name must end in .itf.json, .json or .svg`);
  }
  if (options.checkpoint !== undefined && (options.simulate === true || options.engine === 'tlc')) {
    throw new UsageError(
      '--checkpoint keeps an exploration by our own engine; leave out --simulate and --engine',
    );
  }
  for (const option of ['runs', 'depth', 'seed'] as const) {
    if (options[option] !== undefined && options.simulate !== true) {
      throw new UsageError(`--${option} is for --simulate; add it, or leave --${option} out`);
    }
  }
  if (options.minutes !== undefined && options.simulate !== true && options.checkpoint === undefined) {
    throw new UsageError(
      '--minutes goes with --checkpoint, which keeps what was done until then, or with --simulate',
    );
  }
  const files = findModel(name, options.config);
  if (options.engine === 'tlc') {
    const { checkWithTlc } = await import('./tlc-engine.ts');
    return checkWithTlc(files, options, terminal);
  }
  const started = Date.now();
  const source = {
    ...(await readModel(files)),
    ...(options.coverage === undefined ? {} : { coverage: options.coverage }),
  };
  const { loadModel, modelCheck } = await import('../tla/explore/model-check.ts');
  const { simulate } = await import('../tla/explore/random-walk.ts');
  const report = await import('../tla/report/text.ts');
  const { exitStatus, outcomeJson, resultOf } = await import('../tla/report/json.ts');
  const { counterexampleOf } = await import('../tla/report/trace-values.ts');

  const progress = new Progress(terminal);
  const print = (line: string): void => {
    progress.clear();
    // Standard output belongs to the JSON object alone.
    if (options.json === true) terminal.note(`${line}\n`);
    else terminal.out(`${line}\n`);
  };
  const model = await loadModel(source, print);
  const { specification } = model;

  const limit = options.minutes === undefined ? undefined : AbortSignal.timeout(options.minutes * 60_000);
  const signal = limit === undefined ? terminal.signal : AbortSignal.any([terminal.signal, limit]);
  let outcome: Outcome;
  let simulation: Simulation | undefined;
  const { depth = 100, seed = 0, runs = limit === undefined ? 100 : Infinity } = options;
  const asked = { model: name, seed, depth };
  if (options.simulate === true) {
    outcome = simulation = await simulate(specification, model.codec, {
      runs,
      depth,
      seed,
      signal,
      onProgress: (walks) => {
        if (walks % 10 === 0) progress.show(`${walks}${runs === Infinity ? '' : ` of ${runs}`} walks`);
      },
    });
    model.takePrinted().forEach(print);
  } else {
    outcome = await modelCheck(model, {
      workers: options.workers,
      print,
      onProgress: progress.update,
      onLivenessProgress: (line) => {
        progress.show(line);
      },
      signal,
      ...(options.checkpoint === undefined
        ? {}
        : { checkpoint: options.checkpoint, checkpointEvery: options.checkpointEvery * 60_000 }),
    });
  }
  progress.clear();
  const seconds = (Date.now() - started) / 1000;
  const { verdict, figures } = outcome;
  // Last, so that a file that cannot be written does not cost the report.
  const dumpTrace = async (status: number): Promise<number> => {
    const trace = counterexampleOf(specification.variables, verdict);
    if (options.dumpTrace === undefined || trace === undefined) return status;
    const { writeCounterexample } = await import('./counterexample-file.ts');
    try {
      writeCounterexample(options.dumpTrace, trace);
      return status;
    } catch (error) {
      const failure = failureOf(error);
      if (failure === undefined) throw error;
      terminal.note(`zab: ${failure.line}\n`);
      return failure.status;
    }
  };
  const inTime = verdict.kind === 'interrupted' && !terminal.signal.aborted;
  // Walks are done when the time is over; an exploration is not.
  const result = !inTime ? resultOf(verdict) : simulation === undefined ? 'unfinished' : 'ok';
  const covered = await coverageOf(specification, figures);
  if (options.json === true) {
    const facts = { engine: 'zab', workers: options.simulate === true ? 1 : options.workers, seconds };
    const object = {
      ...outcomeJson(specification.variables, outcome, facts),
      result,
      ...(simulation === undefined ? {} : { walks: walksJson(simulation, asked) }),
      ...(covered === undefined ? {} : { coverage: covered.json }),
    };
    terminal.out(`${JSON.stringify(object)}\n`);
    return dumpTrace(exitStatus(result));
  }
  const lines = [
    result === 'unfinished'
      ? `Stopped after ${options.minutes ?? 0} minutes; the same command goes on from here.`
      : simulation !== undefined && result === 'ok'
        ? 'Simulation completed. No error has been found.'
        : report.verdictText(specification, outcome),
  ];
  if (options.coverage === true) lines.push(report.coverageText(figures));
  const never = report.actionsNeverTaken(figures);
  if (never.length > 0 && (verdict.kind === 'ok' || options.coverage === true)) {
    lines.push(`Actions never taken: ${never.join(', ')}.`);
  }
  if (covered !== undefined) lines.push(covered.text);
  lines.push(simulation === undefined ? report.figuresText(figures) : walksText(simulation, asked));
  lines.push(`Finished in ${seconds.toFixed(1)} s.`);
  terminal.out(`${lines.join('\n')}\n`);
  return dumpTrace(exitStatus(result));
}

/** What was met of the text, if that was counted. */
async function coverageOf(
  specification: Specification,
  figures: Figures,
): Promise<{ readonly text: string; readonly json: JsonValue } | undefined> {
  if (specification.coverage === undefined) return undefined;
  const { CoverageUnion, coverageJson, coverageReport } = await import('../tla/report/coverage.ts');
  const union = new CoverageUnion();
  union.add(specification.coverage.goals, figures.coverage ?? []);
  const modules = union.modules();
  return { text: coverageReport(modules), json: coverageJson(modules) };
}
