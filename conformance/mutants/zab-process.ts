/** Runs the `zab` command in a process of its own. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface ZabOptions {
  /** The checkout whose command it is, and in which it runs. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** How the process is told to end when it is interrupted. */
  readonly stopBy: 'SIGKILL' | 'SIGTERM';
}

export interface Ended {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Rejects when it is interrupted. */
export function runZab(args: readonly string[], { folder, signal, stopBy }: ZabOptions): Promise<Ended> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const child = spawn(process.execPath, [join('conformance', 'cli', 'zab.mjs'), ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stop = (): void => {
      child.kill(stopBy);
    };
    signal.addEventListener('abort', stop, { once: true });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', (data: Buffer) => output.push(data));
    child.stderr.on('data', (data: Buffer) => errors.push(data));
    child.on('error', reject);
    child.on('close', (status) => {
      signal.removeEventListener('abort', stop);
      if (signal.aborted) reject(new Error('interrupted'));
      else {
        resolve({
          status,
          output: Buffer.concat(output).toString('utf8'),
          errors: Buffer.concat(errors).toString('utf8'),
        });
      }
    });
  });
}

/** The first lines of what a command complained of, as one. */
export function complaint({ errors }: Ended): string {
  return errors.trim().split('\n').slice(0, 3).join(' ');
}
