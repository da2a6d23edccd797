/** A scenario with what it needs, and its run. */
import type { BenchmarkOptions, ScenarioContext } from './benchmark-options.ts';
import { runDirect } from './direct-scenario.ts';
import { runKillLeader } from './kill-leader-scenario.ts';
import { runLoadScenario } from './load-scenario.ts';
import { runLogSize } from './log-size-scenario.ts';
import { runPauseFollower } from './pause-follower-scenario.ts';
import type { ScenarioResult } from './results.ts';
import { runSweep, type SweptBy } from './sweep-scenario.ts';

export type ScenarioPlan = { readonly options: BenchmarkOptions } & (
  | { readonly scenario: 'load' | 'kill-leader' | 'direct' }
  | { readonly scenario: 'sweep'; readonly sweptBy: SweptBy; readonly levels: readonly number[] }
  /** Bytes of log of each server. */
  | { readonly scenario: 'log-size'; readonly logBytes: number }
  | { readonly scenario: 'pause-follower'; readonly pauseSeconds: number }
);

/** @throws BenchmarkError when it could not be brought to its end */
export function runScenario(plan: ScenarioPlan, context: ScenarioContext): Promise<ScenarioResult> {
  switch (plan.scenario) {
    case 'load':
      return runLoadScenario(context);
    case 'sweep':
      return runSweep(context, plan.sweptBy, plan.levels);
    case 'log-size':
      return runLogSize(context, plan.logBytes);
    case 'pause-follower':
      return runPauseFollower(context, plan.pauseSeconds);
    case 'kill-leader':
      return runKillLeader(context);
    case 'direct':
      return runDirect(context);
  }
}
