import { TraceError, type JsonPath } from './errors.ts';
import { expectArray, expectInteger, expectNames, expectObject, expectString } from './expect.ts';
import { readPlace, writePlace } from './itf.ts';
import { isArray, isObject, writeJson, type JsonObject, type JsonValue } from './json.ts';
import { Fault, TraceSource, type ReadOptions } from './source.ts';
import type { Trace, TraceAction, TraceState, UntypedTrace } from './trace.ts';
import { fromTyped } from './untyped.ts';

// The form that TLC writes with `-dumpTrace json FILE`: the value of `CounterExample` of its module TLCExt. States are
// pairs of a number, from 1, and a record; actions are triples of such a state, the action, and the state it leads to.
// Both are sets written as arrays, so their order is no promise. An action that leads back, or to the state it comes
// from, closes a lasso.

/**
 * Reads a trace as TLC writes it. Values come without their types; `typeTrace` and `matches` find those out.
 *
 * @throws TraceError for anything else, with line and column.
 */
export function readTlc(text: string, options: ReadOptions = {}): UntypedTrace {
  return interpretTlc(new TraceSource(text, options));
}

/** Reads a trace from a document that is already parsed. */
export function interpretTlc(source: TraceSource): UntypedTrace {
  return source.interpret((document) => {
    const root = expectObject(document, [], "a trace in TLC's JSON form");
    const at = ['counterexample'];
    const graph = expectObject(root.get('counterexample'), at, 'states and actions');
    const vars = expectNames(root.get('vars'), ['vars'], 'the names of the variables');
    const nodes = readNodes(expectArray(graph.get('state'), [...at, 'state'], 'the states'), vars);
    const edges = readEdges(expectArray(graph.get('action'), [...at, 'action'], 'the actions'), nodes);
    const states = nodes.map((values, index): TraceState<JsonValue> => {
      const action = edges.to.get(index);
      if (index === 0) return { values };
      if (action === undefined) throw new Fault([...at, 'action'], `no action leads to state ${index + 1}`);
      return { values, action };
    });
    return { params: [], vars, states, meta: new Map<string, JsonValue>(), ...edges.closing };
  });
}

/**
 * Writes a trace in TLC's form; types are lost. TLC would order fields and elements of sets in its own way.
 *
 * @throws TraceError `unwritable` for a value that TLC could not write.
 */
export function writeTlc(trace: Trace): string {
  const nodes = trace.states.map((state, index): JsonValue => {
    try {
      return [BigInt(index + 1), new Map(trace.vars.map((name) => [name, valueOf(state, name)]))];
    } catch (error) {
      if (error instanceof TraceError)
        throw new TraceError(error.code, error.sentence, { path: ['states', index] });
      throw error;
    }
  });
  const edge = (from: number, action: TraceAction | undefined, to: number): JsonValue => {
    if (action === undefined) {
      throw new TraceError('unwritable', `TLC's form needs the action that leads to state ${to + 1}`);
    }
    return [nodes[from] ?? null, writeAction(action), nodes[to] ?? null];
  };
  const edges = trace.states.slice(1).map((state, index) => edge(index, state.action, index + 1));
  if (trace.loop !== undefined) edges.push(edge(trace.states.length - 1, trace.closing, trace.loop));
  const graph = new Map<string, JsonValue>([
    ['action', edges],
    ['state', nodes],
  ]);
  return `${writeJson(
    new Map<string, JsonValue>([
      ['counterexample', graph],
      ['vars', trace.vars],
    ]),
  )}\n`;
}

function valueOf(state: TraceState, name: string): JsonValue {
  const value = state.values.get(name);
  if (value === undefined) throw new TraceError('unwritable', `the state gives no value for ${name}`);
  return fromTyped(value);
}

function writeAction(action: TraceAction): JsonObject {
  const object = new Map<string, JsonValue>([['name', action.name]]);
  if (action.place !== undefined) object.set('location', writePlace(action.place));
  if (action.parameters.size > 0) {
    object.set('context', new Map([...action.parameters].map(([name, value]) => [name, fromTyped(value)])));
    object.set('parameters', [...action.parameters.keys()]);
  }
  return object;
}

function readNodes(items: readonly JsonValue[], vars: readonly string[]): JsonObject[] {
  const base = ['counterexample', 'state'];
  if (items.length === 0) throw new Fault(base, 'a trace has at least one state');
  const nodes: (JsonObject | undefined)[] = items.map(() => undefined);
  for (const [index, item] of items.entries()) {
    const path = [...base, index];
    const { number, values } = readNode(item, path, items.length);
    if (nodes[number - 1] !== undefined) throw new Fault(path, `a second state with the number ${number}`);
    for (const name of vars) {
      if (!values.has(name)) throw new Fault([...path, 1], `the state gives no value for ${name}`);
    }
    for (const name of values.keys()) {
      if (!vars.includes(name)) throw new Fault([...path, 1, name], `${name} is not in vars`);
    }
    nodes[number - 1] = new Map(vars.map((name) => [name, values.get(name) ?? null]));
  }
  // As many numbers as states, each in range and none twice: none is missing.
  return nodes.filter((node) => node !== undefined);
}

function readNode(item: JsonValue, path: JsonPath, most: number): { number: number; values: JsonObject } {
  const pair = expectArray(item, path, 'the number of a state and its values');
  const number = expectInteger(pair[0], [...path, 0], "a state's number", 1, most);
  return { number, values: expectObject(pair[1], [...path, 1], 'values by variable') };
}

interface Edges {
  readonly to: ReadonlyMap<number, TraceAction<JsonValue>>;
  readonly closing: { readonly loop?: number; readonly closing?: TraceAction<JsonValue> };
}

function readEdges(items: readonly JsonValue[], nodes: readonly JsonObject[]): Edges {
  const to = new Map<number, TraceAction<JsonValue>>();
  let closing: Edges['closing'] = {};
  for (const [index, item] of items.entries()) {
    const path = ['counterexample', 'action', index];
    const triple = expectArray(item, path, 'a state, the action, and the state that it leads to');
    const end = (position: 0 | 2): number => {
      const at = [...path, position];
      const { number, values } = readNode(triple[position] ?? null, at, nodes.length);
      const node = nodes[number - 1];
      if (node === undefined || !sameJson(node, values)) {
        throw new Fault([...at, 1], `this state ${number} is not the one of the same number under state`);
      }
      return number;
    };
    const [from, target] = [end(0), end(2)];
    const action = readAction(expectObject(triple[1], [...path, 1], 'an action'), [...path, 1]);
    if (target === from + 1) {
      if (to.has(target - 1)) throw new Fault(path, `a second action that leads to state ${target}`);
      to.set(target - 1, action);
    } else if (target <= from && from === nodes.length) {
      if (closing.loop !== undefined) throw new Fault(path, 'a second action that closes a loop');
      closing = { loop: target - 1, closing: action };
    } else {
      throw new Fault(path, `an action from state ${from} to state ${target} is no step of one behaviour`);
    }
  }
  return { to, closing };
}

function readAction(object: JsonObject, path: JsonPath): TraceAction<JsonValue> {
  const name = expectString(object.get('name'), [...path, 'name'], "an action's name");
  const parameters = new Map<string, JsonValue>();
  if (object.has('parameters')) {
    // The context holds every name bound on the way to the action; its parameters are some of them.
    const context = expectObject(object.get('context'), [...path, 'context'], 'values by name');
    for (const parameter of expectNames(
      object.get('parameters'),
      [...path, 'parameters'],
      'names of parameters',
    )) {
      const value = context.get(parameter);
      if (value === undefined)
        throw new Fault([...path, 'context'], `no value for the parameter ${parameter}`);
      parameters.set(parameter, value);
    }
  }
  if (!object.has('location')) return { name, parameters };
  return { name, parameters, place: readPlace(object.get('location'), [...path, 'location']) };
}

function sameJson(a: JsonValue | undefined, b: JsonValue): boolean {
  if (a === undefined || a === null || b === null || typeof a !== 'object' || typeof b !== 'object')
    return a === b;
  if (isArray(a) || isArray(b)) {
    return (
      isArray(a) &&
      isArray(b) &&
      a.length === b.length &&
      a.every((item, index) => sameJson(item, b[index] ?? null))
    );
  }
  return (
    isObject(a) &&
    isObject(b) &&
    a.size === b.size &&
    [...b].every(([key, item]) => sameJson(a.get(key), item))
  );
}
