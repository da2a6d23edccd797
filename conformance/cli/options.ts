/** Options that several subcommands share, and how their values are read. */
import { availableParallelism } from 'node:os';

import { InvalidArgumentError } from 'commander';

/** A whole number within bounds. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^[0-9]+$/.test(text) || value < least || value > most) {
      const bounds = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `from ${least} to ${most}`;
      throw new InvalidArgumentError(`It must be a whole number, ${bounds}.`);
    }
    return value;
  };
}

/** A time in minutes, not necessarily whole. */
export function minutes(text: string): number {
  const value = Number(text);
  // Timers know no longer times.
  if (!/^[0-9]+([.][0-9]+)?$/.test(text) || value <= 0 || value > 35_000)
    throw new InvalidArgumentError('It must be a number of minutes, 35000 at most.');
  return value;
}

/** As many threads as the machine runs at once. */
export function defaultWorkers(): number {
  return availableParallelism();
}
