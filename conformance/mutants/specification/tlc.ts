/** The same runs with TLC, by the command that hands a model to it. */
import { resolve } from 'node:path';

import { PROJECT_ROOT } from '../workshop.ts';
import { complaint, runZab } from '../zab-process.ts';
import { readRun, type RunEnd } from './judge.ts';

/**
 * Has TLC explore a mutant, its configuration unchanged.
 * @param tla path of the module, beside which its configuration stands.
 */
export async function exploreWithTlc(tla: string, signal: AbortSignal): Promise<RunEnd> {
  // The command ends TLC, whose process is its own, when it is told to end.
  const ended = await runZab(['check', resolve(tla), '--engine', 'tlc', '--workers', '1', '--json'], {
    folder: PROJECT_ROOT,
    signal,
    stopBy: 'SIGTERM',
  });
  try {
    return readRun(JSON.parse(ended.output));
  } catch {
    return { result: 'no report', distinct: 0, reason: complaint(ended) };
  }
}
