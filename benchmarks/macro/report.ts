/** The result of a benchmark, for a person to read. */
import { columns, grouped, milliseconds } from '../load/columns.ts';
import type { DirectResult } from './direct-scenario.ts';
import type { KillLeaderResult } from './kill-leader-scenario.ts';
import type { LoadScenarioResult } from './load-scenario.ts';
import type { LogSizeResult } from './log-size-scenario.ts';
import type { PauseFollowerResult } from './pause-follower-scenario.ts';
import {
  costCell,
  describeLoad,
  figuresTable,
  headline,
  LATENCY_HEAD,
  latencyCells,
  mebibytes,
  memoryLines,
  processTable,
  secondsTable,
  warnings,
} from './report-runs.ts';
import type { ScenarioResult } from './results.ts';
import type { RunResult } from './run-load.ts';
import { describeLevel, type SweepResult } from './sweep-scenario.ts';

const MB = 1e6;
/** What broadcast without clients is to reach, of the bare pipeline. */
const DIRECT_TARGET = 0.5;

export function reportLines(result: ScenarioResult): string[] {
  return paragraphs(...sectionsOf(result));
}

type Section = readonly string[];

function sectionsOf(result: ScenarioResult): readonly Section[] {
  switch (result.scenario) {
    case 'load':
      return loadSections(result);
    case 'sweep':
      return sweepSections(result);
    case 'log-size':
      return logSizeSections(result);
    case 'pause-follower':
      return pauseSections(result);
    case 'kill-leader':
      return killSections(result);
    case 'direct':
      return directSections(result);
  }
}

function loadSections(result: LoadScenarioResult): readonly Section[] {
  const { runs, against, ratio, options, machine } = result;
  const summaries = against === undefined ? [result] : [result, against];
  const { seconds, warmupSeconds } = options;
  const what = `${describeLoad(options)}, ${seconds} s after ${warmupSeconds} s of warm-up`;
  return [
    [headline(what, options, machine)],
    figuresTable(runs, runs.length > summaries.length ? summaries : []),
    ratio === undefined
      ? []
      : [
          `zab to zookeeper: ${ratio.opsPerSec} × ops/s, ${ratio.p50} × p50, ${ratio.p99} × p99; p99 of zab is ${ratio.p99ToMedian} × p50 of zookeeper`,
        ],
    processTable(runs),
    memoryLines(runs),
    secondsTable(runs),
    warnings(runs, machine),
  ];
}

function sweepSections({
  sweptBy,
  options,
  machine,
  levels,
  leastToMost,
  runs,
}: SweepResult): readonly Section[] {
  const { seconds, warmupSeconds, connections } = options;
  const what = `load rising, up to ${connections} connections, ${seconds} s each after ${warmupSeconds} s of warm-up`;
  const head = ['target', 'load', 'ops/s', ...LATENCY_HEAD];
  const rows = levels.map(({ target, level, opsPerSec, ...latency }) => [
    target,
    describeLevel(sweptBy, level),
    grouped(opsPerSec),
    ...latencyCells(latency),
  ]);
  return [
    [headline(what, options, machine)],
    columns([head, ...rows], ['left', 'right', ...head.slice(2).map(() => 'right' as const)]),
    leastToMost.map(({ target, ratio }) => `${target}: least to most throughput ${ratio}`),
    warnings(
      runs,
      machine,
      ({ target, level, run }) => `${target}, ${describeLevel(sweptBy, level)}, run ${run}`,
    ),
  ];
}

function logSizeSections({ options, machine, logBytes, targets }: LogSizeResult): readonly Section[] {
  const what = `${describeLoad(options)}, until each server has ${grouped(logBytes / MB)} MB of log`;
  const head = ['target', 'log MB', 'ops/s', ''];
  const rows = targets.flatMap(({ target, sizes }) =>
    sizes.map(({ logBytes: size, opsPerSec, warmingUp }) => [
      target,
      `to ${grouped(size / MB)}`,
      grouped(opsPerSec),
      warmingUp ? 'warms up' : '',
    ]),
  );
  const runs = targets.map(({ run }) => run);
  return [
    [headline(what, options, machine)],
    columns([head, ...rows], ['left', 'right', 'right', 'left']),
    targets.map(
      ({ target, leastToMost, run }) =>
        `${target}: least to most throughput ${leastToMost}, over ${Math.round(run.seconds)} s`,
    ),
    figuresTable(runs, []),
    processTable(runs),
    memoryLines(runs),
    warnings(runs, machine),
  ];
}

function pauseSections({ options, machine, pauseSeconds, targets }: PauseFollowerResult): readonly Section[] {
  const what = `${describeLoad(options)} to the other servers, a follower stopped for ${pauseSeconds} s`;
  const runs = targets.map(({ run }) => run);
  return [
    [headline(what, options, machine)],
    targets.map(({ target, caughtUpMs, run }) => {
      const end =
        caughtUpMs === undefined
          ? 'had not caught up when the run ended'
          : `had caught up ${grouped(caughtUpMs)} ms after it went on`;
      return `${target}: the follower ${end}; ${eventLine(run)}`;
    }),
    figuresTable(runs, []),
    ...runs.map(bySecond),
    processTable(runs),
    warnings(runs, machine),
  ];
}

/** Second by second: answers, their latencies, and the memory of the leader. */
function bySecond({ target, timeline, processes, events }: RunResult): string[] {
  const leader = processes.find(({ name }) => name.startsWith('leader'));
  const inMs = (us: number | null | undefined): string => (typeof us === 'number' ? milliseconds(us) : '-');
  const rows = timeline.answered.map((answered, second) => [
    String(second + 1),
    grouped(answered),
    inMs(timeline.p50us[second]),
    inMs(timeline.p99us[second]),
    inMs(timeline.maxUs[second]),
    leader?.rssBytes[second + 1] === undefined ? '' : mebibytes(leader.rssBytes[second + 1] ?? 0),
    events
      .filter(({ atSeconds }) => Math.floor(atSeconds) === second)
      .map(({ what }) => what)
      .join(', '),
  ]);
  const head = [`${target}: second`, 'ops', 'p50 ms', 'p99 ms', 'max ms', 'leader MiB', ''];
  return columns([head, ...rows], [...head.slice(1).map(() => 'right' as const), 'left']);
}

function killSections({ options, machine, targets }: KillLeaderResult): readonly Section[] {
  const what = `${describeLoad(options)}, ${options.seconds} s, the leader killed in the middle`;
  const runs = targets.map(({ run }) => run);
  const after = (ms: number | undefined): string => (ms === undefined ? 'never' : `${grouped(ms)} ms after`);
  return [
    [headline(what, options, machine)],
    targets.flatMap(({ target, outageMs, recoveredMs, opsPerSecBefore, opsPerSecAfter, run }) => [
      `${target}: answers again ${after(outageMs)}; nine tenths of the throughput before ${after(recoveredMs)}`,
      `${target}: ${grouped(opsPerSecBefore)} ops/s before, ${grouped(opsPerSecAfter)} after the recovery; ${eventLine(run)}`,
    ]),
    figuresTable(runs, []),
    processTable(runs),
    secondsTable(runs),
    warnings(runs, machine),
  ];
}

function directSections({
  options,
  machine,
  runs,
  toPipeline,
  pipelineSync,
}: DirectResult): readonly Section[] {
  const { connections, outstanding, seconds, warmupSeconds } = options;
  const what = `${grouped(connections * outstanding)} under way, no clients, ${seconds} s after ${warmupSeconds} s of warm-up`;
  const head = ['broadcast', 'run', 'ops/s', ...LATENCY_HEAD, 'cpu µs/op', 'processor time'];
  const rows = runs.map(({ subject, run, opsPerSec, processes, ...latency }) => [
    subject === 'pipeline' ? `pipeline, ${pipelineSync}` : subject,
    String(run),
    grouped(opsPerSec),
    ...latencyCells(latency),
    costCell(processes, opsPerSec),
    processes.map(({ name, cpuPercent }) => `${name}: ${cpuPercent} %`).join('  '),
  ]);
  const verdict = toPipeline.transactions >= DIRECT_TARGET ? 'met' : 'not met';
  return [
    [headline(what, options, machine)],
    columns([head, ...rows], ['left', ...head.slice(2).map(() => 'right' as const), 'left']),
    [
      `transactions to pipeline: ${toPipeline.transactions}; the target, ${DIRECT_TARGET}, is ${verdict}`,
      `requests, through the service, to pipeline: ${toPipeline.requests}`,
    ],
    machine.inMemory ? ['the data were kept in memory: a sync costs nothing there'] : [],
  ];
}

function eventLine({ events }: RunResult): string {
  return events.map(({ atSeconds, what }) => `${what} at ${atSeconds.toFixed(2)} s`).join(', ');
}

/** Those that say something, a line apart. */
function paragraphs(...sections: readonly Section[]): string[] {
  return sections
    .filter(({ length }) => length > 0)
    .flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
}
