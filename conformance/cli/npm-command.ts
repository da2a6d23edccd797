/** Commands that `npm run` starts, each a module of its own: how they read their command line, and how they end. */
import type { Command, OptionValues } from 'commander';

import { UsageError, WRONG_INPUT } from './failure.ts';

/** Does the work of a command, with the options and the other arguments; answers with the exit status. */
export type NpmCommandWork<Options> = (options: Options, names: readonly string[]) => Promise<number>;

/** Errors that are told in one line, and the exit status then. */
export interface KnownErrors {
  readonly kind: new (...args: never[]) => Error;
  readonly status: number;
}

/**
 * Reads the arguments of the process as `command` declares them, and does the work. Wrong use, which a UsageError tells
 * too, ends with status 2: what the command line says of it ends the process at once.
 * @returns the exit status
 * @throws what is neither a UsageError nor known
 */
export async function runNpmCommand<Options extends OptionValues>(
  command: Command,
  work: NpmCommandWork<Options>,
  known: readonly KnownErrors[] = [],
): Promise<number> {
  command
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : WRONG_INPUT);
    })
    .parse();
  try {
    return await work(command.opts<Options>(), command.args);
  } catch (error) {
    const told = [{ kind: UsageError, status: WRONG_INPUT }, ...known].find(
      ({ kind }) => error instanceof kind,
    );
    if (told === undefined || !(error instanceof Error)) throw error;
    process.stderr.write(`${command.name()}: ${error.message}\n`);
    return told.status;
  }
}
