/**
 * A follower is stopped (SIGSTOP) for a while under full load, and goes on (SIGCONT): what the others notice of it, what
 * the leader keeps for it, and how long it takes until it has caught up. Clients are connected to the others.
 */
import { setTimeout as delay } from 'node:timers/promises';

import {
  thisMachine,
  type BenchmarkOptions,
  type Machine,
  type ScenarioContext,
} from './benchmark-options.ts';
import { hasCaughtUp } from './caught-up.ts';
import { withEachEnsemble } from './ensembles.ts';
import { runLoad, type RunResult } from './run-load.ts';
import type { ServerProcess } from '../../conformance/faults/server-process.ts';
import type { BenchmarkEnsemble, TargetName } from './targets.ts';

export interface PausedFollowerRun {
  readonly target: TargetName;
  readonly pausedAtSeconds: number;
  readonly resumedAtSeconds: number;
  /** From SIGCONT on; undefined when it did not while it was waited for. */
  readonly caughtUpMs: number | undefined;
  readonly run: RunResult;
}

export interface PauseFollowerResult {
  readonly scenario: 'pause-follower';
  readonly options: BenchmarkOptions;
  readonly pauseSeconds: number;
  readonly machine: Machine;
  readonly targets: readonly PausedFollowerRun[];
}

/** Seconds of load before the follower stops, and after it has caught up. */
const BESIDE_SECONDS = 5;
const CATCH_UP_SECONDS_MAX = 120;
const LOOK_MS = 50;

/**
 * `seconds` of the options is not used: the run takes as long as the pause and what comes after it.
 * @throws BenchmarkError when it could not be brought to its end
 */
export async function runPauseFollower(
  context: ScenarioContext,
  pauseSeconds: number,
): Promise<PauseFollowerResult> {
  const { options } = context;
  const targets = await withEachEnsemble(context, (ensemble) => pauseIn(context, ensemble, pauseSeconds));
  const machine = await thisMachine(options.directory);
  return { scenario: 'pause-follower', options, pauseSeconds, machine, targets };
}

async function pauseIn(
  { options, progress, signal }: ScenarioContext,
  ensemble: BenchmarkEnsemble,
  pauseSeconds: number,
): Promise<PausedFollowerRun> {
  const { target, servers } = ensemble;
  const pausedIn = (leader: ServerProcess): ServerProcess => {
    const follower = servers.find((server) => server !== leader);
    if (follower === undefined) throw new Error('an ensemble has a follower');
    return follower;
  };
  let pausedAtSeconds = 0;
  let resumedAtSeconds = 0;
  let caughtUpMs: number | undefined;
  progress.running(target, `full load; a follower is stopped for ${pauseSeconds} s`);
  const run = await runLoad(
    ensemble,
    {
      run: 1,
      shape: { ...options, seconds: 2 * BESIDE_SECONDS + pauseSeconds + CATCH_UP_SECONDS_MAX },
      clientsOf: (leader) => servers.filter((server) => server !== pausedIn(leader)),
      during: async ({ load, leader, note }) => {
        const follower = pausedIn(leader);
        await Promise.race([delay(1000 * BESIDE_SECONDS), load.measured]);
        pausedAtSeconds = load.elapsedSeconds();
        note(`follower ${follower.id} is stopped`);
        try {
          await follower.pause();
          await Promise.race([delay(1000 * pauseSeconds), load.measured]);
        } finally {
          follower.resume();
        }
        resumedAtSeconds = load.elapsedSeconds();
        note(`follower ${follower.id} goes on`);
        while (!load.isOver() && load.elapsedSeconds() - resumedAtSeconds < CATCH_UP_SECONDS_MAX) {
          if (await hasCaughtUp(leader.client, follower.client)) {
            caughtUpMs = Math.round(1000 * (load.elapsedSeconds() - resumedAtSeconds));
            note(`follower ${follower.id} has caught up`);
            break;
          }
          await delay(LOOK_MS);
        }
        await Promise.race([delay(1000 * BESIDE_SECONDS), load.measured]);
        load.stop();
      },
    },
    signal,
  );
  return { target, pausedAtSeconds, resumedAtSeconds, caughtUpMs, run };
}
