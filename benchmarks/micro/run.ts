/**
 * Each part of the hot path by itself: operations a second, and bytes allocated per operation: `npm run bench`.
 *
 * Exit status 0; 1: it could not be brought to its end; 2: wrong use.
 */
import { loadavg } from 'node:os';

import { Command } from 'commander';

import { wholeNumber } from '../../conformance/cli/options.ts';
import {
  runBenchmarkCommand,
  warnIfInMemory,
  type BenchmarkCommandOptions,
} from '../load/benchmark-command.ts';
import { columns, grouped } from '../load/columns.ts';
import { measureAllocations } from './measure-allocations.ts';
import { partsNamed } from './parts.ts';
import { measureRate, type Rate } from './rates.ts';

interface Options extends BenchmarkCommandOptions {
  readonly part?: string;
  readonly milliseconds: number;
}

interface Measured extends Rate {
  readonly part: string;
  readonly operation: string;
  /** Null where it could not be told. */
  readonly bytesPerOp: number | null;
}

const command = new Command('bench')
  .description('Each part of the hot path by itself: operations a second, bytes allocated per operation.')
  .option('--part <text>', 'only those whose names have it in them')
  .option('--milliseconds <n>', 'measured time of each', wholeNumber(1, 3_600_000), 1000);

process.exitCode = await runBenchmarkCommand(command, run);

async function run({ part: text, milliseconds, dir, json }: Options): Promise<number> {
  const parts = partsNamed(text);
  const inMemory = await warnIfInMemory(dir);
  const loadAverageBefore = loadavg()[0] ?? 0;
  const allocations = await measureAllocations(parts, dir);
  const measured: Measured[] = [];
  for (const part of parts) {
    const { name, operation } = part;
    const rate = await measureRate(part, dir, milliseconds);
    measured.push({ part: name, operation, ...rate, bytesPerOp: allocations[name] ?? null });
  }
  const result = {
    node: process.version,
    inMemory,
    loadAverageBefore,
    loadAverageAfter: loadavg()[0] ?? 0,
  };
  const lines = json === true ? [JSON.stringify({ ...result, measured })] : table(measured);
  process.stdout.write(`${lines.join('\n')}\n`);
  return 0;
}

function table(measured: readonly Measured[]): string[] {
  const head = ['', 'operation', 'ops/s', 'ns p50', 'ns p99', 'bytes/op'];
  const rows = measured.map(({ part, operation, opsPerSec, nsPerOp, p99NsPerOp, bytesPerOp }) => [
    part,
    operation,
    grouped(opsPerSec),
    ...[nsPerOp, p99NsPerOp].map((ns) => (ns < 100 ? ns.toFixed(1) : grouped(ns))),
    bytesPerOp === null ? '?' : grouped(bytesPerOp),
  ]);
  return columns([head, ...rows], ['left', 'left', 'right', 'right', 'right', 'right']);
}
