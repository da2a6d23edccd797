/** Loads a model and explores it: what `zab check` and the conformance harness build on. */
import { TlaError } from '../errors.ts';
import { checkLiveness, hasLiveness, requireLivenessModel } from '../liveness/liveness-check.ts';
import { loadSpecification, type Configuration, type Specification } from '../specification.ts';
import { CheckpointFolder, identityOf } from './checkpoint.ts';
import { loadCompanion, type CompanionSource } from './companion.ts';
import { Explorer } from './explorer.ts';
import type { Figures, Outcome } from './outcome.ts';
import { StateCodec } from './state-codec.ts';
import { startWorkers } from './worker-pool.ts';

/** A specification with its model: plain data, so that every thread can load it. */
export interface ModelSource {
  /** Path of the root module. */
  readonly tla: string;
  readonly configuration: Configuration;
  /** Folders searched for modules after the folder of the root module. */
  readonly libraries: readonly string[];
  /** Count what is met of the next-state relation; slower. */
  readonly coverage?: boolean;
}

/** A loaded model. What it prints while it is loaded goes out at once; later lines wait to be taken. */
export interface LoadedModel {
  readonly source: ModelSource;
  readonly specification: Specification;
  readonly codec: StateCodec;
  takePrinted(): readonly string[];
}

/**
 * Loads a model.
 * @throws TlaError for whatever is wrong with its files
 */
export async function loadModel(source: ModelSource, print: (line: string) => void): Promise<LoadedModel> {
  let loading = true;
  let printed: string[] = [];
  const specification = await loadSpecification(source.tla, source.configuration, {
    libraries: source.libraries,
    coverage: source.coverage ?? false,
    print: (line) => {
      if (loading) print(line);
      else printed.push(line);
    },
  });
  loading = false;
  requireBehaviour(source.configuration, specification);
  requireLivenessModel(specification);
  return {
    source,
    specification,
    codec: new StateCodec(specification),
    takePrinted: () => {
      const lines = printed;
      printed = [];
      return lines;
    },
  };
}

/** A specification with variables says nothing unless the model names its behaviours. */
function requireBehaviour(configuration: Configuration, { variables }: Specification): void {
  const { file, specification, init, next } = configuration;
  if (variables.length === 0 || specification !== undefined || (init !== undefined && next !== undefined))
    return;
  const missing = init === undefined ? 'INIT' : 'NEXT';
  throw new TlaError('configuration', `the model names no ${missing}: add SPECIFICATION, or INIT and NEXT`, {
    file,
    module: '',
    line: 1,
    column: 1,
    endLine: 1,
    endColumn: 1,
  });
}

export interface ModelCheckOptions {
  /** Threads that expand states; with 1 everything happens in the calling thread. */
  readonly workers: number;
  readonly companion?: CompanionSource;
  readonly print?: (line: string) => void;
  readonly onProgress?: (figures: Figures) => void;
  /** Called now and then while behaviours are looked at, with a line for people. */
  readonly onLivenessProgress?: (line: string) => void;
  readonly signal?: AbortSignal;
  readonly statesMax?: number;
  /** Bytes of waiting states kept in memory before they go to disk. */
  readonly frontierBytesMax?: number;
  /** Folder that keeps the exploration, so that it can go on after the process has ended; resumed if something is there. */
  readonly checkpoint?: string;
  /** Milliseconds from one checkpoint to the next. */
  readonly checkpointEvery?: number;
  /** States found by the calling thread before others are started; small models never need them. */
  readonly aloneStates?: number;
  /** States handed to a thread at once. */
  readonly blockStatesMax?: number;
}

const ALONE_STATES = 2000;

/**
 * Explores a model and, if all is well, checks what it demands of infinite behaviours; the latter only without a
 * companion. The outcome does not depend on the number of workers.
 */
export async function modelCheck(model: LoadedModel, options: ModelCheckOptions): Promise<Outcome> {
  const { specification, codec } = model;
  const { companion: companionSource, print } = options;
  const companion = companionSource && (await loadCompanion(companionSource, specification));
  const startThreads = (signal: AbortSignal): ReturnType<typeof startWorkers> =>
    startWorkers(
      options.workers,
      { ...model.source, ...(companionSource === undefined ? {} : { companion: companionSource }) },
      signal,
    );
  const explorer = new Explorer({
    specification,
    codec,
    takePrinted: () => model.takePrinted(),
    onPrinted: (lines) => {
      for (const line of lines) print?.(line);
    },
    ...(options.checkpoint === undefined
      ? {}
      : { checkpoint: checkpointFor(model, options.checkpoint, companionSource) }),
    ...(options.checkpointEvery === undefined ? {} : { checkpointEvery: options.checkpointEvery }),
    ...(options.blockStatesMax === undefined ? {} : { blockStatesMax: options.blockStatesMax }),
    aloneStates: options.aloneStates ?? ALONE_STATES,
    ...(companion === undefined ? {} : { companion }),
    ...(options.workers > 1 ? { startThreads } : {}),
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.statesMax === undefined ? {} : { statesMax: options.statesMax }),
    ...(options.frontierBytesMax === undefined ? {} : { frontierBytesMax: options.frontierBytesMax }),
  });
  const outcome = await explorer.explore();
  if (outcome.verdict.kind !== 'ok' || companion !== undefined || !hasLiveness(specification)) return outcome;
  return withLiveness(outcome, model, options);
}

async function withLiveness(
  explored: Outcome,
  model: LoadedModel,
  options: ModelCheckOptions,
): Promise<Outcome> {
  const { signal, onLivenessProgress, print } = options;
  const { verdict, figures: graph } = await checkLiveness(model.specification, model.codec, {
    ...(signal === undefined ? {} : { signal }),
    ...(onLivenessProgress === undefined ? {} : { onProgress: onLivenessProgress }),
  });
  // What the specification prints while it is explored a second time has been printed already.
  const printed = model.takePrinted();
  const outcome = graph === undefined ? explored : { ...explored, graph };
  switch (verdict.kind) {
    case 'holds':
      return outcome;
    case 'interrupted':
      return { ...outcome, verdict };
    case 'evaluation':
      for (const line of printed) print?.(line);
      return { ...outcome, verdict: { kind: 'found', finding: verdict.finding, path: verdict.path } };
    case 'violated': {
      const { property, behaviour } = verdict;
      return { ...outcome, verdict: { kind: 'liveness', property: property.name, ...behaviour } };
    }
  }
}

function checkpointFor(
  model: LoadedModel,
  folder: string,
  companion: CompanionSource | undefined,
): CheckpointFolder {
  const { specification, source } = model;
  return new CheckpointFolder(
    folder,
    identityOf(
      specification.files,
      source.configuration,
      JSON.stringify(companion?.options ?? null) + (source.coverage === true ? ' with coverage' : ''),
    ),
  );
}
