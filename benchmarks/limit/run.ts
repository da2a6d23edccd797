/**
 * What the machine can give at most: one sync, one round trip, and a bare pipeline of three processes that frame, append,
 * sync and acknowledge, and do nothing else: `npm run bench:limit`.
 *
 * Exit status 0; 1: it could not be brought to its end; 2: wrong use.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg } from 'node:os';
import path from 'node:path';

import { Command, Option } from 'commander';

import { wholeNumber } from '../../conformance/cli/options.ts';
import {
  runBenchmarkCommand,
  warnIfInMemory,
  type BenchmarkCommandOptions,
} from '../load/benchmark-command.ts';
import { columns, grouped, milliseconds } from '../load/columns.ts';
import { Latencies, type LatencyFigures } from '../load/latencies.ts';
import type { ProcessUsage } from '../load/process-usage.ts';
import { SYNC_WAYS, type SyncWay } from './batch-log.ts';
import { runPipeline } from './pipeline.ts';
import { measureRoundTrip, measureSync } from './single-costs.ts';

interface Options extends BenchmarkCommandOptions {
  readonly payload: number;
  readonly seconds: number;
  readonly warmup: number;
  readonly sync: SyncWay;
}

interface Measured extends LatencyFigures {
  readonly what: string;
  readonly perSec: number;
  readonly processes?: readonly ProcessUsage[];
}

/** Connections and requests under way on each. */
const LOADS = [
  [1, 1],
  [6, 200],
] as const;

const command = new Command('bench:limit')
  .description('One sync, one round trip, and a bare pipeline of three processes.')
  .option('--payload <bytes>', 'data of each request', wholeNumber(0, 1_000_000), 100)
  .option('--seconds <n>', 'measured time of each', wholeNumber(1, 3600), 5)
  .option('--warmup <seconds>', 'time before it, for the pipeline', wholeNumber(0, 3600), 2)
  .addOption(new Option('--sync <way>', 'how the pipeline syncs').choices(SYNC_WAYS).default('dsync'));

process.exitCode = await runBenchmarkCommand(command, run);

async function run({ payload, seconds, warmup, sync, dir, json }: Options): Promise<number> {
  await warnIfInMemory(dir);
  const directory = await mkdtemp(path.join(dir, 'zab-limit-'));
  const interrupt = new AbortController();
  process.once('SIGINT', () => {
    interrupt.abort();
  });
  const loadAverageBefore = loadavg()[0] ?? 0;
  const measured: Measured[] = [];
  try {
    for (const way of SYNC_WAYS) {
      const { count, figures } = await measureSync(way, payload, seconds, directory);
      measured.push({ what: `sync, ${way}`, perSec: Math.round(count / seconds), ...figures });
    }
    const { count, figures } = await measureRoundTrip(payload, seconds);
    measured.push({ what: 'round trip', perSec: Math.round(count / seconds), ...figures });
    for (const [connections, outstanding] of LOADS) {
      const shape = { connections, outstanding, payloadBytes: payload, warmupSeconds: warmup, seconds };
      const { result, usage } = await runPipeline(
        { ...shape, ratePerSecond: undefined },
        sync,
        directory,
        interrupt.signal,
      );
      measured.push({
        what: `pipeline, ${sync}, ${connections} × ${outstanding}`,
        perSec: Math.round(result.answered / seconds),
        ...Latencies.decode(result.latencies).figures,
        processes: usage,
      });
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  const loadAverageAfter = loadavg()[0] ?? 0;
  if (json === true) {
    process.stdout.write(
      `${JSON.stringify({ payload, seconds, loadAverageBefore, loadAverageAfter, measured })}\n`,
    );
    return 0;
  }
  process.stdout.write(
    `${payload} bytes, ${seconds} s each, load average ${loadAverageBefore.toFixed(1)} to ${loadAverageAfter.toFixed(1)}\n\n`,
  );
  process.stdout.write(`${lines(measured).join('\n')}\n`);
  return 0;
}

function lines(measured: readonly Measured[]): string[] {
  const rows = measured.map(({ what, perSec, p50us, p90us, p99us, p999us, maxUs, processes = [] }) => [
    what,
    grouped(perSec),
    ...[p50us, p90us, p99us, p999us, maxUs].map(milliseconds),
    processes.map(({ name, cpuPercent }) => `${name}: ${cpuPercent} %`).join('  '),
  ]);
  const head = ['', 'per second', 'p50 ms', 'p90 ms', 'p99 ms', 'p99.9 ms', 'max ms', 'processor time'];
  return columns([head, ...rows], ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'left']);
}
