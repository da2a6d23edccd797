/**
 * Has a part of the hot path become much slower? `npm run bench:check`. No times are compared, only rates beside that of
 * a reference that runs in the same process; the limits stand in benchmarks/limits.json.
 *
 * Exit status 0; 1: a part has become slower, or has no limit; 2: wrong use.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { Command } from 'commander';

import { UsageError } from '../../conformance/cli/failure.ts';
import {
  isDirInMemory,
  runBenchmarkCommand,
  type BenchmarkCommandOptions,
} from '../load/benchmark-command.ts';
import { columns } from '../load/columns.ts';
import { leastRate, parseLimits, strayNames, type Limits } from './limits.ts';
import type { Part } from './part.ts';
import { PARTS, partsNamed } from './parts.ts';
import { relativeRate } from './relative-rate.ts';

interface Options extends BenchmarkCommandOptions {
  readonly part?: string;
  readonly update?: true;
}

interface Checked {
  readonly part: string;
  readonly relativeRate: number;
  /** When the limit was taken; null: there is none. */
  readonly kept: number | null;
  readonly verdict: 'as fast' | 'slower' | 'without a limit';
}

const FILE = fileURLToPath(new URL('../limits.json', import.meta.url));
const SHOWN = path.relative(process.cwd(), FILE);
/** How often a part that seems slower is measured before it is said to be so. */
const ATTEMPTS = 3;

const command = new Command('bench:check')
  .description('Has a part of the hot path become much slower than a reference that runs beside it?')
  .option('--part <text>', 'only those whose names have it in them')
  .option('--update', 'take the limits anew, for the parts that are measured');

process.exitCode = await runBenchmarkCommand(command, run);

async function run({ part: text, update, dir, json }: Options): Promise<number> {
  const named = partsNamed(text);
  const limits = parseLimits(await readFile(FILE, 'utf8'));
  if (typeof limits === 'string') throw new UsageError(`${SHOWN}: ${limits}`);
  const inMemory = await isDirInMemory(dir);
  if (inMemory) note(`${dir} is in memory, where a sync costs nothing: what is on disk is left out`);
  const parts = named.filter(({ onDisk }) => !(onDisk && inMemory));
  if (update === true) return keep(limits, parts, dir);
  const checked: Checked[] = [];
  for (const part of parts) checked.push(await check(part, limits, dir));
  const names = PARTS.map(({ name }) => name);
  const stray = text === undefined ? strayNames(limits, names) : [];
  const ok = stray.length === 0 && checked.every(({ verdict }) => verdict === 'as fast');
  const lines = json === true ? [JSON.stringify({ ok, stray, parts: checked })] : table(checked);
  process.stdout.write(`${lines.join('\n')}\n`);
  for (const part of checked) complain(part);
  for (const name of stray) note(`${SHOWN} has a limit for ${name}, and there is no such part`);
  return ok ? 0 : 1;
}

/** A part that seems slower is measured again: noise makes slower, never faster. */
async function check(part: Part, limits: Limits, directory: string): Promise<Checked> {
  const { name } = part;
  const least = leastRate(limits, part);
  let best = 0;
  for (let attempts = ATTEMPTS; attempts > 0; attempts--) {
    best = Math.max(best, await relativeRate(part, directory));
    if (least === undefined || best >= least) break;
  }
  const verdict = least === undefined ? 'without a limit' : best < least ? 'slower' : 'as fast';
  return { part: name, relativeRate: rounded(best), kept: limits.relativeRates[name] ?? null, verdict };
}

/** Takes the limits of these parts anew, and leaves those of parts that are gone out. */
async function keep(limits: Limits, parts: readonly Part[], directory: string): Promise<number> {
  const measured = new Map<string, number>();
  for (const part of parts) {
    let best = 0;
    for (let attempts = ATTEMPTS; attempts > 0; attempts--) {
      best = Math.max(best, await relativeRate(part, directory));
    }
    measured.set(part.name, rounded(best));
  }
  const rates = PARTS.flatMap(({ name }) => {
    const rate = measured.get(name) ?? limits.relativeRates[name];
    return rate === undefined ? [] : [[name, rate] as const];
  });
  const text = JSON.stringify({ ...limits, relativeRates: Object.fromEntries(rates) }, undefined, 2);
  await writeFile(FILE, `${text}\n`);
  process.stdout.write(`${SHOWN}: ${measured.size} limits were taken\n`);
  return 0;
}

function table(checked: readonly Checked[]): string[] {
  const rows = checked.map(({ part, relativeRate: rate, kept, verdict }) => [
    part,
    String(rate),
    kept === null ? '' : String(kept),
    kept === null ? '' : `${(rate / kept).toFixed(2)} ×`,
    verdict,
  ]);
  const head = ['', 'relative rate', 'kept', 'now', ''];
  return columns([head, ...rows], ['left', 'right', 'right', 'right', 'left']);
}

function complain({ part, relativeRate: rate, kept, verdict }: Checked): void {
  switch (verdict) {
    case 'as fast':
      return;
    case 'slower': {
      const times = ((kept ?? 0) / rate).toFixed(1);
      note(
        `${part} has become ${times} times slower beside the reference; npm run bench -- --part ${JSON.stringify(part)}`,
      );
      return;
    }
    case 'without a limit':
      note(
        `${part} has no limit in ${SHOWN}; npm run bench:check -- --update --part ${JSON.stringify(part)}`,
      );
  }
}

function rounded(rate: number): number {
  return Number(rate.toPrecision(4));
}

function note(line: string): void {
  process.stderr.write(`bench:check: ${line}\n`);
}
