/** Benchmarks that `npm run` starts: what their command lines have in common. */
import { tmpdir } from 'node:os';

import type { Command } from 'commander';

import { NOT_WELL, UsageError } from '../../conformance/cli/failure.ts';
import { runNpmCommand, type NpmCommandWork } from '../../conformance/cli/npm-command.ts';
import { BenchmarkError } from './benchmark-error.ts';
import { isInMemory } from './in-memory.ts';

export interface BenchmarkCommandOptions {
  /** Where files are kept meanwhile. */
  readonly dir: string;
  readonly json?: true;
}

/**
 * Runs the command with what all have: `--dir`, `--json`, and one line for a benchmark that cannot be brought to its end.
 * @returns the exit status
 */
export function runBenchmarkCommand<Options extends BenchmarkCommandOptions>(
  command: Command,
  work: NpmCommandWork<Options>,
): Promise<number> {
  return runNpmCommand(
    command
      .option('--dir <directory>', 'files are kept below it meanwhile', tmpdir())
      .option('--json', 'print one JSON object instead of a table'),
    work,
    [{ kind: BenchmarkError, status: NOT_WELL }],
  );
}

/**
 * Does a sync cost nothing in the directory that `--dir` names?
 * @throws UsageError when there is no such directory
 */
export async function isDirInMemory(dir: string): Promise<boolean> {
  const inMemory = await isInMemory(dir).catch(() => undefined);
  if (inMemory === undefined) {
    throw new UsageError(`--dir ${dir}: it cannot be read; name a directory that is there`);
  }
  return inMemory;
}

/** As `isDirInMemory`, and says so on standard error. */
export async function warnIfInMemory(dir: string): Promise<boolean> {
  const inMemory = await isDirInMemory(dir);
  if (inMemory)
    process.stderr.write(`${dir} is in memory, where a sync costs nothing; --dir names another\n`);
  return inMemory;
}
