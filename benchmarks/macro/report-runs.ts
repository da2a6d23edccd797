/** Runs as tables: figures, what processes used, what was answered when. */
import { columns, grouped, milliseconds } from '../load/columns.ts';
import type { LatencyFigures } from '../load/latencies.ts';
import type { ProcessUsage } from '../load/process-usage.ts';
import type { BenchmarkOptions, Machine } from './benchmark-options.ts';
import { memoryTrend } from './memory-trend.ts';
import { cpuMicrosecondsPerOp } from './processor-cost.ts';
import type { RunProcess, RunResult } from './run-load.ts';
import type { Summary } from './summary.ts';

const MIB = 1024 * 1024;
const MB = 1e6;

export function headline(what: string, options: BenchmarkOptions, machine: Machine): string {
  const { payloadBytes, servers } = options;
  return (
    `${what}; setData of ${payloadBytes} bytes, ${servers} servers; ` +
    `Node.js ${machine.node}, ${machine.processors} × ${machine.processor}, ${machine.system}`
  );
}

/** How much load. */
export function describeLoad({ connections, outstanding, ratePerSecond }: BenchmarkOptions): string {
  return ratePerSecond === undefined
    ? `${connections} connections × ${outstanding} outstanding`
    : `${grouped(ratePerSecond)} requests a second over ${connections} connections`;
}

/** Over `latencyCells`. */
export const LATENCY_HEAD = ['p50 ms', 'p90 ms', 'p99 ms', 'p99.9 ms', 'max ms'] as const;

const HEAD = ['target', 'run', 'ops', 'ops/s', ...LATENCY_HEAD, 'cpu µs/op', 'load avg'];

export function figuresTable(runs: readonly RunResult[], summaries: readonly Summary[]): string[] {
  const row = ({ target, ops, opsPerSec, ...latency }: Summary, run: string): string[] => [
    target,
    run,
    grouped(ops),
    grouped(opsPerSec),
    ...latencyCells(latency),
  ];
  return columns(
    [
      HEAD,
      ...runs.map((run) => [
        ...row(run, String(run.run)),
        costCell(run.processes, run.opsPerSec),
        `${run.loadAverageBefore.toFixed(1)}-${run.loadAverageAfter.toFixed(1)}`,
      ]),
      ...summaries.map((summary) => row(summary, 'all')),
    ],
    ['left', ...HEAD.slice(1).map(() => 'right' as const)],
  );
}

/** Processor time of the servers for one operation, in microseconds. */
export function costCell(processes: readonly ProcessUsage[], opsPerSec: number): string {
  return cpuMicrosecondsPerOp(processes, opsPerSec)?.toFixed(2) ?? '';
}

export function latencyCells({ p50us, p90us, p99us, p999us, maxUs }: LatencyFigures): string[] {
  return [p50us, p90us, p99us, p999us, maxUs].map(milliseconds);
}

/** Processor time, memory and disk of each process; how often it syncs, where servers tell that. */
export function processTable(runs: readonly RunResult[]): string[] {
  const told = runs.some(({ processes }) => processes.some(({ syncs }) => syncs !== undefined));
  const rows = runs.flatMap(({ target, run, processes }) =>
    processes.length === 0
      ? [[target, String(run), 'not known on this system']]
      : processes.map((process) => [target, String(run), ...processCells(process)]),
  );
  const head = ['target', 'run', 'process', 'cpu %', 'MiB max', 'disk MB/s'];
  const headings = told ? [...head, 'syncs/s', 'sync ms', 'batch'] : head;
  return columns(
    [headings, ...rows],
    ['left', 'right', 'left', ...headings.slice(3).map(() => 'right' as const)],
  );
}

function processCells({ name, cpuPercent, rssBytesMax, diskBytesPerSec, syncs }: RunProcess): string[] {
  const disk = diskBytesPerSec === undefined ? '' : (diskBytesPerSec / MB).toFixed(1);
  const counted =
    syncs === undefined ? [] : [grouped(syncs.syncsPerSec), syncs.syncMs.toFixed(2), syncs.batch.toFixed(1)];
  return [name, String(cpuPercent), mebibytes(rssBytesMax), disk, ...counted];
}

/** Servers whose memory was looked at for long enough. */
export function memoryLines(runs: readonly RunResult[]): string[] {
  return runs.flatMap(({ target, run, processes }) =>
    processes.flatMap(({ name, rssBytes }) => {
      const trend = name === 'load' ? undefined : memoryTrend(rssBytes);
      if (trend === undefined) return [];
      const { meanBytes, bytesPerMinute, flat } = trend;
      const perMinute = (bytesPerMinute / MIB).toFixed(2);
      return [
        `${target}, run ${run}, ${name}: memory ${mebibytes(meanBytes)} MiB in the second half, ${perMinute} MiB a minute: ${flat ? 'flat' : 'it grows'}`,
      ];
    }),
  );
}

export function secondsTable(runs: readonly RunResult[]): string[] {
  return [
    'answers in each second',
    ...columns(
      runs.map(({ target, run, perSecond }) => [target, String(run), perSecond.map(grouped).join(' ')]),
      ['left', 'right', 'left'],
    ),
  ];
}

/** What a reader must know before believing the figures; `nameOf` says which run it is about. */
export function warnings<R extends RunResult>(
  runs: readonly R[],
  machine: Machine,
  nameOf: (run: R) => string = ({ target, run }) => `${target}, run ${run}`,
): string[] {
  const found: string[] = [];
  if (machine.inMemory) found.push('the data were kept in memory: a sync costs nothing there');
  for (const run of runs) {
    const { errors, lost, unanswered, lateness } = run;
    const where = nameOf(run);
    if (errors > 0) found.push(`${where}: ${grouped(errors)} requests were answered by an error`);
    if (lost > 0) found.push(`${where}: ${grouped(lost)} requests were lost with their connections`);
    if (unanswered > 0) found.push(`${where}: ${grouped(unanswered)} requests were never answered`);
    if (lateness !== undefined) {
      found.push(
        `${where}: requests left ${milliseconds(lateness.p50us)} ms (p50) and ${milliseconds(lateness.p99us)} ms (p99) after they were due; latency includes it`,
      );
    }
  }
  return found;
}

export function mebibytes(bytes: number): string {
  return String(Math.round(bytes / MIB));
}
