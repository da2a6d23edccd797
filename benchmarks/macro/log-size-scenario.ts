/** Does a server become slower as its log grows? Full load until the logs have a size that is asked for. */
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { ServerProcess } from '../../conformance/faults/server-process.ts';
import { BenchmarkError } from '../load/benchmark-error.ts';
import { grouped } from '../load/columns.ts';
import {
  thisMachine,
  type BenchmarkOptions,
  type Machine,
  type ScenarioContext,
} from './benchmark-options.ts';
import { withEachEnsembleAlone } from './ensembles.ts';
import { logBytesIn, sizesUpTo, throughputBySize, type LogSizeFigures } from './log-size.ts';
import { runLoad, type RunResult } from './run-load.ts';
import { leastToMost } from './summary.ts';
import type { BenchmarkEnsemble, TargetName } from './targets.ts';

export interface LogSizeRun {
  readonly target: TargetName;
  readonly sizes: readonly LogSizeFigures[];
  /** Of the sizes for which it had warmed up. */
  readonly leastToMost: number;
  readonly run: RunResult;
}

export interface LogSizeResult {
  readonly scenario: 'log-size';
  readonly options: BenchmarkOptions;
  /** Of each server; where the run ends. */
  readonly logBytes: number;
  readonly machine: Machine;
  readonly targets: readonly LogSizeRun[];
}

const MB = 1e6;
const BIN_MS = 100;
const LOOK_MS = 500;
/** Far longer than any run: its end is the size. */
const SECONDS_MAX = 30 * 86_400;
/** Disk that is needed, over what the logs take: snapshots, and what is written from one look to the next. */
const ROOM = 1.05;

/**
 * `logBytes`: of each server. `seconds` of the options is not used, and the log grows while the servers warm up, too: it
 * is small but then.
 * @throws BenchmarkError when it could not be brought to its end
 */
export async function runLogSize(context: ScenarioContext, logBytes: number): Promise<LogSizeResult> {
  const { options } = context;
  await assertRoom(options, logBytes);
  const targets = await withEachEnsembleAlone(context, (ensemble) => grow(context, ensemble, logBytes));
  const machine = await thisMachine(options.directory);
  return { scenario: 'log-size', options, logBytes, machine, targets };
}

/** A run is not to end because the disk is full, an hour after it began. */
async function assertRoom({ servers, directory }: BenchmarkOptions, logBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  const free = bavail * bsize;
  const needed = ROOM * servers * logBytes;
  if (needed <= free) return;
  const [neededMB, freeMB] = [needed, free].map((bytes) => grouped(bytes / MB));
  throw new BenchmarkError(
    `log-size: the logs of ${servers} servers need ${neededMB} MB of disk, and below ${directory} ${freeMB} MB are free; --dir names another place, --log-size a smaller size`,
  );
}

async function grow(
  { options, progress, signal }: ScenarioContext,
  ensemble: BenchmarkEnsemble,
  logBytes: number,
): Promise<LogSizeRun> {
  const { target } = ensemble;
  let bytesBefore = 0;
  let bytesAfter = 0;
  const run = await runLoad(
    ensemble,
    {
      run: 1,
      shape: { ...options, warmupSeconds: 0, seconds: SECONDS_MAX },
      binMs: BIN_MS,
      during: async ({ load, leader }) => {
        bytesBefore = bytesAfter = await logBytesOf(leader);
        for (let told = 0; bytesAfter < logBytes && !load.isOver();) {
          await delay(LOOK_MS);
          bytesAfter = await logBytesOf(leader);
          if (load.elapsedSeconds() - told < 10) continue;
          told = load.elapsedSeconds();
          progress.running(target, `${Math.round(bytesAfter / 1e6)} MB of log`);
        }
        load.stop();
        await load.measured;
        bytesAfter = await logBytesOf(leader);
      },
    },
    signal,
  );
  const { warmupSeconds } = options;
  const sizes = throughputBySize(run.timeline, bytesBefore, bytesAfter, warmupSeconds, sizesUpTo(logBytes));
  const warm = sizes.filter(({ warmingUp }) => !warmingUp);
  return { target, sizes, leastToMost: leastToMost(warm.map(({ opsPerSec }) => opsPerSec)), run };
}

function logBytesOf({ configurationFile }: ServerProcess): Promise<number> {
  return logBytesIn(path.join(path.dirname(configurationFile), 'data'));
}
