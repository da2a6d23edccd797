/**
 * Looks for every witness of `spec/witnesses`: `npm run witnesses`.
 *
 * Exit status 0: all were found; 1: one was not; 2: wrong use, or a file that cannot be read; 3: a specification that
 * could not be evaluated.
 */
import { TlaError } from '../tla/errors.ts';
import { readWitnesses, search, WITNESSES } from './witnesses.ts';

async function main(args: readonly string[]): Promise<number> {
  if (args.length > 0) throw new Error(`unexpected ${args[0] ?? ''}: the command takes no arguments`);
  let missing = 0;
  for (const witness of readWitnesses(WITNESSES)) {
    const found = await search(WITNESSES, witness);
    process.stdout.write(`${witness.name}: ${witness.shows}\n`);
    switch (found.kind) {
      case 'shown':
        process.stdout.write(
          `  ${found.states} states: ${found.actions.join(', ')}${forEver(found.round)}\n`,
        );
        break;
      case 'not-shown':
        process.stdout.write(`  NOT SHOWN: ${found.reason}\n`);
        missing += 1;
        break;
    }
  }
  return missing === 0 ? 0 : 1;
}

function forEver(round: number | undefined): string {
  if (round === undefined) return '';
  return round === 0 ? ', and nothing more' : `, of which the last ${round} repeat for ever`;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`witnesses: ${error instanceof Error ? error.message : String(error)}\n`);
  const evaluated =
    error instanceof TlaError && (error.kind === 'evaluation' || error.kind === 'unsupported');
  process.exitCode = evaluated ? 3 : 2;
}
