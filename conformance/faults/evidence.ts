/** Runs an ensemble in a temporary directory, which stays as evidence unless the run ended well. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { INTERRUPTED } from '../cli/failure.ts';
import { FaultError } from './fault-error.ts';
import { FaultyEnsemble, type FaultyEnsembleOptions } from './faulty-ensemble.ts';

export interface EvidenceOptions extends Omit<FaultyEnsembleOptions, 'directory'> {
  /** What the directory's name begins with, after `zab-`. */
  readonly name: string;
  /** Keeps the directory also when all is well. */
  readonly keep: boolean;
}

/**
 * Does the work with an ensemble that is ended afterwards, however the work ends: also by an interrupt, or by an error
 * that nobody caught.
 * @returns what the work found wrong, one sentence each; a FaultError is such a finding
 */
export async function withEvidence(
  options: EvidenceOptions,
  work: (ensemble: FaultyEnsemble) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const { name, keep, ...layout } = options;
  const directory = await mkdtemp(path.join(tmpdir(), `zab-${name}-`));
  const tellWhere = (): void => {
    process.stdout.write(`data and logs: ${directory}\n`);
  };
  let ensemble: FaultyEnsemble | undefined;
  // An exit does not wait for promises: the servers must be told on the way out.
  const exiting = (): void => {
    ensemble?.killAtOnce();
    tellWhere();
  };
  process.on('exit', exiting).on('SIGINT', interrupted).on('SIGTERM', interrupted);
  let endedWell = false;
  try {
    ensemble = await FaultyEnsemble.start({ ...layout, directory });
    const wrong = await work(ensemble);
    endedWell = wrong.length === 0;
    return wrong;
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    return [error.message];
  } finally {
    await ensemble?.close();
    process.off('exit', exiting).off('SIGINT', interrupted).off('SIGTERM', interrupted);
    if (keep || !endedWell) tellWhere();
    else await rm(directory, { recursive: true, force: true });
  }
}

function interrupted(): void {
  process.stdout.write('interrupted\n');
  process.exit(INTERRUPTED);
}
