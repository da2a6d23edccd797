/** Which plots show a result. */
import { Latencies } from '../load/latencies.ts';
import type { TimelineFigures } from '../load/timeline.ts';
import type { DirectResult } from '../macro/direct-scenario.ts';
import type { LoadScenarioResult } from '../macro/load-scenario.ts';
import type { LogSizeResult } from '../macro/log-size-scenario.ts';
import type { ScenarioResult } from '../macro/results.ts';
import type { RunResult } from '../macro/run-load.ts';
import type { SweepResult } from '../macro/sweep-scenario.ts';
import type { TargetName } from '../macro/targets.ts';
import type { Axis, Colour, Line, Plot, Point } from './plot.ts';

const MIB = 1024 * 1024;
const MB = 1e6;
const RANGES_PER_DECADE = 20;
/** Of fewer seconds it is not drawn what happened in each. */
const SECONDS_MIN = 5;

const SECONDS: Axis = { title: 'seconds' };
const THROUGHPUT: Axis = { title: 'answers a second' };
const LATENCY: Axis = { title: 'milliseconds', logarithmic: true };

const TARGET_COLOURS: Readonly<Record<TargetName, Colour>> = { zab: 'blue', zookeeper: 'vermilion' };
const PROCESS_COLOURS: readonly Colour[] = ['blue', 'green', 'orange', 'purple', 'sky', 'vermilion'];

export function plotsOf(result: ScenarioResult): readonly Plot[] {
  switch (result.scenario) {
    case 'load':
      return [latencyHistogram(result), ...overTime(result.runs), ...result.runs.flatMap(memory)];
    case 'sweep':
      return sweepPlots(result);
    case 'log-size':
      return logSizePlots(result);
    case 'pause-follower':
      return result.targets.flatMap(({ run }) => [throughput([run]), latencyOverTime(run), ...memory(run)]);
    case 'kill-leader':
      return [
        ...result.targets.map(({ run }) => throughput([run])),
        ...result.targets.map(({ run }) => latencyOverTime(run)),
      ];
    case 'direct':
      return [directPlot(result)];
  }
}

/** How many requests took how long, of all runs of a target. */
function latencyHistogram({ runs }: LoadScenarioResult): Plot {
  const targets = [...new Set(runs.map(({ target }) => target))];
  return {
    title: 'Latency',
    caption:
      'How many of a hundred requests took how long, in ranges of which twenty make a power of ten; all runs of a target together.',
    x: { title: 'milliseconds', logarithmic: true },
    y: { title: '% of the requests' },
    shape: 'steps',
    lines: targets.map((target) => {
      const own = runs.filter((run) => run.target === target);
      const latencies = Latencies.together(own.map(({ histogram }) => Latencies.decode(histogram)));
      const ranges = latencies.spread(RANGES_PER_DECADE);
      const end = ranges.at(-1);
      const points: Point[] = ranges.map(({ fromUs, count }) => ({
        x: fromUs / 1000,
        y: (100 * count) / latencies.count,
      }));
      return {
        name: target,
        colour: TARGET_COLOURS[target],
        dots: false,
        points: end === undefined ? [] : [...points, { x: end.toUs / 1000, y: 0 }],
      };
    }),
  };
}

function overTime(runs: readonly RunResult[]): readonly Plot[] {
  return runs.some(({ seconds }) => seconds >= SECONDS_MIN) ? [throughput(runs)] : [];
}

/** Answers in each bin, as a rate. */
function throughput(runs: readonly RunResult[]): Plot {
  const targets = new Set(runs.map(({ target }) => target));
  const events = runs.flatMap((run) => run.events);
  return {
    title: `Throughput over time${targets.size === 1 ? `: ${[...targets].join('')}` : ''}`,
    caption: 'Answers that came, as a rate, from the beginning of the measured time on.',
    x: SECONDS,
    y: THROUGHPUT,
    shape: 'lines',
    lines: runs.map(({ target, run, timeline }, index) => ({
      name: runs.length === 1 ? target : `${target}, run ${run}`,
      colour: TARGET_COLOURS[target],
      dashed: runs.slice(0, index).some((other) => other.target === target),
      dots: false,
      points: atEachBin(timeline, (bin) => ((timeline.answered[bin] ?? 0) * 1000) / timeline.binMs),
    })),
    rules: events.map(({ atSeconds, what }) => ({ x: atSeconds, text: what })),
  };
}

function latencyOverTime({ target, timeline, events }: RunResult): Plot {
  const line = (name: string, colour: Colour, figures: readonly (number | null)[]): Line => ({
    name,
    colour,
    dots: false,
    points: atEachBin(timeline, (bin) => {
      const us = figures[bin];
      return typeof us === 'number' ? us / 1000 : null;
    }),
  });
  return {
    title: `Latency over time: ${target}`,
    caption: 'Of the answers that came in each second, or tenth of one. A gap: none came.',
    x: SECONDS,
    y: LATENCY,
    shape: 'lines',
    lines: [line('p99', 'vermilion', timeline.p99us), line('p50', 'blue', timeline.p50us)],
    rules: events.map(({ atSeconds, what }) => ({ x: atSeconds, text: what })),
  };
}

/** In the middle of each bin. */
function atEachBin({ binMs, answered }: TimelineFigures, y: (bin: number) => number | null): Point[] {
  return answered.map((_, bin) => ({ x: ((bin + 0.5) * binMs) / 1000, y: y(bin) }));
}

/** Of the servers of a run. */
function memory({ target, run, seconds, processes, events }: RunResult): readonly Plot[] {
  const servers = processes.filter(({ name }) => name !== 'load');
  if (servers.length === 0 || seconds < SECONDS_MIN) return [];
  return [
    {
      title: `Memory over time: ${target}, run ${run}`,
      caption: 'Memory of each server that is resident, looked at once a second.',
      x: SECONDS,
      y: { title: 'MiB' },
      shape: 'lines',
      lines: servers.map(({ name, rssBytes }, index) => ({
        name,
        colour: PROCESS_COLOURS[index % PROCESS_COLOURS.length] ?? 'blue',
        dots: false,
        points: rssBytes.map((bytes, second) => ({ x: second, y: bytes / MIB })),
      })),
      rules: events.map(({ atSeconds, what }) => ({ x: atSeconds, text: what })),
    },
  ];
}

function sweepPlots({ levels, sweptBy }: SweepResult): readonly Plot[] {
  const targets = [...new Set(levels.map(({ target }) => target))];
  const linesBy = (point: (level: SweepResult['levels'][number], p99: boolean) => Point): Line[] =>
    targets.flatMap((target) =>
      [false, true].map((p99) => ({
        name: `${target}, ${p99 ? 'p99' : 'p50'}`,
        colour: TARGET_COLOURS[target],
        dashed: p99,
        points: levels.filter((level) => level.target === target).map((level) => point(level, p99)),
      })),
    );
  const load = sweptBy === 'rate' ? 'requests a second' : 'requests under way';
  return [
    {
      title: 'Latency against throughput',
      caption: `One point for each load, from the least to the largest, in the order of the lines. Where a line turns up, more ${load} do not make more throughput.`,
      x: THROUGHPUT,
      y: LATENCY,
      shape: 'lines',
      lines: linesBy((level, p99) => ({ x: level.opsPerSec, y: (p99 ? level.p99us : level.p50us) / 1000 })),
    },
    {
      title: 'Throughput against load',
      caption: `Answers a second by ${load}.`,
      x: { title: load, logarithmic: true },
      y: THROUGHPUT,
      shape: 'lines',
      lines: targets.map((target) => ({
        name: target,
        colour: TARGET_COLOURS[target],
        points: levels
          .filter((level) => level.target === target)
          .map(({ level, opsPerSec }) => ({ x: level, y: opsPerSec })),
      })),
    },
  ];
}

function logSizePlots({ targets }: LogSizeResult): readonly Plot[] {
  return [
    {
      title: 'Throughput against the size of the log',
      caption:
        'Answers a second while the log of each server grew up to this size, from the one before. Sizes that were passed while the servers warmed up are left out.',
      x: { title: 'MB of log', logarithmic: true },
      y: THROUGHPUT,
      shape: 'lines',
      lines: targets.map(({ target, sizes }) => ({
        name: target,
        colour: TARGET_COLOURS[target],
        points: sizes
          .filter(({ warmingUp }) => !warmingUp)
          .map(({ logBytes, opsPerSec }) => ({ x: logBytes / MB, y: opsPerSec })),
      })),
    },
    ...targets.map(({ run }) => throughput([run])),
    ...targets.flatMap(({ run }) => memory(run)),
  ];
}

function directPlot({ runs }: DirectResult): Plot {
  const colours = { pipeline: 'vermilion', transactions: 'blue', requests: 'green' } as const;
  return {
    title: 'Broadcast without clients, beside a bare pipeline',
    caption:
      'Throughput of each run over its time. Pipeline: frames, sockets and disks, and no protocol. Transactions: given to the broadcast as they are. Requests: made transactions by the service, and applied.',
    x: SECONDS,
    y: { title: 'commits a second' },
    shape: 'lines',
    lines: runs.map(({ subject, run, timeline }) => ({
      name: `${subject}, run ${run}`,
      colour: colours[subject],
      dashed: run > 1,
      points: atEachBin(timeline, (bin) => ((timeline.answered[bin] ?? 0) * 1000) / timeline.binMs),
    })),
  };
}
