import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { TraceError } from './errors.ts';
import { isObject } from './json.ts';
import { interpretItf } from './itf.ts';
import { DEFAULT_LIMITS, tooLarge, TraceSource, type ReadLimits } from './source.ts';
import { interpretTlc } from './tlc.ts';
import type { Trace, UntypedTrace } from './trace.ts';

/** A trace from a file, and the source, by which later complaints can name their line. */
export type TraceFile =
  | { readonly form: 'itf'; readonly source: TraceSource; readonly trace: Trace }
  | { readonly form: 'tlc'; readonly source: TraceSource; readonly trace: UntypedTrace };

/**
 * Reads a trace file of either form; the content says which it is.
 *
 * @throws TraceError with file, and line and column where there are any.
 */
export function readTraceFile(file: string, limits: ReadLimits = {}): TraceFile {
  const source = new TraceSource(readText(file, limits.sizeMax ?? DEFAULT_LIMITS.sizeMax), {
    ...limits,
    file,
  });
  const { document } = source;
  if (document !== null && isObject(document) && document.has('counterexample')) {
    return { form: 'tlc', source, trace: interpretTlc(source) };
  }
  return { form: 'itf', source, trace: interpretItf(source) };
}

/**
 * Writes a file so that it is there whole or not at all: beside it under another name, to the disk, then renamed.
 *
 * @throws TraceError `unreadable` if the file system refuses.
 */
export function writeTextFile(file: string, text: string): void {
  const beside = join(dirname(file), `.${basename(file)}.${process.pid}.tmp`);
  try {
    const handle = openSync(beside, 'w');
    try {
      const bytes = Buffer.from(text, 'utf8');
      for (let done = 0; done < bytes.length;) done += writeSync(handle, bytes, done);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw new TraceError('unreadable', `cannot write the file (${reasonOf(error)})`, { file });
  }
}

function readText(file: string, sizeMax: number): string {
  let bytes: Buffer;
  try {
    // Asked before reading, so that a huge file costs nothing; a directory has no content to read.
    const { size } = statSync(file);
    if (size > sizeMax) throw tooLarge(size, sizeMax, file);
    bytes = readFileSync(file);
  } catch (error) {
    if (error instanceof TraceError) throw error;
    throw new TraceError('unreadable', `cannot read the file (${reasonOf(error)})`, { file });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new TraceError('encoding', 'the file is not UTF-8 text, so it is no trace', { file });
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Error)
    return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
  return String(error);
}
