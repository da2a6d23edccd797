/** Runs `zab` of a copy of the project, and reads from its JSON what it found. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

import type { Mutant } from './mutant.ts';

/** What a run found. Values are those of the specification and of the implementation, as text. */
export interface Finding {
  /** A kind of mismatch. */
  readonly by: string;
  /** The variable, the effect, … */
  readonly what: string;
  /** The action with its parameters. */
  readonly action: string;
  readonly specified: string;
  readonly actual: string;
  /** Length of the shortest path to it. */
  readonly steps: number;
}

/** How a run ended. */
export type RunEnd =
  | { readonly kind: 'clean' }
  | { readonly kind: 'found'; readonly finding: Finding }
  /** It neither found something nor showed that there is nothing. */
  | { readonly kind: 'failed'; readonly reason: string };

export interface RunOptions {
  readonly folder: string;
  readonly workers: number;
  readonly signal: AbortSignal;
}

/** Explores one model, in lockstep with the implementation. */
export async function explore(model: string, options: RunOptions): Promise<RunEnd> {
  const args = ['conformance', model, '--json', '--workers', String(options.workers)];
  const { status, output, errors } = await runZab(args, options);
  let report: unknown;
  try {
    report = JSON.parse(output);
  } catch {
    const said = errors.trim().split('\n').slice(0, 3).join(' ');
    return { kind: 'failed', reason: `zab ${args.join(' ')} ends with status ${String(status)}: ${said}` };
  }
  if (status === 0) return { kind: 'clean' };
  const finding = status !== 1 ? undefined : mismatchIn(report);
  if (finding !== undefined) return { kind: 'found', finding };
  return {
    kind: 'failed',
    reason: `zab ${args.join(' ')} ends with status ${String(status)} and no finding`,
  };
}

/** Is this what should have caught the mutant, with both values? */
export function isAsExpected({ caught }: Mutant, finding: Finding): boolean {
  return (
    finding.by === caught.by &&
    (caught.what === undefined || finding.what === caught.what) &&
    finding.action !== '' &&
    finding.specified !== '' &&
    finding.actual !== '' &&
    finding.specified !== finding.actual
  );
}

/** What `zab conformance --json` says of the model that failed. */
export function mismatchIn(report: unknown): Finding | undefined {
  for (const model of listAt(report, 'models')) {
    const mismatch = fieldOf(model, 'mismatch');
    if (mismatch === undefined) continue;
    const detail = fieldOf(mismatch, 'detail');
    const at = textAt(detail, 'at');
    return {
      by: textAt(detail, 'kind'),
      what: textAt(detail, 'what'),
      action: textAt(detail, 'step') + (at === '' ? '' : ` at ${at}`),
      specified: textAt(detail, 'specified'),
      actual: textAt(detail, 'actual'),
      steps: Number(fieldOf(mismatch, 'steps')),
    };
  }
  return undefined;
}

interface Ended {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

function runZab(args: readonly string[], { folder, signal }: RunOptions): Promise<Ended> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const child = spawn(process.execPath, [join('conformance', 'cli', 'zab.mjs'), ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stop = (): void => {
      child.kill('SIGKILL');
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

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function fieldOf(value: unknown, name: string): unknown {
  return objectOf(value)[name];
}

function listAt(value: unknown, name: string): readonly unknown[] {
  const list = fieldOf(value, name);
  return Array.isArray(list) ? list : [];
}

function textAt(value: unknown, name: string): string {
  const text = fieldOf(value, name);
  return typeof text === 'string' ? text : '';
}
