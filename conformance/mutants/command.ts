/** What the commands of this folder have in common: how they are interrupted, and how they end. */
import type { Command } from 'commander';

/** Does the work of a command; answers with its exit status. */
export type CommandWork<Options> = (
  named: readonly string[],
  options: Options,
  signal: AbortSignal,
) => Promise<number>;

/** An error that is told in one line, with exit status 2: the command was used wrongly, or its files are wrong. */
export type KnownError = new (...args: never[]) => Error;

/**
 * Runs a command that takes names, as declared on `command`, with the arguments of the process. Interrupted, it ends
 * with status 130; wrong use has status 2.
 */
export async function runCommand<Options>(
  command: Command,
  work: CommandWork<Options>,
  known: readonly KnownError[],
): Promise<void> {
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      interruption.abort();
    });
  }
  await command
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : 2);
    })
    .action(async (named: string[], options: Options) => {
      try {
        process.exitCode = await work(named, options, interruption.signal);
      } catch (error) {
        if (interruption.signal.aborted) process.exitCode = 130;
        else if (error instanceof Error && known.some((kind) => error instanceof kind)) {
          process.stderr.write(`${command.name()}: ${error.message}\n`);
          process.exitCode = 2;
        } else throw error;
      }
    })
    .parseAsync();
}
