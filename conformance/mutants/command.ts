/** What the commands of this folder have in common: how they are interrupted, and how they end. */
import type { Command, OptionValues } from 'commander';

import { INTERRUPTED, WRONG_INPUT } from '../cli/failure.ts';
import { runNpmCommand, type KnownErrors } from '../cli/npm-command.ts';

/** Does the work of a command; answers with its exit status. */
export type CommandWork<Options> = (
  named: readonly string[],
  options: Options,
  signal: AbortSignal,
) => Promise<number>;

/**
 * Runs a command that takes names, as declared on `command`, with the arguments of the process. Interrupted, it ends
 * with status 130; the errors that are known tell, in one line, that it was used wrongly or that its files are wrong.
 */
export async function runCommand<Options extends OptionValues>(
  command: Command,
  work: CommandWork<Options>,
  known: readonly KnownErrors['kind'][],
): Promise<void> {
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      interruption.abort();
    });
  }
  const { signal } = interruption;
  process.exitCode = await runNpmCommand<Options>(
    command,
    async (options, named) => {
      try {
        return await work(named, options, signal);
      } catch (error) {
        if (signal.aborted) return INTERRUPTED;
        throw error;
      }
    },
    known.map((kind) => ({ kind, status: WRONG_INPUT })),
  );
}
