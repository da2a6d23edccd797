/** The checker's paths as traces of the trace package. */
import {
  bool,
  int,
  map,
  model,
  record,
  set,
  string,
  sequence,
  unserializable,
  type Trace,
  type TraceAction,
  type TraceState,
  type TraceValue,
} from '../../tla-json-trace/index.ts';
import type { Verdict } from '../explore/outcome.ts';
import type { Path, PathStep } from '../explore/path.ts';
import type { State } from '../specification.ts';
import { format } from '../values/format.ts';
import { pairsOf } from '../values/functions.ts';
import { enumerateIfPossible } from '../values/enumeration.ts';
import { tabulate } from '../values/tabulation.ts';
import type { Value } from '../values/value.ts';

/** A value as a trace holds it. Functions over `1..n` are sequences; TLA+ knows no tuples beside them. */
export function traceValue(value: Value): TraceValue {
  if (typeof value === 'boolean') return bool(value);
  if (typeof value === 'number') return int(value);
  switch (value.kind) {
    case 'string':
      return string(value.text);
    case 'model':
      return model(value.name);
    case 'tuple':
      return sequence(value.elements.map(traceValue));
    case 'record':
      return record(pairsOf(value).map(([field, entry]) => [fieldName(field), traceValue(entry)]));
    case 'set':
      return set(value.elements.map(traceValue));
    case 'interval':
    case 'lazy-set': {
      const spelled = enumerateIfPossible(value);
      return spelled === undefined ? unserializable(format(value)) : traceValue(spelled);
    }
    case 'function':
      return map(pairsOf(value).map(([argument, result]) => [traceValue(argument), traceValue(result)]));
    case 'lazy-function': {
      const spelled = tabulate(value);
      return spelled === undefined ? unserializable(format(value)) : traceValue(spelled);
    }
  }
}

function fieldName(field: Value): string {
  if (typeof field !== 'object' || field.kind !== 'string')
    throw new TypeError('a field is named by a string');
  return field.text;
}

/** The variables of a state, in the order of their declaration. */
export function traceValues(variables: readonly string[], state: State): ReadonlyMap<string, TraceValue> {
  return new Map(
    variables.map((name, position) => {
      const value = state[position];
      return [name, value === undefined ? unserializable('null') : traceValue(value)];
    }),
  );
}

/** The step that led to a state, if one did. */
export function traceAction(step: PathStep): TraceAction | undefined {
  const { action, args } = step;
  if (action === undefined) return undefined;
  const { module, line, column, endLine, endColumn } = action.place;
  return {
    name: action.name,
    parameters: new Map(
      action.parameters.flatMap((parameter, position) => {
        const value = args?.[position];
        return value === undefined ? [] : [[parameter, traceValue(value)] as const];
      }),
    ),
    place: { module, beginLine: line, beginColumn: column, endLine, endColumn },
  };
}

/** A path as a trace, with what `meta` says of it. */
export function traceOf(variables: readonly string[], path: Path, meta: Trace['meta'] = new Map()): Trace {
  return {
    params: [],
    vars: variables,
    meta,
    states: path.map((step): TraceState => {
      const values = traceValues(variables, step.state);
      const action = traceAction(step);
      return action === undefined ? { values } : { values, action };
    }),
  };
}

/** The behaviour that a verdict comes with, if there is one: finite, or a lasso. */
export function counterexampleOf(variables: readonly string[], verdict: Verdict): Trace | undefined {
  if (verdict.kind === 'found' && verdict.path.length > 0) return traceOf(variables, verdict.path);
  if (verdict.kind !== 'liveness') return undefined;
  const { path, loop } = verdict;
  const closing = verdict.closing && traceAction(verdict.closing);
  return { ...traceOf(variables, path), loop, ...(closing === undefined ? {} : { closing }) };
}
