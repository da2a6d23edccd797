/** `zab check --engine tlc`: hands the same model to TLC and reports what it found in our own form. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join, resolve } from 'node:path';

import { parsePrinted, TraceError, type Trace, type TraceState } from '../tla-json-trace/index.ts';
import type { JsonValue } from '../tla/explore/companion.ts';
import { findJar } from '../tlc/run.ts';
import { parseToolOutput } from '../tlc/tool-output.ts';
import { UsageError } from './failure.ts';
import type { ModelFiles } from './models.ts';
import type { Terminal } from './terminal.ts';

export interface TlcOptions {
  readonly workers: number;
  readonly simulate?: true;
  readonly dumpTrace?: string;
  readonly coverage?: true;
  readonly json?: true;
}

/** Numbers of TLC's messages (tlc2.output.EC). */
const STATE = 2217;
const SAFETY = 2110;
const SAFETY_AT_ONCE = 2107;
const ACTION_PROPERTY = 2112;
const QUEUE = 2199;

const STATUS: Readonly<Record<string, number>> = {
  ok: 0,
  assumption: 1,
  deadlock: 1,
  safety: 1,
  liveness: 1,
  'evaluation-error': 3,
};

/**
 * Runs TLC on a model.
 * @returns the exit status
 * @throws UsageError if there is no TLC, or TLC could not read the model
 */
export async function checkWithTlc(
  files: ModelFiles,
  options: TlcOptions,
  terminal: Terminal,
): Promise<number> {
  if (options.simulate === true)
    throw new UsageError('--simulate walks with our own engine; leave out --engine tlc');
  const found = findJar();
  if ('missing' in found) throw new UsageError(found.missing);
  const run = await runTlc(found.jar, files, options.workers, terminal);
  if (run.status === null) return 130;
  const figures = parseToolOutput(run.output, run.status);
  if (typeof figures === 'string') throw new UsageError(figures);

  const messages = messagesOf(run.output);
  const trace = traceOf(messages);
  if (options.dumpTrace !== undefined && trace !== undefined) {
    const { writeCounterexample } = await import('./counterexample-file.ts');
    writeCounterexample(options.dumpTrace, trace);
  }
  const status = STATUS[figures.result] ?? 3;
  if (options.json !== true) {
    // People get TLC's own words.
    const shown = messages.filter(({ code }) => options.coverage === true || !COVERAGE.has(code));
    terminal.out(`${shown.map(({ code, text }) => (code === STATE ? `State ${text}` : text)).join('\n')}\n`);
    return status;
  }
  const { statesJson } = await import('../tla/report/json.ts');
  const violated = messages.find(
    ({ code }) => code === SAFETY || code === SAFETY_AT_ONCE || code === ACTION_PROPERTY,
  );
  const queue = /([\d,]+) states left on queue/.exec(
    messages.findLast(({ code }) => code === QUEUE)?.text ?? '',
  );
  const object: JsonValue = {
    engine: 'tlc',
    result: figures.result,
    generated: figures.generated,
    distinct: figures.distinct,
    depth: figures.depth,
    queue: Number((queue?.[1] ?? '0').replaceAll(',', '')),
    actions: [...figures.actions].map(([name, generated]) => ({ name, generated })),
    neverTaken: [...figures.actions].flatMap(([name, generated]) => (generated === 0 ? [name] : [])),
    seconds: figures.seconds,
    workers: options.workers,
    property: /(?:Invariant|property) (\S+) is violated/.exec(violated?.text ?? '')?.[1] ?? null,
    error: null,
    trace: trace === undefined ? null : statesJson(trace.states),
  };
  terminal.out(`${JSON.stringify(object)}\n`);
  return status;
}

const COVERAGE: ReadonlySet<number> = new Set([2201, 2202, 2221, 2772, 2773, 2774, 2775, 2776, 2777, 2778]);

/** Runs TLC in a folder of its own, where it may leave what it likes. Status null: it was interrupted. */
function runTlc(
  jar: string,
  files: ModelFiles,
  workers: number,
  terminal: Terminal,
): Promise<{ output: string; status: number | null }> {
  const folder = mkdtempSync(join(tmpdir(), 'zab-tlc-'));
  // Of a module named with its folder, TLC looks for the configuration there and in the library, not where it is; so the
  // module too is found by its name, as those that it extends are.
  const library = [dirname(files.tla), ...files.libraries].map((path) => resolve(path)).join(delimiter);
  const args = [
    '-XX:+UseParallelGC',
    `-DTLA-Library=${library}`,
    `-Djava.io.tmpdir=${folder}`,
    ...['-cp', resolve(jar), 'tlc2.TLC', '-tool', '-coverage', '60'],
    ...[
      '-workers',
      String(workers),
      '-metadir',
      folder,
      '-config',
      resolve(files.config),
      basename(files.tla, '.tla'),
    ],
  ];
  return new Promise((done, fail) => {
    const child = spawn('java', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    const pieces: string[] = [];
    const stop = (): void => {
      child.kill('SIGTERM');
    };
    terminal.signal.addEventListener('abort', stop);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (piece: string) => pieces.push(piece));
    }
    const cleared = (): void => {
      terminal.signal.removeEventListener('abort', stop);
      rmSync(folder, { recursive: true, force: true });
    };
    child.on('error', (error) => {
      cleared();
      fail(new UsageError(`java could not be started (${error.message}); TLC needs it`));
    });
    child.on('close', (status) => {
      cleared();
      done({ output: pieces.join(''), status: terminal.signal.aborted ? null : status });
    });
  });
}

interface Message {
  readonly code: number;
  readonly text: string;
}

function messagesOf(output: string): Message[] {
  const pattern = /@!@!@STARTMSG (\d+)(?::\d+)? @!@!@\r?\n([^]*?)\r?\n?@!@!@ENDMSG \1 @!@!@/g;
  return [...output.matchAll(pattern)].map(([, code, text]) => ({ code: Number(code), text: text ?? '' }));
}

/** The states that TLC printed; undefined if it printed none. TLC 2.18 does not print parameters of actions. */
function traceOf(messages: readonly Message[]): Trace | undefined {
  const states: TraceState[] = [];
  for (const { code, text } of messages) {
    if (code === STATE) states.push(stateOf(text));
    if (code === SAFETY_AT_ONCE) {
      states.push({ values: valuesOf(text.slice(text.indexOf('\n') + 1)) });
    }
  }
  const [first] = states;
  return first && { params: [], vars: [...first.values.keys()], states, meta: new Map() };
}

const HEADING =
  /^\d+: <([A-Za-z0-9_!]+)(?:\(.*\))? line (\d+), col (\d+) to line (\d+), col (\d+) of module (\w+)>/;

function stateOf(text: string): TraceState {
  const end = text.indexOf('\n');
  const values = valuesOf(text.slice(end + 1));
  const heading = HEADING.exec(text.slice(0, end));
  if (heading === null) return { values };
  const [, name = '', beginLine, beginColumn, endLine, endColumn, module = ''] = heading;
  const place = {
    module,
    beginLine: Number(beginLine),
    beginColumn: Number(beginColumn),
    endLine: Number(endLine),
    endColumn: Number(endColumn),
  };
  return { values, action: { name, parameters: new Map(), place } };
}

/** `/\ x = 1` for each variable, or `x = 1` alone; values may run over several lines. */
function valuesOf(text: string): TraceState['values'] {
  const values = new Map<string, ReturnType<typeof parsePrinted>>();
  const conjuncts = text.startsWith('/\\ ')
    ? text
        .trim()
        .split(/^\/\\ /m)
        .slice(1)
    : [text.trim()];
  for (const conjunct of conjuncts) {
    const equals = conjunct.indexOf(' = ');
    if (equals < 0) throw new TraceError('syntax', `TLC printed a state that cannot be read: ${conjunct}`);
    values.set(
      conjunct.slice(0, equals).trim(),
      parsePrinted(
        conjunct
          .slice(equals + 3)
          .trim()
          .replace(/\s*\n\s*/g, ' '),
      ),
    );
  }
  return values;
}
