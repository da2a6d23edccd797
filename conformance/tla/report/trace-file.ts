/** Writes a path to a file, in one of the forms that other tools read. */
import { writeItf, writeTextFile, writeTlc, type Trace } from '../../tla-json-trace/index.ts';
import type { Path } from '../explore/path.ts';
import { traceOf } from './trace-values.ts';

/**
 * Writes ITF if the name ends in `.itf.json`, else the form of TLC's `-dumpTrace json`; the file is there whole or not
 * at all.
 * @throws TraceError if the form cannot hold the trace or the file cannot be written
 */
export function writeTrace(file: string, variables: readonly string[], path: Path): void {
  writeTraceFile(file, traceOf(variables, path));
}

/** The same for a trace. */
export function writeTraceFile(file: string, trace: Trace): void {
  writeTextFile(file, file.endsWith('.itf.json') ? writeItf(trace) : writeTlc(withClosing(trace)));
}

/** TLC's form has an action for the step back even where the last state is repeated for ever: it names the last one. */
function withClosing(trace: Trace): Trace {
  if (trace.loop === undefined || trace.closing !== undefined) return trace;
  const closing = trace.states.at(-1)?.action ?? { name: 'Stuttering', parameters: new Map() };
  return { ...trace, closing };
}
