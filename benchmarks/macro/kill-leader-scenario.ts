/** The leader is killed in the middle of the measured time; clients go to the other servers. */
import { setTimeout as delay } from 'node:timers/promises';

import { FaultError } from '../../conformance/faults/fault-error.ts';
import { until } from '../../conformance/faults/waiting.ts';
import {
  thisMachine,
  type BenchmarkOptions,
  type Machine,
  type ScenarioContext,
} from './benchmark-options.ts';
import { withEachEnsemble } from './ensembles.ts';
import { outageOf, type Outage } from './killed-leader.ts';
import { runLoad, type RunResult } from './run-load.ts';
import type { BenchmarkEnsemble, TargetName } from './targets.ts';

export interface KilledLeaderRun extends Outage {
  readonly target: TargetName;
  readonly killedAtSeconds: number;
  readonly run: RunResult;
}

export interface KillLeaderResult {
  readonly scenario: 'kill-leader';
  readonly options: BenchmarkOptions;
  readonly machine: Machine;
  readonly targets: readonly KilledLeaderRun[];
}

const BIN_MS = 100;
const ELECTION_MS_MAX = 60_000;

/** @throws BenchmarkError when it could not be brought to its end */
export async function runKillLeader(context: ScenarioContext): Promise<KillLeaderResult> {
  const { options } = context;
  const targets = await withEachEnsemble(context, (ensemble) => killIn(context, ensemble));
  return { scenario: 'kill-leader', options, machine: await thisMachine(options.directory), targets };
}

async function killIn(
  { options, progress, signal }: ScenarioContext,
  ensemble: BenchmarkEnsemble,
): Promise<KilledLeaderRun> {
  const { target, servers } = ensemble;
  let killedAtSeconds = 0;
  progress.running(target, 'full load; the leader is killed in the middle');
  const run = await runLoad(
    ensemble,
    {
      run: 1,
      shape: options,
      binMs: BIN_MS,
      reconnect: true,
      during: async ({ load, leader, note }) => {
        await Promise.race([delay((1000 * options.seconds) / 2), load.measured]);
        killedAtSeconds = load.elapsedSeconds();
        note(`leader ${leader.id} is killed`);
        await leader.kill();
        const next = await until('another server leads', ELECTION_MS_MAX, async () => {
          for (const server of servers) {
            if (server !== leader && (await server.mode()) === 'leader') return server;
          }
          return undefined;
        }).catch((error: unknown) => {
          if (error instanceof FaultError) return undefined;
          throw error;
        });
        if (next !== undefined) note(`server ${next.id} leads`);
      },
    },
    signal,
  );
  return { target, killedAtSeconds, ...outageOf(run.timeline, killedAtSeconds), run };
}
