/** What `zab bench` is asked to do, made of its arguments; what makes no sense together is refused. */
import { InvalidArgumentError } from 'commander';

import type { BenchmarkOptions } from '../../benchmarks/macro/benchmark-options.ts';
import type { ScenarioName } from '../../benchmarks/macro/results.ts';
import type { ScenarioPlan } from '../../benchmarks/macro/scenarios.ts';
import { UsageError } from './failure.ts';

/** As the options are read; undefined: not given. */
export interface BenchArguments {
  readonly op: 'setData';
  readonly connections?: number;
  readonly outstanding?: number;
  readonly rate?: number;
  readonly payload: number;
  readonly seconds?: number;
  readonly minutes?: number;
  readonly warmup: number;
  readonly servers: number;
  readonly runs?: number;
  readonly against?: 'zookeeper';
  readonly dir: string;
  readonly levels?: readonly number[];
  readonly rates?: readonly number[];
  readonly logSize?: number;
  readonly pause?: number;
  readonly html?: string;
  readonly results?: readonly string[];
  readonly json?: true;
}

const CONNECTIONS = 6;
/** So that each has from one to a thousand requests under way, which is as many as a server takes. */
const CONNECTIONS_SWEPT = 10;
export const OUTSTANDING = 200;
/** In an open loop the rate decides how many are under way; this bounds memory. */
const OUTSTANDING_OPEN = 10_000;
export const LEVELS: readonly number[] = [10, 30, 100, 300, 1000, 3000, 10_000];
export const LOG_BYTES = 1e9;
export const PAUSE_SECONDS = 10;
const SECONDS: Readonly<Record<ScenarioName, number>> = {
  load: 10,
  sweep: 5,
  'log-size': 0,
  'pause-follower': 0,
  'kill-leader': 20,
  direct: 5,
};

type Given = Exclude<
  keyof BenchArguments,
  'op' | 'payload' | 'warmup' | 'servers' | 'dir' | 'html' | 'results' | 'json'
>;

/** How an option is written, for the line that refuses it. */
const FLAGS: Readonly<Record<Given, string>> = {
  connections: '--connections',
  outstanding: '--outstanding',
  rate: '--rate',
  seconds: '--seconds',
  minutes: '--minutes',
  runs: '--runs',
  against: '--against',
  levels: '--levels',
  rates: '--rates',
  logSize: '--log-size',
  pause: '--pause',
};

/** What an option means nothing to. */
const WITHOUT: Readonly<Record<ScenarioName, readonly Given[]>> = {
  load: ['levels', 'rates', 'logSize', 'pause'],
  sweep: ['outstanding', 'rate', 'logSize', 'pause'],
  'log-size': ['rate', 'seconds', 'minutes', 'runs', 'levels', 'rates', 'pause'],
  'pause-follower': ['seconds', 'minutes', 'runs', 'levels', 'rates', 'logSize'],
  'kill-leader': ['runs', 'levels', 'rates', 'logSize', 'pause'],
  direct: ['rate', 'against', 'levels', 'rates', 'logSize', 'pause'],
};

/**
 * The scenarios with their options, in the order in which they were asked for; the load alone when none was.
 * @throws UsageError when they make no sense
 */
export function plansOf(names: readonly ScenarioName[], given: BenchArguments): readonly ScenarioPlan[] {
  const scenarios: readonly ScenarioName[] = names.length === 0 ? ['load'] : names;
  if (new Set(scenarios).size < scenarios.length) throw new UsageError('a scenario is named twice');
  for (const flag of Object.keys(FLAGS) as readonly Given[]) {
    // With several scenarios an option counts for those that know it.
    if (given[flag] === undefined || !scenarios.every((scenario) => WITHOUT[scenario].includes(flag)))
      continue;
    throw new UsageError(`${FLAGS[flag]} means nothing to ${scenarios.join(', ')}`);
  }
  if (given.seconds !== undefined && given.minutes !== undefined) {
    throw new UsageError('--seconds and --minutes say the same: give one of them');
  }
  if (given.levels !== undefined && given.rates !== undefined) {
    throw new UsageError('--levels and --rates are two ways to sweep: give one of them');
  }
  return scenarios.map((scenario) => planOf(scenario, given));
}

function planOf(scenario: ScenarioName, all: BenchArguments): ScenarioPlan {
  const given = known(scenario, all);
  const { levels, rates, logSize, pause } = given;
  const options = optionsOf(scenario, given);
  switch (scenario) {
    case 'load':
    case 'kill-leader':
    case 'direct':
      return { scenario, options };
    case 'sweep':
      return rates === undefined
        ? { scenario, options, sweptBy: 'outstanding', levels: levels ?? LEVELS }
        : { scenario, options, sweptBy: 'rate', levels: rates };
    case 'log-size':
      return { scenario, options, logBytes: logSize ?? LOG_BYTES };
    case 'pause-follower':
      return { scenario, options, pauseSeconds: pause ?? PAUSE_SECONDS };
  }
}

/** Without what means nothing to the scenario. */
function known(scenario: ScenarioName, given: BenchArguments): BenchArguments {
  const hidden = Object.fromEntries(WITHOUT[scenario].map((flag) => [flag, undefined]));
  return { ...given, ...hidden };
}

function optionsOf(scenario: ScenarioName, given: BenchArguments): BenchmarkOptions {
  const { connections, outstanding, rate, seconds, minutes, runs, against, rates } = given;
  const open = rate !== undefined || (scenario === 'sweep' && rates !== undefined);
  const measured = minutes === undefined ? seconds : Math.max(1, Math.round(60 * minutes));
  return {
    servers: given.servers,
    runs: runs ?? runsOf(scenario, against !== undefined),
    against,
    directory: given.dir,
    connections: connections ?? (scenario === 'sweep' ? CONNECTIONS_SWEPT : CONNECTIONS),
    outstanding: outstanding ?? (open ? OUTSTANDING_OPEN : OUTSTANDING),
    ratePerSecond: rate,
    payloadBytes: given.payload,
    warmupSeconds: given.warmup,
    seconds: measured ?? SECONDS[scenario],
  };
}

/** Where two are compared, in turn: A B A B. */
function runsOf(scenario: ScenarioName, compared: boolean): number {
  return scenario === 'direct' || (scenario === 'load' && compared) ? 2 : 1;
}

const UNITS: Readonly<Record<string, number>> = { '': 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/** A number of bytes: `500MB`, `10GB`. */
export function bytes(text: string): number {
  const [, digits = '', unit = ''] = /^([0-9]+(?:[.][0-9]+)?)([kMGT]?B?)$/.exec(text) ?? [];
  const value = Number(digits) * (UNITS[unit] ?? Number.NaN);
  if (digits === '' || !Number.isSafeInteger(value) || value < 1e6) {
    throw new InvalidArgumentError('It must be a size of 1MB or more, such as 500MB or 10GB.');
  }
  return value;
}

const LEVELS_MAX = 100;

/** Whole numbers with commas between them, ascending. */
export function ascending(least: number, most: number): (text: string) => readonly number[] {
  return (text) => {
    const values = text.split(',').map((part) => (/^[0-9]+$/.test(part) ? Number(part) : Number.NaN));
    const fits = values.every(
      (value, index) => value >= least && value <= most && value > (values[index - 1] ?? 0),
    );
    if (!fits || values.length > LEVELS_MAX) {
      throw new InvalidArgumentError(
        `It must be whole numbers from ${least} to ${most}, ascending, with commas between them.`,
      );
    }
    return values;
  };
}
