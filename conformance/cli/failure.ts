/** How a command that cannot do its work says so: one line, and an exit status. */
import { BenchmarkError } from '../../benchmarks/load/benchmark-error.ts';
import { DiskError } from '../../impl/log/disk-error.ts';
import { ConfigurationError } from '../../impl/server/load-configuration.ts';
import { TraceError } from '../tla-json-trace/index.ts';
import { formatPlace, TlaError } from '../tla/errors.ts';
import type { JsonValue } from '../tla/explore/companion.ts';

/** Exit status when what was run did not end well. */
export const NOT_WELL = 1;
/** Exit status for wrong use and unreadable input. */
export const WRONG_INPUT = 2;
/** Exit status when the specification cannot be evaluated. */
export const NOT_EVALUATED = 3;
/** Exit status of what ended because someone interrupted it. */
export const INTERRUPTED = 130;

/** Wrong use: what was wrong, and what to do instead, in one sentence. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Servers that ended by themselves: which, and why, in one sentence. */
export class EnsembleError extends Error {
  override readonly name = 'EnsembleError';
}

export interface Failure {
  readonly status: number;
  /** One line, without the name of the command. */
  readonly line: string;
  readonly json: JsonValue;
}

/** What an error amounts to; undefined for one that is a bug and not a person's mistake. */
export function failureOf(error: unknown): Failure | undefined {
  if (error instanceof UsageError) {
    return {
      status: WRONG_INPUT,
      line: oneLine(error.message),
      json: { kind: 'usage', message: error.message },
    };
  }
  if (error instanceof EnsembleError || error instanceof BenchmarkError) {
    const kind = error instanceof EnsembleError ? 'ensemble' : 'benchmark';
    return { status: NOT_WELL, line: oneLine(error.message), json: { kind, message: error.message } };
  }
  if (error instanceof ConfigurationError || error instanceof DiskError) {
    const kind = error instanceof DiskError ? 'disk' : 'configuration';
    return { status: WRONG_INPUT, line: oneLine(error.message), json: { kind, message: error.message } };
  }
  if (error instanceof TlaError) {
    const { kind, sentence, place } = error;
    const status = kind === 'evaluation' || kind === 'unsupported' ? NOT_EVALUATED : WRONG_INPUT;
    const json = { kind, message: sentence, place: place === undefined ? null : formatPlace(place) };
    return { status, line: oneLine(error.message), json };
  }
  if (error instanceof TraceError) {
    return {
      status: WRONG_INPUT,
      line: oneLine(error.message),
      json: { kind: 'trace', message: error.message },
    };
  }
  const refused = systemRefusal(error);
  if (refused !== undefined) {
    return { status: WRONG_INPUT, line: refused, json: { kind: 'system', message: refused } };
  }
  return undefined;
}

/** What a system call was about: a file, or an address. */
function objectOf(error: Error): string {
  if ('path' in error && typeof error.path === 'string') return ` ${error.path}`;
  if ('address' in error && typeof error.address === 'string') {
    return ` ${error.address}${'port' in error ? `:${String(error.port)}` : ''}`;
  }
  return '';
}

/** What the operating system did not do, if that is the error: `cannot mkdir traces (EACCES)`. */
function systemRefusal(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined;
  const { code, syscall } = error;
  if (typeof code !== 'string' || typeof syscall !== 'string') return undefined;
  return oneLine(`cannot ${syscall}${objectOf(error)} (${code})`);
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}
