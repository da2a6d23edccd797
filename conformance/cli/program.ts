/** Reads the command line, runs the subcommand, and turns what goes wrong into one line and an exit status. */
import { readFileSync } from 'node:fs';

import { Command, CommanderError } from 'commander';

import { subcommands } from './commands.ts';
import type { Subcommand, Work } from './command.ts';
import { failureOf, INTERRUPTED, WRONG_INPUT } from './failure.ts';
import type { Terminal } from './terminal.ts';

/**
 * Runs `zab` with these arguments (without the interpreter and the script).
 * @returns the exit status
 * @throws only what is a bug
 */
export async function runZab(
  args: readonly string[],
  terminal: Terminal,
  available: readonly Subcommand[] = subcommands,
): Promise<number> {
  let chosen: Work | undefined;
  const program = new Command('zab')
    .description('A formal-model-checked reference implementation of Zab.')
    .version(packageVersion(), '--version', 'print the version')
    .helpCommand(false)
    .showHelpAfterError('(zab --help lists the commands, zab COMMAND --help its options)');
  for (const subcommand of available) {
    subcommand.declare(program, (work) => {
      chosen = work;
    });
  }
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => {
        terminal.out(text);
      },
      // Errors arrive with help behind them; one line is enough.
      writeErr: () => undefined,
      outputError: () => undefined,
    });
  }
  try {
    if (args.length === 0) {
      terminal.note(program.helpInformation());
      return WRONG_INPUT;
    }
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    const sentence = error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
    terminal.note(`zab: ${sentence} (see zab --help)\n`);
    if (args.includes('--json')) {
      terminal.out(`${JSON.stringify({ error: { kind: 'usage', message: sentence } })}\n`);
    }
    return WRONG_INPUT;
  }
  if (chosen === undefined) return 0;
  try {
    return await chosen(terminal);
  } catch (error) {
    if (terminal.signal.aborted) return INTERRUPTED;
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    terminal.note(`zab: ${failure.line}\n`);
    if (args.includes('--json')) terminal.out(`${JSON.stringify({ error: failure.json })}\n`);
    return failure.status;
  }
}

function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed === 'object' && parsed !== null && 'version' in parsed) return String(parsed.version);
  return 'unknown';
}
