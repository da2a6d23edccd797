import { TraceError, type JsonPath } from './errors.ts';
import {
  abbreviate,
  expectArray,
  expectInteger,
  expectNames,
  expectObject,
  expectString,
  expectKeys,
} from './expect.ts';
import { readItfValue, writeItfValue } from './itf-value.ts';
import { writeJson, type JsonObject, type JsonValue } from './json.ts';
import { Fault, TraceSource, type ReadOptions } from './source.ts';
import type { ActionPlace, Trace, TraceAction, TraceState } from './trace.ts';
import type { TraceValue } from './value.ts';

// The Informal Trace Format, as Apalache defines it in its decision record 015. `#meta` is free there; what we put in
// it, and read from it, is:
// - of the trace: `closing`, the action that leads from the last state back to `loop`;
// - of a state: `index`, and the action that led to it: `action` (its name), `parameters` (an object of ITF
//   expressions, in the order of the action's definition) and `place`.

const FORMAT: JsonObject = new Map([
  ['format', 'ITF'],
  ['format-description', 'https://apalache-mc.org/docs/adr/015adr-trace.html'],
]);
const TRACE_META = [...FORMAT.keys(), 'closing'];
const STATE_META = ['index', 'action', 'parameters', 'place'];
const LINES_MAX = 0x7fffffff;

/**
 * Reads a trace in the Informal Trace Format.
 *
 * @throws TraceError for anything else, with line and column.
 */
export function readItf(text: string, options: ReadOptions = {}): Trace {
  return interpretItf(new TraceSource(text, options));
}

/** Reads a trace from a document that is already parsed. */
export function interpretItf(source: TraceSource): Trace {
  return source.interpret((document) => {
    const root = expectObject(document, [], 'a trace in the Informal Trace Format');
    if (!root.has('states'))
      throw new Fault([], 'expected a trace in the Informal Trace Format: no key states');
    expectKeys(root, [], ['#meta', 'params', 'vars', 'states', 'loop']);
    const vars = expectNames(root.get('vars'), ['vars'], 'the names of the variables');
    const params = root.has('params')
      ? expectNames(root.get('params'), ['params'], 'the names of the parameters')
      : [];
    for (const [index, name] of [...vars, ...params].entries()) {
      const path = index < vars.length ? ['vars', index] : ['params', index - vars.length];
      if (name.startsWith('#')) throw new Fault(path, `${abbreviate(name)} cannot be a variable's name`);
      if (index >= vars.length && vars.includes(name)) throw new Fault(path, `${name} is a variable too`);
    }
    const list = expectArray(root.get('states'), ['states'], 'the states');
    if (list.length === 0) throw new Fault(['states'], 'a trace has at least one state');
    const states = list.map((state, index) => readState(state, index, vars, params));
    const whole = readTraceMeta(root);
    if (!root.has('loop')) {
      if (whole.closing !== undefined) throw new Fault(['#meta', 'closing'], 'a closing action, but no loop');
      return { params, vars, states, meta: whole.meta };
    }
    const loop = expectInteger(root.get('loop'), ['loop'], 'the index of a state', 0, states.length - 1);
    return { params, vars, states, loop, ...whole };
  });
}

/**
 * Writes a trace in the Informal Trace Format, one state a line: the same trace gives the same bytes.
 *
 * @throws TraceError `unwritable` where the form would lose something.
 */
export function writeItf(trace: Trace): string {
  checkShape(trace);
  const states = trace.states.map((state, index) =>
    attempt(['states', index], () => writeState(trace, state, index)),
  );
  const lines = [`"#meta":${writeJson(attempt(['#meta'], () => writeTraceMeta(trace)))}`];
  if (trace.params.length > 0) lines.push(`"params":${writeJson(trace.params)}`);
  lines.push(`"vars":${writeJson(trace.vars)}`, `"states":[\n${states.map(writeJson).join(',\n')}\n]`);
  if (trace.loop !== undefined) lines.push(`"loop":${trace.loop}`);
  return `{${lines.join(',\n')}}\n`;
}

function readState(
  value: JsonValue,
  index: number,
  vars: readonly string[],
  params: readonly string[],
): TraceState {
  const path: JsonPath = ['states', index];
  const object = expectObject(value, path, 'a state');
  const names = index === 0 ? [...params, ...vars] : vars;
  for (const key of object.keys()) {
    if (key !== '#meta' && !names.includes(key))
      throw new Fault([...path, key], `${abbreviate(key)} is not in vars`);
  }
  const values = new Map<string, TraceValue>();
  for (const name of names) {
    const item = object.get(name);
    if (item === undefined) throw new Fault(path, `the state gives no value for ${abbreviate(name)}`);
    values.set(name, readItfValue(item, [...path, name]));
  }
  if (!object.has('#meta')) return { values };
  const metaPath = [...path, '#meta'];
  const meta = expectObject(object.get('#meta'), metaPath, 'what else there is to say of the state');
  if (meta.has('index')) {
    const said = expectInteger(
      meta.get('index'),
      [...metaPath, 'index'],
      'the index',
      0,
      Number.MAX_SAFE_INTEGER,
    );
    if (said !== index) {
      throw new Fault(
        [...metaPath, 'index'],
        `the state says it is number ${said}, but it is number ${index}`,
      );
    }
  }
  const rest = without(meta, STATE_META);
  const described = rest.size === 0 ? {} : { meta: rest };
  if (!meta.has('action')) return { values, ...described };
  if (index === 0) throw new Fault([...metaPath, 'action'], 'no action can lead to the first state');
  return { values, action: readAction(meta, metaPath), ...described };
}

function readAction(object: JsonObject, path: JsonPath): TraceAction {
  const name = expectString(object.get('action'), [...path, 'action'], 'the name of an action');
  const parameters = new Map<string, TraceValue>();
  if (object.has('parameters')) {
    const inside = [...path, 'parameters'];
    for (const [key, item] of expectObject(object.get('parameters'), inside, 'parameters by name')) {
      parameters.set(key, readItfValue(item, [...inside, key]));
    }
  }
  if (!object.has('place')) return { name, parameters };
  return { name, parameters, place: readPlace(object.get('place'), [...path, 'place']) };
}

/** Reads `{module, beginLine, beginColumn, endLine, endColumn}`, which is TLC's form too. */
export function readPlace(value: JsonValue | undefined, path: JsonPath): ActionPlace {
  const object = expectObject(value, path, "an action's place");
  const number = (key: string): number =>
    expectInteger(object.get(key), [...path, key], 'a number', 0, LINES_MAX);
  return {
    module: expectString(object.get('module'), [...path, 'module'], "a module's name"),
    beginLine: number('beginLine'),
    beginColumn: number('beginColumn'),
    endLine: number('endLine'),
    endColumn: number('endColumn'),
  };
}

export function writePlace(place: ActionPlace): JsonObject {
  return new Map<string, JsonValue>([
    ['beginLine', BigInt(place.beginLine)],
    ['beginColumn', BigInt(place.beginColumn)],
    ['endLine', BigInt(place.endLine)],
    ['endColumn', BigInt(place.endColumn)],
    ['module', place.module],
  ]);
}

function readTraceMeta(root: JsonObject): { meta: JsonObject; closing?: TraceAction } {
  if (!root.has('#meta')) return { meta: new Map() };
  const all = expectObject(root.get('#meta'), ['#meta'], 'what else there is to say of the trace');
  const meta = without(all, TRACE_META);
  if (!all.has('closing')) return { meta };
  const path = ['#meta', 'closing'];
  return { meta, closing: readAction(expectObject(all.get('closing'), path, 'the closing action'), path) };
}

function writeTraceMeta(trace: Trace): JsonObject {
  const meta = new Map(FORMAT);
  if (trace.closing !== undefined) meta.set('closing', new Map(actionEntries(trace.closing)));
  return new Map([...meta, ...freeMeta(trace.meta, TRACE_META)]);
}

function writeState(trace: Trace, state: TraceState, index: number): JsonObject {
  const meta = new Map<string, JsonValue>([['index', BigInt(index)]]);
  if (state.action !== undefined) {
    if (index === 0) throw new TraceError('unwritable', 'no action can lead to the first state');
    for (const [key, value] of actionEntries(state.action)) meta.set(key, value);
  }
  for (const [key, value] of freeMeta(state.meta ?? new Map<string, JsonValue>(), STATE_META))
    meta.set(key, value);
  const object = new Map<string, JsonValue>([['#meta', meta]]);
  for (const name of index === 0 ? [...trace.params, ...trace.vars] : trace.vars) {
    const value = state.values.get(name);
    if (value === undefined)
      throw new TraceError('unwritable', `the state gives no value for ${abbreviate(name)}`);
    object.set(name, writeItfValue(value));
  }
  for (const name of state.values.keys()) {
    if (!object.has(name)) throw new TraceError('unwritable', `${abbreviate(name)} is not in vars`);
  }
  return object;
}

function actionEntries(action: TraceAction): readonly (readonly [string, JsonValue])[] {
  const entries: (readonly [string, JsonValue])[] = [['action', action.name]];
  if (action.parameters.size > 0) {
    entries.push([
      'parameters',
      new Map([...action.parameters].map(([name, value]) => [name, writeItfValue(value)])),
    ]);
  }
  if (action.place !== undefined) entries.push(['place', writePlace(action.place)]);
  return entries;
}

/** The free part of `#meta`, sorted at every level so that equal ones give equal bytes. */
function freeMeta(meta: JsonObject, reserved: readonly string[]): JsonObject {
  for (const key of meta.keys()) {
    if (reserved.includes(key))
      throw new TraceError('unwritable', `the key ${key} of #meta has a meaning of its own`);
  }
  return sortKeys(meta);
}

function sortKeys(object: JsonObject): JsonObject {
  const keys = [...object.keys()].sort();
  return new Map(keys.map((key) => [key, sortInside(object.get(key) ?? null)]));
}

function sortInside(value: JsonValue): JsonValue {
  if (value instanceof Map) return sortKeys(value);
  return Array.isArray(value) ? value.map(sortInside) : value;
}

function without(object: JsonObject, keys: readonly string[]): JsonObject {
  return new Map([...object].filter(([key]) => !keys.includes(key)));
}

function checkShape(trace: Trace): void {
  const names = [...trace.params, ...trace.vars];
  const bad = names.find((name, index) => name.startsWith('#') || names.indexOf(name) !== index);
  if (bad !== undefined)
    throw new TraceError('unwritable', `${abbreviate(bad)} cannot be a name here, or stands twice`);
  if (trace.states.length === 0) throw new TraceError('unwritable', 'a trace has at least one state');
  const { loop } = trace;
  if (loop === undefined) {
    if (trace.closing !== undefined) throw new TraceError('unwritable', 'a closing action, but no loop');
  } else if (!Number.isInteger(loop) || loop < 0 || loop >= trace.states.length) {
    throw new TraceError('unwritable', `the loop leads to state ${loop}, which there is not`);
  }
}

/** Says which part of the trace could not be written. */
function attempt<T>(path: JsonPath, write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (error instanceof TraceError) throw new TraceError(error.code, error.sentence, { path });
    throw error;
  }
}
