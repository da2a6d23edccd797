/** What a subcommand is. Each stands in a file of its own and is listed in `commands.ts`. */
import type { Command } from 'commander';

import type { Terminal } from './terminal.ts';

/** Does the work with the terminal given, and answers with the exit status. */
export type Work = (terminal: Terminal) => Promise<number>;

export interface Subcommand {
  /**
   * Declares the subcommand. Its action calls `run` once with the work to do; heavy modules are imported inside that
   * work, so that `zab --help` stays quick.
   */
  declare(program: Command, run: (work: Work) => void): void;
}
