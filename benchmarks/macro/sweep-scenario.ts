/**
 * How latency grows with throughput: one level of load after the other, on the same ensemble. The levels are requests
 * under way, over all connections, or requests a second.
 */
import {
  targetsOf,
  thisMachine,
  type BenchmarkOptions,
  type Machine,
  type ScenarioContext,
} from './benchmark-options.ts';
import { withEnsembles } from './ensembles.ts';
import { runLoad, type RunResult } from './run-load.ts';
import { leastToMost, summaryOf, type Summary } from './summary.ts';
import type { TargetName } from './targets.ts';
import type { LoadShape } from '../load/load-job.ts';

export type SweptBy = 'outstanding' | 'rate';

/** One target at one level. */
export interface SweptLevel extends Summary {
  readonly level: number;
}

export interface SweptRun extends RunResult {
  readonly level: number;
}

export interface SweepResult {
  readonly scenario: 'sweep';
  readonly sweptBy: SweptBy;
  readonly options: BenchmarkOptions;
  readonly machine: Machine;
  readonly levels: readonly SweptLevel[];
  /** Throughput at the level where it is least over that where it is most. */
  readonly leastToMost: readonly { readonly target: TargetName; readonly ratio: number }[];
  readonly runs: readonly SweptRun[];
}

/** @throws BenchmarkError when it could not be brought to its end */
export async function runSweep(
  context: ScenarioContext,
  sweptBy: SweptBy,
  levels: readonly number[],
): Promise<SweepResult> {
  const { options, progress, signal } = context;
  const measured = await withEnsembles(context, async (ensembles) => {
    const warmup = warmupShape(options, sweptBy, levels);
    for (const ensemble of ensembles) {
      if (warmup === undefined) break;
      progress.running(ensemble.target, 'warms up');
      await runLoad(ensemble, { run: 0, shape: warmup }, signal);
    }
    const found: SweptRun[] = [];
    for (const level of levels) {
      const shape = shapeAt(options, sweptBy, level);
      for (let run = 1; run <= options.runs; run++) {
        for (const ensemble of ensembles) {
          progress.running(ensemble.target, `${describeLevel(sweptBy, level)}, run ${run}`);
          found.push({ level, ...(await runLoad(ensemble, { run, shape }, signal)) });
        }
      }
    }
    return found;
  });
  const targets = targetsOf(options);
  const swept = levels.flatMap((level) => {
    const here = measured.filter((found) => found.level === level);
    return targets.map((target) => ({ level, ...summaryOf(target, here) }));
  });
  return {
    scenario: 'sweep',
    sweptBy,
    options,
    machine: await thisMachine(options.directory),
    levels: swept,
    leastToMost: targets.map((target) => {
      const own = swept.filter((level) => level.target === target);
      return { target, ratio: leastToMost(own.map(({ opsPerSec }) => opsPerSec)) };
    }),
    runs: measured,
  };
}

/**
 * Before the first level, the load of the largest, for as long as each level warms up; undefined for no time at all. What a
 * small load asks for is not enough for code to be compiled, and the first level would be measured without that: Java needs
 * more of it than Node.js.
 */
export function warmupShape(
  options: LoadShape,
  sweptBy: SweptBy,
  levels: readonly number[],
): LoadShape | undefined {
  const largest = levels.at(-1);
  if (largest === undefined || options.warmupSeconds === 0) return undefined;
  return { ...shapeAt(options, sweptBy, largest), warmupSeconds: 0, seconds: options.warmupSeconds };
}

/** The load at a level: no more connections than requests under way, and these spread evenly. */
export function shapeAt(options: LoadShape, sweptBy: SweptBy, level: number): LoadShape {
  const { connections, outstanding, payloadBytes, warmupSeconds, seconds } = options;
  const common = { payloadBytes, warmupSeconds, seconds };
  if (sweptBy === 'rate') return { ...common, connections, outstanding, ratePerSecond: level };
  const used = Math.min(connections, level);
  return { ...common, connections: used, outstanding: level / used, ratePerSecond: undefined };
}

export function describeLevel(sweptBy: SweptBy, level: number): string {
  return sweptBy === 'rate' ? `${level} a second` : `${level} outstanding`;
}
