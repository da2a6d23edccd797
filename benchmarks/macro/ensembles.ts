/** The ensembles of a benchmark: up all the time, on one disk, and gone afterwards. */
import { targetsOf, type ScenarioContext } from './benchmark-options.ts';
import { BenchmarkEnsemble } from './targets.ts';

/** Starts an ensemble of each target, waits until all serve, and removes them when `use` is done with them. */
export async function withEnsembles<T>(
  { options, progress }: ScenarioContext,
  use: (ensembles: readonly BenchmarkEnsemble[]) => Promise<T>,
): Promise<T> {
  const ensembles: BenchmarkEnsemble[] = [];
  try {
    for (const target of targetsOf(options)) {
      progress.starting(target);
      ensembles.push(await BenchmarkEnsemble.start(target, options.servers, options.directory));
    }
    for (const ensemble of ensembles) await ensemble.leader();
    return await use(ensembles);
  } finally {
    await Promise.all(ensembles.map((ensemble) => ensemble.remove()));
  }
}

/** The same, with something done to one ensemble after the other while all are up; what came of it, in their order. */
export function withEachEnsemble<T>(
  context: ScenarioContext,
  use: (ensemble: BenchmarkEnsemble) => Promise<T>,
): Promise<T[]> {
  return withEnsembles(context, async (ensembles) => {
    const results: T[] = [];
    for (const ensemble of ensembles) results.push(await use(ensemble));
    return results;
  });
}
