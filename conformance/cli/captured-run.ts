/** The command, run within the tests' own process. */
import { capture } from './captured-terminal.ts';
import { runZab } from './program.ts';

export interface Ran {
  readonly status: number;
  readonly output: string;
  readonly errors: string;
}

/** Runs `zab` with these arguments, and takes down what it printed. */
export async function zab(...args: string[]): Promise<Ran> {
  const captured = capture();
  const status = await runZab(args, captured.terminal);
  return { status, output: captured.output(), errors: captured.errors() };
}
