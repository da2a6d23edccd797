/** Runs `zab` of a copy of the project, and reads from its JSON what it found. */
import { property } from '../tlc/property.ts';
import type { Mutant } from './mutant.ts';
import { complaint, runZab } from './zab-process.ts';

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
  const { folder, signal } = options;
  const ended = await runZab(args, { folder, signal, stopBy: 'SIGKILL' });
  const { status } = ended;
  let report: unknown;
  try {
    report = JSON.parse(ended.output);
  } catch {
    return {
      kind: 'failed',
      reason: `zab ${args.join(' ')} ends with status ${String(status)}: ${complaint(ended)}`,
    };
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
    const mismatch = property(model, 'mismatch');
    if (mismatch === undefined) continue;
    const detail = property(mismatch, 'detail');
    const at = textAt(detail, 'at');
    return {
      by: textAt(detail, 'kind'),
      what: textAt(detail, 'what'),
      action: textAt(detail, 'step') + (at === '' ? '' : ` at ${at}`),
      specified: textAt(detail, 'specified'),
      actual: textAt(detail, 'actual'),
      steps: Number(property(mismatch, 'steps')),
    };
  }
  return undefined;
}

function listAt(value: unknown, name: string): readonly unknown[] {
  const list = property(value, name);
  return Array.isArray(list) ? list : [];
}

function textAt(value: unknown, name: string): string {
  const text = property(value, name);
  return typeof text === 'string' ? text : '';
}
