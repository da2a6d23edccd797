/** `zab conformance`: checks the specification and holds the implementation to it. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { ModelRun } from '../replay/model-conformance.ts';
import type { Subject } from '../replay/subject.ts';
import type { JsonValue } from '../tla/explore/companion.ts';
import type { LoadedModel } from '../tla/explore/model-check.ts';
import type { Path } from '../tla/explore/path.ts';
import { readModels } from '../tlc/models.ts';
import type { Subcommand } from './command.ts';
import { conformanceCorpus, type CorpusReport } from './corpus-conformance.ts';
import { UsageError } from './failure.ts';
import { findModel, readModel } from './models.ts';
import { defaultWorkers, wholeNumber } from './options.ts';
import { Progress } from './progress.ts';
import type { Terminal } from './terminal.ts';

interface ConformanceOptions {
  readonly full?: true;
  readonly minutes?: number;
  readonly workers: number;
  readonly out: string;
  readonly corpus: boolean;
  readonly everyAction?: true;
  readonly falsify?: string;
  readonly json?: true;
}

const FULL_MINUTES = 60;

export const conformance: Subcommand = {
  declare(program, run) {
    program
      .command('conformance')
      .description(
        'Check the specification, and drive peers and elections along every edge of its state graph.',
      )
      .argument(
        '[model...]',
        'models to explore, without the corpus; by default the set of models and the corpus',
      )
      .option('--full', 'the models with all faults, for as long as it takes; goes on where it was stopped')
      .option(
        '--minutes <n>',
        `with --full: stop each after so many minutes (default: ${FULL_MINUTES})`,
        wholeNumber(1),
      )
      .option('--workers <n>', 'threads that explore', wholeNumber(1, 1024), defaultWorkers())
      .option('--out <folder>', 'where mismatches and checkpoints go', '.zab')
      .option('--no-corpus', 'leave scenarios and corpus out')
      .option(
        '--every-action',
        'fail if there is an action that none of these models takes, as without model names',
      )
      .option('--falsify <variable>', 'compare this variable wrongly on purpose: the run must fail')
      .option('--json', 'print one JSON object')
      .action((models: string[], options: ConformanceOptions) => {
        run((terminal) => conform(models, options, terminal));
      });
  },
};

/** A model, and what of the implementation is held to it. */
interface HeldModel {
  readonly name: string;
  readonly model: LoadedModel;
  readonly subject: Subject;
}

/** How one model came out, for the exit status and for the summary. */
type Result = 'ok' | 'unfinished' | 'mismatch' | 'violation' | 'evaluation-error' | 'interrupted';

async function conform(
  named: readonly string[],
  options: ConformanceOptions,
  terminal: Terminal,
): Promise<number> {
  const started = performance.now();
  const { SUBJECTS } = await import('../replay/subjects.ts');
  const { falsify } = options;
  const variables = new Set(SUBJECTS.flatMap((subject) => subject.variables));
  if (falsify !== undefined && !variables.has(falsify)) {
    throw new UsageError(`--falsify ${falsify}: it must be one of ${[...variables].join(', ')}`);
  }
  if (options.minutes !== undefined && options.full !== true) {
    throw new UsageError('--minutes: it goes with --full');
  }
  const say = (line: string): void => {
    if (options.json !== true) terminal.out(`${line}\n`);
  };
  const names =
    options.full === true ? modelsOf('full') : named.length > 0 ? [...named] : modelsOf('conformance');
  const whole = options.full !== true && named.length === 0;
  const everyAction = whole || options.everyAction === true;
  // A model that cannot be walked is found before the first walk, not after minutes.
  const models: HeldModel[] = [];
  for (const name of names) models.push(await held(name, terminal));
  if (falsify !== undefined && !models.some(({ subject }) => subject.variables.includes(falsify))) {
    throw new UsageError(`--falsify ${falsify}: ${names.join(', ')} has no such variable`);
  }
  const reports: JsonValue[] = [];
  const runs: ModelRun[] = [];
  const results: Result[] = [];
  let mismatches = 0;

  for (const model of models) {
    const { run, result, trace } = await runOne(model, options, terminal, say);
    results.push(result);
    runs.push(run);
    if (run.mismatch !== undefined) mismatches += 1;
    reports.push(modelJson(run, result, trace));
    if (terminal.signal.aborted) break;
  }

  const taken = actionsTaken(runs);
  const never = [...taken].flatMap(([action, count]) => (count === 0 ? [action] : []));
  let corpus: CorpusReport | undefined;
  if (everyAction && !terminal.signal.aborted) {
    if (never.length > 0) say(`Actions that no model takes: ${never.join(', ')}.`);
    else say(`All ${taken.size} actions are taken.`);
  }
  if (whole && options.corpus && !terminal.signal.aborted) {
    corpus = await conformanceCorpus(terminal, say);
    mismatches += corpus.mismatches;
  }
  const sum = (field: (run: ModelRun) => number): number =>
    runs.reduce((total, run) => total + field(run), 0);
  const totals = {
    distinct: sum(({ figures }) => figures.distinct),
    edges: sum(({ edges }) => edges),
    edgesReplayed: sum(({ edgesReplayed }) => edgesReplayed),
    refusals: sum(({ refusals }) => refusals),
    crashPrefixes: sum(({ crashPrefixes }) => crashPrefixes),
  };
  const seconds = (performance.now() - started) / 1000;
  if (terminal.signal.aborted) say('Interrupted: what follows is what was done until then.');
  say(
    `${totals.distinct} distinct states, ${totals.edgesReplayed} of ${totals.edges} edges replayed, ` +
      `${mismatches} mismatches, ${seconds.toFixed(1)} s.`,
  );
  const status = exitStatusOf(results, everyAction && never.length > 0, corpus);
  if (options.json === true) {
    terminal.out(
      `${JSON.stringify({
        result:
          status === 0 ? 'ok' : status === 130 ? 'interrupted' : status === 3 ? 'evaluation-error' : 'failed',
        models: reports,
        ...totals,
        mismatches,
        actions: Object.fromEntries(taken),
        neverTaken: everyAction ? never : [],
        scenarios: corpus?.scenarios ?? [],
        corpus:
          corpus === undefined
            ? null
            : { traces: corpus.traces, steps: corpus.steps, differences: corpus.differences },
        seconds,
      })}\n`,
    );
  }
  return status;
}

function exitStatusOf(
  results: readonly Result[],
  actionsMissing: boolean,
  corpus: CorpusReport | undefined,
): number {
  if (results.includes('interrupted')) return 130;
  if (results.includes('evaluation-error')) return 3;
  if (results.includes('mismatch') || results.includes('violation') || actionsMissing) return 1;
  return corpus === undefined || corpus.holds ? 0 : 1;
}

/** Reads a model, and finds what of the implementation is held to it. */
async function held(name: string, terminal: Terminal): Promise<HeldModel> {
  const { loadModel } = await import('../tla/explore/model-check.ts');
  const { subjectOf } = await import('../replay/subjects.ts');
  const model = await loadModel(await readModel(findModel(name)), (line) => {
    terminal.note(`${line}\n`);
  });
  const subject = subjectOf(model.specification);
  if (subject === undefined) {
    throw new UsageError(`${name}: nothing in the implementation stands for what this model specifies`);
  }
  return { name, model, subject };
}

/**
 * How many steps were taken by each action of what was walked: `Module!Action`, since modules may use the same name.
 * Those that were never taken are there too.
 */
function actionsTaken(runs: readonly ModelRun[]): ReadonlyMap<string, number> {
  const taken = new Map<string, number>();
  for (const { subject } of runs)
    for (const action of subject.actions) taken.set(`${subject.module}!${action}`, 0);
  for (const { subject, taken: counts } of runs) {
    for (const [action, count] of counts) {
      const name = `${subject.module}!${action}`;
      taken.set(name, (taken.get(name) ?? 0) + count);
    }
  }
  return taken;
}

async function runOne(
  { name, model, subject }: HeldModel,
  options: ConformanceOptions,
  terminal: Terminal,
  say: (line: string) => void,
): Promise<{ run: ModelRun; result: Result; trace: string | undefined }> {
  const { runModel } = await import('../replay/model-conformance.ts');
  const report = await import('../tla/report/text.ts');
  const progress = new Progress(terminal);
  const print = (line: string): void => {
    progress.clear();
    terminal.note(`${line}\n`);
  };
  const { falsify } = options;
  const minutes = options.minutes ?? FULL_MINUTES;
  const limit = options.full === true ? AbortSignal.timeout(minutes * 60_000) : undefined;
  const signal = limit === undefined ? terminal.signal : AbortSignal.any([terminal.signal, limit]);
  const run = await runModel(name, model, {
    workers: options.workers,
    signal,
    print,
    onProgress: progress.update,
    ...(falsify !== undefined && subject.variables.includes(falsify)
      ? { lockstep: { falsified: falsify } }
      : {}),
    ...(options.full === true ? { checkpoint: join(options.out, name) } : {}),
  });
  progress.clear();
  const { figures, verdict, mismatch } = run;
  say(
    `${name}: ${figures.generated} generated, ${figures.distinct} distinct, depth ${figures.depth}; ` +
      `${run.edgesReplayed} of ${run.edges} edges replayed, ${run.refusals} refusals, ` +
      `${subject.crashPrefixes ? `${run.crashPrefixes} crash prefixes, ` : ''}${run.seconds.toFixed(1)} s`,
  );
  if (mismatch !== undefined || verdict.kind === 'found') {
    const path = mismatch?.path ?? (verdict.kind === 'found' ? verdict.path : []);
    const trace = await saveTrace(name, model.specification.variables, path, options.out);
    if (mismatch !== undefined) {
      say(`MISMATCH after ${path.length - 1} steps. ${mismatch.summary}`);
      for (const [index, step] of path.entries()) {
        if (step.action !== undefined) say(`  ${index}. ${report.actionText(step.action, step.args)}`);
      }
    } else say(report.verdictText(model.specification, { verdict, figures }));
    if (trace !== undefined)
      say(
        `Saved as ${trace}. To repeat: ${subject.replayed ? `npx zab replay --around ${trace}, or ` : ''}` +
          `npx zab conformance ${name}`,
      );
    const evaluation = verdict.kind === 'found' && verdict.finding.kind === 'evaluation';
    return {
      run,
      trace,
      result: mismatch !== undefined ? 'mismatch' : evaluation ? 'evaluation-error' : 'violation',
    };
  }
  if (verdict.kind === 'interrupted') {
    if (terminal.signal.aborted) return { run, trace: undefined, result: 'interrupted' };
    say(
      `Stopped after ${minutes} minutes, ${figures.queue} states left on queue; the same command goes on from here.`,
    );
    return { run, trace: undefined, result: 'unfinished' };
  }
  if (verdict.kind !== 'ok') {
    say(report.verdictText(model.specification, { verdict, figures }));
    return {
      run,
      trace: undefined,
      result: verdict.kind !== 'liveness' && verdict.finding !== undefined ? 'evaluation-error' : 'violation',
    };
  }
  // A run that did not compare all edges shows less than it says.
  if (run.edgesReplayed !== run.edges) {
    say(`${run.edges - run.edgesReplayed} edges of ${name} were not replayed.`);
    return { run, trace: undefined, result: 'mismatch' };
  }
  return { run, trace: undefined, result: 'ok' };
}

async function saveTrace(
  name: string,
  variables: readonly string[],
  path: Path,
  folder: string,
): Promise<string | undefined> {
  if (path.length === 0) return undefined;
  const { writeTrace } = await import('../tla/report/trace-file.ts');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `mismatch-${name}.itf.json`);
  writeTrace(file, variables, path);
  return file;
}

function modelJson(run: ModelRun, result: Result, trace: string | undefined): JsonValue {
  const { name, figures, edges, edgesReplayed, refusals, crashPrefixes, seconds, mismatch } = run;
  return {
    model: name,
    result,
    generated: figures.generated,
    distinct: figures.distinct,
    depth: figures.depth,
    queue: figures.queue,
    outside: figures.outside,
    edges,
    edgesReplayed,
    refusals,
    crashPrefixes,
    seconds,
    actions: Object.fromEntries(run.taken),
    ...(mismatch === undefined
      ? {}
      : {
          mismatch: { summary: mismatch.summary, detail: mismatch.detail, steps: mismatch.path.length - 1 },
        }),
    ...(trace === undefined ? {} : { trace }),
  };
}

/** Names of the models of a set. */
function modelsOf(set: string): string[] {
  const file = fileURLToPath(new URL('../../spec/models/index.json', import.meta.url));
  return readModels(file)
    .filter(({ sets }) => sets.includes(set))
    .map(({ name }) => name);
}
