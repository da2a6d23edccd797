/**
 * Replays a trace file: the specification at hand must allow every step of it, and the peers are driven along.
 */
import {
  equalInTla,
  firstDifference,
  readTraceFile,
  TraceError,
  type JsonPath,
  type TraceFile,
  type TraceState,
  type TraceValue,
} from '../tla-json-trace/index.ts';
import type { Companion, JsonValue, Mismatch } from '../tla/explore/companion.ts';
import type { Path, PathStep } from '../tla/explore/path.ts';
import { traceValue } from '../tla/report/trace-values.ts';
import type { Specification, State } from '../tla/specification.ts';
import type { Value } from '../tla/values/value.ts';
import { Driver } from './driver.ts';
import { createCompanion } from './lockstep.ts';
import { boundActionOf } from './model-actions.ts';
import type { Variable } from './projection.ts';
import { loadZab, serverNames } from './specification-at-hand.ts';

export interface ReplayOptions {
  /** In each state also everything else that the specification allows there, refusals, and crashes between effects. */
  readonly around?: boolean;
  /** A variable whose projection is falsified on purpose: the replay should fail. */
  readonly falsified?: Variable;
}

export interface TraceReplay {
  readonly file: string;
  readonly steps: number;
  readonly mismatch:
    | {
        readonly summary: string;
        readonly detail: JsonValue;
        /** Number of the step, from 1. */ readonly step: number;
      }
    | undefined;
}

/** Specifications by the servers and values of traces, so that each is loaded once. */
export class TraceReplayer {
  private readonly loaded = new Map<string, Promise<Specification>>();

  /**
   * Replays one file.
   * @throws TraceError if the file cannot be read, or is no behaviour of the specification; with file and line
   */
  async replay(file: string, options: ReplayOptions = {}): Promise<TraceReplay> {
    const trace = readTraceFile(file);
    const specification = await this.specificationFor(trace);
    const path = behaviourOf(trace, specification);
    if (options.around === true) return replayAround(file, specification, path);
    const driver = new Driver(specification, options.falsified);
    for (const [index, { state, action, args }] of path.entries()) {
      const found = action === undefined ? driver.start(state) : driver.step(action.name, args ?? [], state);
      if (found !== undefined) {
        const { summary, detail } = found;
        return { file, steps: index, mismatch: { summary, detail, step: index } };
      }
    }
    return { file, steps: path.length - 1, mismatch: undefined };
  }

  private specificationFor(trace: TraceFile): Promise<Specification> {
    const { servers, values } = constantsOf(trace);
    const key = `${servers.join()};${values.join()}`;
    let loading = this.loaded.get(key);
    if (loading === undefined) {
      loading = loadZab(servers, values);
      this.loaded.set(key, loading);
    }
    return loading;
  }
}

/** Replays a path in lockstep: in each state all edges of the specification, and what must not happen there. */
function replayAround(file: string, specification: Specification, path: Path): TraceReplay {
  const lockstep = createCompanion(specification, {});
  const failed = (step: number, { summary, detail }: Mismatch): TraceReplay => ({
    file,
    steps: step,
    mismatch: { summary, detail, step },
  });
  let snapshot: Uint8Array = new Uint8Array(0);
  for (const [index, { state, action, args }] of path.entries()) {
    if (action === undefined) {
      const arrival = lockstep.initial(state);
      if (arrival.kind === 'mismatch') return failed(index, arrival);
      snapshot = arrival.snapshot();
    } else {
      lockstep.begin(path[index - 1]?.state ?? state, snapshot);
      const arrival = lockstep.edge({
        source: path[index - 1]?.state ?? state,
        action,
        args: args ?? [],
        target: state,
        withinBounds: true,
      });
      if (arrival.kind === 'mismatch') return failed(index, arrival);
      snapshot = arrival.snapshot();
    }
    const elsewhere = stepsFrom(specification, lockstep, state, snapshot);
    if (elsewhere !== undefined) return failed(index + 1, elsewhere);
  }
  return { file, steps: path.length - 1, mismatch: undefined };
}

function stepsFrom(
  specification: Specification,
  lockstep: Companion,
  source: State,
  snapshot: Uint8Array,
): Mismatch | undefined {
  let found: Mismatch | undefined;
  lockstep.begin(source, snapshot);
  specification.successors(source, (target, action, args) => {
    if (found !== undefined) return;
    const arrival = lockstep.edge({ source, action, args, target, withinBounds: true });
    if (arrival.kind === 'mismatch') found = arrival;
  });
  return found ?? lockstep.end();
}

/** The elements of Server and Value that the trace speaks of. */
function constantsOf(trace: TraceFile): { servers: string[]; values: string[] } {
  const names = new Set<string>();
  const collect = (value: unknown): void => {
    if (typeof value === 'string') {
      if (/^[sv][0-9]+$/.test(value)) names.add(value);
    } else if (value instanceof Map) {
      for (const [key, item] of value) {
        collect(key);
        collect(item);
      }
    } else if (Array.isArray(value)) value.forEach(collect);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect);
  };
  collect(trace.source.document);
  const all = [...names];
  const servers = all.filter((name) => name.startsWith('s'));
  if (servers.length === 0) {
    throw trace.source.errorAt(
      ['vars'],
      'mismatch',
      'no server s1, s2, … occurs: this is no trace of Zab.tla',
    );
  }
  const values = all.filter((name) => name.startsWith('v')).sort();
  try {
    return { servers: serverNames(servers), values: values.length === 0 ? ['v1'] : values };
  } catch (error) {
    if (error instanceof TraceError) throw trace.source.errorAt(['states', 0], error.code, error.sentence);
    throw error;
  }
}

/**
 * The trace as a path of the specification: for each of its states the one that the specification reaches.
 * @throws TraceError where the specification allows no such step
 */
function behaviourOf(file: TraceFile, specification: Specification): Path {
  const { trace, source } = file;
  const complain = (path: JsonPath, sentence: string): TraceError =>
    source.errorAt(inDocument(file, path), 'mismatch', sentence);
  const missing = specification.variables.find((name) => !trace.vars.includes(name));
  if (missing !== undefined)
    throw complain(['vars'], `the specification's variable ${missing} is not in this trace`);
  const foreign = trace.vars.find((name) => !specification.variables.includes(name));
  if (foreign !== undefined) throw complain(['vars'], `the specification has no variable ${foreign}`);

  const path: PathStep[] = [];
  for (const [index, wanted] of trace.states.entries()) {
    const previous = path.at(-1);
    let closest: { readonly variable: string } | undefined;
    let found: PathStep | undefined;
    const consider = (step: PathStep): void => {
      if (found !== undefined) return;
      const difference = differingVariable(specification, step.state, wanted);
      if (difference === undefined) found = step;
      else closest ??= { variable: difference };
    };
    if (previous === undefined) {
      specification.initialStates((state) => {
        consider({ state });
      });
    } else {
      const name = wanted.action === undefined ? undefined : boundActionOf(wanted.action.name);
      const matchesParameters = parametersMatcher(wanted);
      const emit = (state: State, action: NonNullable<PathStep['action']>, args: readonly Value[]): void => {
        if (name !== undefined && (action.name !== name || !matchesParameters(action.parameters, args)))
          return;
        consider({ state, action, args });
      };
      if (name === undefined) specification.successors(previous.state, emit);
      else if (specification.actions.some((action) => action.name === name)) {
        specification.successorsBy(previous.state, name, emit);
      } else throw complain(['states', index], `the specification has no action ${name}`);
    }
    if (found === undefined) throw complain(['states', index], sentenceFor(index, wanted, closest?.variable));
    path.push(found);
  }
  if (path.length === 0) throw complain(['states'], 'a trace without a state');
  return path;
}

function sentenceFor(index: number, wanted: TraceState<unknown>, variable: string | undefined): string {
  if (index === 0)
    return `this is no initial state of the specification: ${variable ?? 'there is none'} differs`;
  const step = wanted.action === undefined ? 'a step' : `the step ${wanted.action.name}`;
  return variable === undefined
    ? `the specification allows no ${step.replace(/^(a|the) /, '')} here`
    : `the specification allows ${step} here, but not to this state: ${variable} differs`;
}

/** The first variable in which a state is not the one of the trace. */
function differingVariable(
  specification: Specification,
  state: State,
  wanted: TraceState | TraceState<Untyped>,
): string | undefined {
  return specification.variables.find((name, position) => {
    const value = state[position];
    const there = wanted.values.get(name);
    return value === undefined || there === undefined || !agrees(there, traceValue(value));
  });
}

type Untyped = Parameters<typeof firstDifference>[0];

function agrees(there: TraceValue | Untyped, value: TraceValue): boolean {
  return isTyped(there) ? equalInTla(there, value) : firstDifference(there, value) === undefined;
}

function isTyped(value: TraceValue | Untyped): value is TraceValue {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

/** Parameters may be left out; those that are given must agree. */
function parametersMatcher(
  wanted: TraceState | TraceState<Untyped>,
): (names: readonly string[], args: readonly Value[]) => boolean {
  const given = [...(wanted.action?.parameters ?? [])] as readonly (readonly [
    string,
    TraceValue | Untyped,
  ])[];
  return (names, args) =>
    given.every(([name, value], position) => {
      // A model may call the parameters of its narrowed action otherwise; their order is the same.
      const at = names.includes(name) ? names.indexOf(name) : position;
      const arg = args[at];
      return arg !== undefined && agrees(value, traceValue(arg));
    });
}

/** The same place in TLC's form, where states stand elsewhere. */
function inDocument(file: TraceFile, path: JsonPath): JsonPath {
  if (file.form === 'itf' || path[0] !== 'states') return path;
  return ['counterexample', 'state', ...path.slice(1)];
}
