/** The ensembles of a benchmark: gone when it is done with them. */
import { targetsOf, type ScenarioContext } from './benchmark-options.ts';
import { BenchmarkEnsemble, type TargetName } from './targets.ts';

/**
 * Starts an ensemble of each target, waits until all serve, and removes them when `use` is done with them: up all the
 * time, on one disk.
 */
export function withEnsembles<T>(
  context: ScenarioContext,
  use: (ensembles: readonly BenchmarkEnsemble[]) => Promise<T>,
): Promise<T> {
  return withEnsemblesOf(targetsOf(context.options), context, use);
}

/** The same, with something done to one ensemble after the other while all are up; what came of it, in their order. */
export function withEachEnsemble<T>(
  context: ScenarioContext,
  use: (ensemble: BenchmarkEnsemble) => Promise<T>,
): Promise<T[]> {
  return withEnsembles(context, (ensembles) => inTurn(ensembles, use));
}

/** Likewise, with each started when the one before is gone: the disk needs room for the data of one. */
export function withEachEnsembleAlone<T>(
  context: ScenarioContext,
  use: (ensemble: BenchmarkEnsemble) => Promise<T>,
): Promise<T[]> {
  return inTurn(targetsOf(context.options), (target) =>
    withEnsemblesOf([target], context, (ensembles) => inTurn(ensembles, use)),
  ).then((results) => results.flat());
}

async function withEnsemblesOf<T>(
  targets: readonly TargetName[],
  { options, progress }: ScenarioContext,
  use: (ensembles: readonly BenchmarkEnsemble[]) => Promise<T>,
): Promise<T> {
  const ensembles: BenchmarkEnsemble[] = [];
  try {
    for (const target of targets) {
      progress.starting(target);
      ensembles.push(await BenchmarkEnsemble.start(target, options.servers, options.directory));
    }
    for (const ensemble of ensembles) await ensemble.leader();
    return await use(ensembles);
  } finally {
    await Promise.all(ensembles.map((ensemble) => ensemble.remove()));
  }
}

async function inTurn<S, T>(items: readonly S[], work: (item: S) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}
