/**
 * The corpus: a witness of each scenario and random walks, as ITF files with an index. Made from the specification
 * alone, the same bytes every time.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { writeItf, writeTextFile, type Trace } from '../tla-json-trace/index.ts';
import type { LoadedModel } from '../tla/explore/model-check.ts';
import type { Path } from '../tla/explore/path.ts';
import { randomWalk } from '../tla/explore/random-walk.ts';
import { Random } from '../tla/explore/random.ts';
import { findWitnesses } from '../tla/explore/witness.ts';
import { traceOf } from '../tla/report/trace-values.ts';
import { boundActionOf } from './model-actions.ts';
import { stepTeller } from './scenario-step.ts';
import { SCENARIOS } from './scenarios.ts';
import { Vocabulary } from './vocabulary.ts';

/** Walks made in each model: where the choices come from, and states in a walk. */
const WALKS: readonly {
  readonly model: string;
  readonly seeds: readonly number[];
  readonly depth: number;
}[] = [
  { model: 'pair', seeds: [1, 2, 3, 4], depth: 80 },
  { model: 'trio', seeds: [1, 2], depth: 80 },
  { model: 'full', seeds: [1, 2, 3, 4], depth: 80 },
];

export const INDEX_FILE = 'index.json';

export interface CorpusFile {
  readonly file: string;
  readonly kind: 'scenario' | 'walk';
  readonly model: string;
  readonly seed?: number;
  readonly states: number;
  /** What it shows, in a sentence. */
  readonly covers: string;
  /** For each milestone of a scenario, the state that its step leads to, from 0. */
  readonly milestones?: readonly number[];
  readonly actions: readonly string[];
}

export interface Corpus {
  /** Contents by name. */
  readonly files: ReadonlyMap<string, string>;
  readonly entries: readonly CorpusFile[];
  /** Scenarios that no behaviour of their model shows. */
  readonly missing: readonly { readonly name: string; readonly model: string; readonly milestone: number }[];
}

export interface CorpusOptions {
  /** Loads a model by its name. */
  readonly load: (name: string) => Promise<LoadedModel>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (what: string) => void;
}

/** Makes the corpus in memory. */
export async function makeCorpus({ load, signal, onProgress }: CorpusOptions): Promise<Corpus> {
  const files = new Map<string, string>();
  const entries: CorpusFile[] = [];
  const missing: { name: string; model: string; milestone: number }[] = [];
  let specification = '';
  const add = (
    name: string,
    path: Path,
    facts: Omit<CorpusFile, 'file' | 'states' | 'actions'>,
    variables: readonly string[],
  ): void => {
    const file = `${name}.itf.json`;
    const meta = new Map(Object.entries({ model: facts.model, covers: facts.covers }));
    files.set(file, writeItf(named(traceOf(variables, path, meta))));
    const actions = [
      ...new Set(path.flatMap(({ action }) => (action === undefined ? [] : [boundActionOf(action.name)]))),
    ];
    entries.push({ file, ...facts, states: path.length, actions: actions.sort() });
  };

  const models = [...new Set(SCENARIOS.map(({ model }) => model))];
  const found = new Map<
    string,
    { path: Path; milestones: readonly number[]; variables: readonly string[] }
  >();
  for (const name of models) {
    onProgress?.(`scenarios in ${name}`);
    const model = await load(name);
    specification = specificationDigest(model);
    const { servers } = new Vocabulary(model.specification);
    const tell = stepTeller(model.specification, servers);
    const told = SCENARIOS.filter((scenario) => scenario.model === name);
    const witnesses = await findWitnesses(
      model.specification,
      model.codec,
      told.map(({ name: title, milestones }) => ({
        name: title,
        milestones: milestones.map((milestone) => (edge) => milestone(tell(edge))),
      })),
      signal,
    );
    for (const witness of witnesses) {
      if (witness.kind === 'missing')
        missing.push({ name: witness.name, model: name, milestone: witness.milestone });
      else {
        const { path, milestones } = witness;
        found.set(witness.name, { path, milestones, variables: model.specification.variables });
      }
    }
  }
  for (const { name, sentence, model } of SCENARIOS) {
    const witness = found.get(name);
    if (witness === undefined) continue;
    const { path, milestones, variables } = witness;
    add(name, path, { kind: 'scenario', model, covers: sentence, milestones }, variables);
  }
  for (const { model: name, seeds, depth } of WALKS) {
    onProgress?.(`walks in ${name}`);
    const model = await load(name);
    for (const seed of seeds) {
      const { path } = randomWalk(model.specification, new Random(seed), depth);
      const covers = `A random walk of at most ${depth} states.`;
      add(
        `walk-${name}-${seed}`,
        path,
        { kind: 'walk', model: name, seed, covers },
        model.specification.variables,
      );
    }
  }
  const index = { specification: 'spec/Zab.tla', sha256: specification, traces: entries };
  files.set(INDEX_FILE, `${JSON.stringify(index, null, 2)}\n`);
  return { files, entries, missing };
}

/** Writes a corpus so that the folder holds the old one or the new one, never a part of either. */
export function writeCorpus(folder: string, { files }: Corpus): void {
  const parent = dirname(folder);
  mkdirSync(parent, { recursive: true });
  const fresh = join(parent, `.traces-${process.pid}`);
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh);
  try {
    for (const [name, content] of files) writeTextFile(join(fresh, name), content);
    const old = `${fresh}.old`;
    const replaces = existsSync(folder);
    if (replaces) renameSync(folder, old);
    try {
      renameSync(fresh, folder);
    } catch (error) {
      if (replaces) renameSync(old, folder);
      throw error;
    }
    rmSync(old, { recursive: true, force: true });
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    throw error;
  }
}

/** Files of a folder that are not what the corpus says, with what is wrong. */
export function compareCorpus(folder: string, { files }: Corpus): string[] {
  const there = new Set(
    existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith('.')) : [],
  );
  const wrong: string[] = [];
  for (const [name, content] of files) {
    if (!there.delete(name)) wrong.push(`${name} is missing`);
    else if (readFileSync(join(folder, name), 'utf8') !== content) wrong.push(`${name} differs`);
  }
  for (const name of there) wrong.push(`${name} is not made by the present specification`);
  return wrong;
}

/** The trace with actions under the names that Zab.tla gives them, without places in a model's own module. */
function named(trace: Trace): Trace {
  return {
    ...trace,
    states: trace.states.map((state) => {
      if (state.action === undefined) return state;
      const { name, parameters } = state.action;
      return { ...state, action: { name: boundActionOf(name), parameters } };
    }),
  };
}

/** Stands for the specification's own files; a model's are no part of it. */
function specificationDigest(model: LoadedModel): string {
  const hash = createHash('sha256');
  for (const file of model.specification.files.filter((path) => /(^|[/\\])Zab\.tla$/.test(path))) {
    hash.update(readFileSync(file));
  }
  return hash.digest('hex');
}
