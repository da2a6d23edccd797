/** The load that was asked for, on each target in turn (A B A B). */
import {
  thisMachine,
  type BenchmarkOptions,
  type Machine,
  type ScenarioContext,
} from './benchmark-options.ts';
import { withEnsembles } from './ensembles.ts';
import { runLoad, type RunResult } from './run-load.ts';
import { compare, summaryOf, type Comparison, type Summary } from './summary.ts';

export interface LoadScenarioResult extends Summary {
  readonly scenario: 'load';
  readonly op: 'setData';
  readonly options: BenchmarkOptions;
  readonly machine: Machine;
  readonly runs: readonly RunResult[];
  readonly against: Summary | undefined;
  readonly ratio: Comparison | undefined;
}

/** @throws BenchmarkError when it could not be brought to its end */
export async function runLoadScenario(context: ScenarioContext): Promise<LoadScenarioResult> {
  const { options, progress, signal } = context;
  const { runs, against, directory } = options;
  const results = await withEnsembles(context, async (ensembles) => {
    const found: RunResult[] = [];
    for (let run = 1; run <= runs; run++) {
      for (const ensemble of ensembles) {
        progress.running(ensemble.target, `run ${run}`);
        found.push(await runLoad(ensemble, { run, shape: options }, signal));
      }
    }
    return found;
  });
  const own = summaryOf('zab', results);
  const theirs = against === undefined ? undefined : summaryOf(against, results);
  return {
    scenario: 'load',
    op: 'setData',
    ...own,
    ratio: theirs === undefined ? undefined : compare(own, theirs),
    against: theirs,
    runs: results,
    options,
    machine: await thisMachine(directory),
  };
}
