/** The same runs with TLC, by the command that hands a model to it. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { PROJECT_ROOT } from '../workshop.ts';
import { readRun, type RunEnd } from './judge.ts';

/**
 * Has TLC explore a mutant, its configuration unchanged.
 * @param tla path of the module, beside which its configuration stands.
 */
export function exploreWithTlc(tla: string, signal: AbortSignal): Promise<RunEnd> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const zab = join(PROJECT_ROOT, 'conformance', 'cli', 'zab.mjs');
    const args = [zab, 'check', tla, '--engine', 'tlc', '--workers', '1', '--json'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const stop = (): void => {
      child.kill('SIGTERM');
    };
    signal.addEventListener('abort', stop, { once: true });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', (data: Buffer) => output.push(data));
    child.stderr.on('data', (data: Buffer) => errors.push(data));
    child.on('error', reject);
    child.on('close', () => {
      signal.removeEventListener('abort', stop);
      if (signal.aborted) {
        reject(new Error('interrupted'));
        return;
      }
      try {
        resolve(readRun(JSON.parse(Buffer.concat(output).toString('utf8'))));
      } catch {
        const reason = Buffer.concat(errors).toString('utf8').trim().split('\n').slice(0, 3).join(' ');
        resolve({ result: 'no report', distinct: 0, reason });
      }
    });
  });
}
