/** The `zab` command. */
import { runZab } from './program.ts';
import { processTerminal } from './terminal.ts';

process.exitCode = await runZab(process.argv.slice(2), processTerminal());
