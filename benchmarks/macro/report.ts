/** The result of a benchmark, for a person to read. */
import { columns, grouped, milliseconds } from '../load/columns.ts';
import type { LatencyFigures } from '../load/latencies.ts';
import type { BenchmarkResult, Summary } from './benchmark.ts';
import type { RunResult } from './run-load.ts';

const MIB = 1024 * 1024;

export function reportLines(result: BenchmarkResult): string[] {
  const { runs, against, ratio } = result;
  const summaries = against === undefined ? [result] : [result, against];
  return [
    headline(result),
    '',
    ...figures(runs, runs.length > summaries.length ? summaries : []),
    ...(ratio === undefined
      ? []
      : [
          '',
          `zab to zookeeper: ${ratio.opsPerSec} × ops/s, ${ratio.p50} × p50, ${ratio.p99} × p99; p99 of zab is ${ratio.p99ToMedian} × p50 of zookeeper`,
        ]),
    '',
    ...processes(runs),
    '',
    'answers in each second',
    ...columns(
      runs.map(({ target, run, perSecond }) => [target, String(run), perSecond.map(grouped).join(' ')]),
      ['left', 'right', 'left'],
    ),
    ...warnings(result),
  ];
}

function headline({ op, options, machine }: BenchmarkResult): string {
  const { connections, outstanding, ratePerSecond, payloadBytes, servers, seconds, warmupSeconds } = options;
  const load =
    ratePerSecond === undefined
      ? `${connections} connections × ${outstanding} outstanding`
      : `${grouped(ratePerSecond)} requests a second over ${connections} connections`;
  return (
    `${op} of ${payloadBytes} bytes, ${load}, ${servers} servers, ${seconds} s after ${warmupSeconds} s of warm-up; ` +
    `Node.js ${machine.node}, ${machine.processors} × ${machine.processor}`
  );
}

const HEAD = [
  'target',
  'run',
  'ops',
  'ops/s',
  'p50 ms',
  'p90 ms',
  'p99 ms',
  'p99.9 ms',
  'max ms',
  'load avg',
];

function figures(runs: readonly RunResult[], summaries: readonly Summary[]): string[] {
  const row = (
    { target, ops, opsPerSec, ...latency }: Summary,
    run: string,
    load: string,
  ): readonly string[] => [target, run, grouped(ops), grouped(opsPerSec), ...latencyCells(latency), load];
  return columns(
    [
      HEAD,
      ...runs.map((run) =>
        row(run, String(run.run), `${run.loadAverageBefore.toFixed(1)}-${run.loadAverageAfter.toFixed(1)}`),
      ),
      ...summaries.map((summary) => row(summary, 'all', '')),
    ],
    ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
  );
}

function latencyCells({ p50us, p90us, p99us, p999us, maxUs }: LatencyFigures): string[] {
  return [p50us, p90us, p99us, p999us, maxUs].map(milliseconds);
}

function processes(runs: readonly RunResult[]): string[] {
  return [
    'processor time (100 % is one core) and memory of each process',
    ...columns(
      runs.map(({ target, run, processes: all }) => [
        target,
        String(run),
        all.length === 0
          ? 'not known on this system'
          : all
              .map(
                ({ name, cpuPercent, rssBytesMax }) =>
                  `${name}: ${cpuPercent} % ${Math.round(rssBytesMax / MIB)} MiB`,
              )
              .join('  '),
      ]),
      ['left', 'right', 'left'],
    ),
  ];
}

/** What a reader must know before believing the figures. */
function warnings({ runs, machine }: BenchmarkResult): string[] {
  const found: string[] = [];
  if (machine.inMemory) found.push('the data were kept in memory: a sync costs nothing there');
  for (const { target, run, errors, unanswered, lateness } of runs) {
    const where = `${target}, run ${run}`;
    if (errors > 0) found.push(`${where}: ${grouped(errors)} requests were answered by an error`);
    if (unanswered > 0) found.push(`${where}: ${grouped(unanswered)} requests were never answered`);
    if (lateness !== undefined) {
      found.push(
        `${where}: requests left ${milliseconds(lateness.p50us)} ms (p50) and ${milliseconds(lateness.p99us)} ms (p99) after they were due; latency includes it`,
      );
    }
  }
  return found.length === 0 ? [] : ['', ...found];
}
