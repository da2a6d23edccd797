/** Writes a counterexample to the file that `--dump-trace` names, in the form that the name asks for. */
import { runOfTrace } from '../pictures/run-of-trace.ts';
import { spaceTimeDiagram } from '../pictures/space-time.ts';
import { writeTraceFile } from '../tla/report/trace-file.ts';
import { writeTextFile, type Trace } from '../tla-json-trace/index.ts';

/**
 * A space-time diagram if the name ends in `.svg`, else what `writeTraceFile` writes; whole or not at all.
 * @throws TraceError if the form cannot hold the trace, a picture would show nobody, or the file cannot be written
 */
export function writeCounterexample(file: string, trace: Trace): void {
  if (!file.endsWith('.svg')) {
    writeTraceFile(file, trace);
    return;
  }
  const run = runOfTrace(trace, file);
  writeTextFile(file, spaceTimeDiagram(run, { from: 1, to: run.steps.length }));
}
