/** The `zab` command. */
import { inspect } from 'node:util';

import { NOT_EVALUATED } from './failure.ts';
import { runZab } from './program.ts';
import { processTerminal } from './terminal.ts';

try {
  process.exitCode = await runZab(process.argv.slice(2), processTerminal());
} catch (error) {
  // Status 1 would say that a violation was found.
  process.stderr.write(`zab: this is a bug of zab; please report it with what follows\n${inspect(error)}\n`);
  process.exitCode = NOT_EVALUATED;
}
