/** What a benchmark is asked for, whatever its scenario, and where it ran. */
import { cpus, release, totalmem, type } from 'node:os';

import { isInMemory } from '../load/in-memory.ts';
import type { LoadShape } from '../load/load-job.ts';
import type { TargetName } from './targets.ts';

export interface BenchmarkOptions extends LoadShape {
  readonly servers: number;
  /** How often each target is loaded. */
  readonly runs: number;
  readonly against: 'zookeeper' | undefined;
  /** Where the data of the servers is kept meanwhile. */
  readonly directory: string;
}

export interface Machine {
  readonly node: string;
  readonly system: string;
  readonly processor: string;
  readonly processors: number;
  readonly memoryBytes: number;
  /** Was the data kept where a sync costs nothing? */
  readonly inMemory: boolean;
}

export async function thisMachine(directory: string): Promise<Machine> {
  return {
    node: process.version,
    system: `${type()} ${release()}`,
    processor: cpus()[0]?.model ?? 'unknown',
    processors: cpus().length,
    memoryBytes: totalmem(),
    inMemory: await isInMemory(directory),
  };
}

export interface BenchmarkProgress {
  starting(target: TargetName): void;
  /** What is done now, in a few words. */
  running(target: TargetName, what: string): void;
}

/** What every scenario is given. */
export interface ScenarioContext {
  readonly options: BenchmarkOptions;
  readonly progress: BenchmarkProgress;
  readonly signal: AbortSignal;
}

/** What is measured, ours first. */
export function targetsOf({ against }: BenchmarkOptions): readonly TargetName[] {
  return against === undefined ? ['zab'] : ['zab', against];
}
