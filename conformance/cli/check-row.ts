/** One row of `zab check-all`: a model that was checked, or walked through. */
import type { JsonValue } from '../tla/explore/companion.ts';
import type { LoadedModel } from '../tla/explore/model-check.ts';
import type { Figures } from '../tla/explore/outcome.ts';
import type { CoverageUnion } from '../tla/report/coverage.ts';
import type { Configuration } from '../tla/specification.ts';
import { failureOf } from './failure.ts';
import { readModel, type ModelFiles } from './models.ts';
import type { Progress } from './progress.ts';
import type { Terminal } from './terminal.ts';
import { walksJson, walksText } from './walk-report.ts';

/** What the table shows of a model. */
export interface ModelRow {
  readonly model: string;
  /** One word, as `zab check --json` has it; `error` if the model could not be read. */
  readonly result: string;
  /** Exit status that the model alone would end with. */
  readonly status: number;
  /** Absent if nothing was explored to its end. */
  readonly figures?: Pick<Figures, 'generated' | 'distinct' | 'depth'>;
  readonly seconds: number;
  readonly invariants: readonly string[];
  readonly properties: readonly string[];
  /** What is to be said besides, a line each: what is violated, why nothing was checked, how far walks came. */
  readonly notes: readonly string[];
  readonly json: JsonValue;
}

export interface RunOptions {
  /** The list of models, if it is not the usual one: then models are not found by their names alone. */
  readonly index?: string;
  readonly workers: number;
  readonly walks: number;
  readonly depth: number;
  readonly seed: number;
  readonly terminal: Terminal;
  readonly progress: Progress;
  /** Gathers what is met of the text, if that is wanted. */
  readonly union?: CoverageUnion;
}

/** Explores the model and checks all that its configuration names. */
export function checkToItsEnd(name: string, find: () => ModelFiles, options: RunOptions): Promise<ModelRow> {
  return rowOf(name, find, options, async (model, begun, shown) => {
    const { modelCheck } = await import('../tla/explore/model-check.ts');
    const { exitStatus, outcomeJson, resultOf, violatedBy } = await import('../tla/report/json.ts');
    const { specification } = model;
    const outcome = await modelCheck(model, {
      workers: options.workers,
      onProgress: options.progress.update,
      onLivenessProgress: (line) => {
        options.progress.show(line);
      },
      signal: options.terminal.signal,
    });
    const { figures, verdict } = outcome;
    options.union?.add(specification.coverage?.goals ?? [], figures.coverage ?? []);
    const result = resultOf(verdict);
    const seconds = secondsSince(begun);
    const { property } = violatedBy(verdict);
    const facts = { engine: 'zab', workers: options.workers, seconds };
    return {
      result,
      status: exitStatus(result),
      figures,
      seconds,
      notes:
        result === 'ok' || result === 'interrupted'
          ? []
          : [`${property === null ? result : `${property} is violated`}; npx zab check ${shown} says how`],
      json: outcomeJson(specification.variables, outcome, facts),
    };
  });
}

/** Walks through the model at random, and checks on the way what its configuration names. */
export function walkAtRandom(name: string, find: () => ModelFiles, options: RunOptions): Promise<ModelRow> {
  return rowOf(name, find, options, async (model, begun, shown) => {
    const { simulate } = await import('../tla/explore/random-walk.ts');
    const { exitStatus, outcomeJson, resultOf } = await import('../tla/report/json.ts');
    const { specification, codec } = model;
    const { walks, depth, seed, terminal, progress } = options;
    const simulation = await simulate(specification, codec, {
      runs: walks,
      depth,
      seed,
      signal: terminal.signal,
      onProgress: (count) => {
        progress.show(`${name}: ${count} of ${walks} walks`);
      },
    });
    options.union?.add(specification.coverage?.goals ?? [], simulation.figures.coverage ?? []);
    const result = resultOf(simulation.verdict);
    const seconds = secondsSince(begun);
    const asked = { model: shown, seed, depth };
    const facts = { engine: 'zab', workers: 1, seconds };
    return {
      result,
      status: exitStatus(result),
      seconds,
      notes: walksText(simulation, asked).split('\n'),
      json: {
        ...outcomeJson(specification.variables, simulation, facts),
        walks: walksJson(simulation, asked),
      },
    };
  });
}

type Found = Pick<ModelRow, 'result' | 'status' | 'seconds' | 'notes' | 'figures'> & {
  readonly json: Readonly<Record<string, JsonValue>>;
};

/** Reads the model and does the work; a model that cannot be read is a row too, so that the others are still checked. */
async function rowOf(
  name: string,
  find: () => ModelFiles,
  { terminal, progress, union, index }: RunOptions,
  work: (model: LoadedModel, begun: number, shown: string) => Promise<Found>,
): Promise<ModelRow> {
  const begun = performance.now();
  try {
    const { loadModel } = await import('../tla/explore/model-check.ts');
    const files = find();
    const source = { ...(await readModel(files)), coverage: union !== undefined };
    const names = checkedBy(source.configuration);
    const model = await loadModel(source, (line) => {
      progress.clear();
      terminal.note(`${line}\n`);
    });
    const found = await work(model, begun, index === undefined ? name : files.tla);
    return { model: name, ...names, ...found, json: { model: name, ...names, ...found.json } };
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    return {
      model: name,
      result: 'error',
      status: failure.status,
      seconds: secondsSince(begun),
      invariants: [],
      properties: [],
      notes: [failure.line],
      json: { model: name, result: 'error', error: failure.json },
    };
  }
}

function secondsSince(begun: number): number {
  return (performance.now() - begun) / 1000;
}

function checkedBy(configuration: Configuration): Pick<ModelRow, 'invariants' | 'properties'> {
  return {
    invariants: configuration.invariants.map(({ name }) => name),
    properties: configuration.properties.map(({ name }) => name),
  };
}
