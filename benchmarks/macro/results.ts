/** What a benchmark's scenarios result in. */
import type { DirectResult } from './direct-scenario.ts';
import type { KillLeaderResult } from './kill-leader-scenario.ts';
import type { LoadScenarioResult } from './load-scenario.ts';
import type { LogSizeResult } from './log-size-scenario.ts';
import type { PauseFollowerResult } from './pause-follower-scenario.ts';
import type { SweepResult } from './sweep-scenario.ts';

export type ScenarioResult =
  LoadScenarioResult | SweepResult | LogSizeResult | PauseFollowerResult | KillLeaderResult | DirectResult;

export type ScenarioName = ScenarioResult['scenario'];

export const SCENARIOS = [
  'load',
  'sweep',
  'log-size',
  'pause-follower',
  'kill-leader',
  'direct',
] as const satisfies readonly ScenarioName[];
