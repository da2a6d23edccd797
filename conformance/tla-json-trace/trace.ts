import type { JsonObject, JsonValue } from './json.ts';
import type { TraceValue } from './value.ts';

/** Where an action's definition stands in its module. Lines and columns count from 1, both ends included. */
export interface ActionPlace {
  readonly module: string;
  readonly beginLine: number;
  readonly beginColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** The action of one step: its name in the specification, and its parameters in the order of the definition. */
export interface TraceAction<V = TraceValue> {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, V>;
  readonly place?: ActionPlace;
}

/** One state, and the action that led to it from the state before (absent in the first). */
export interface TraceState<V = TraceValue> {
  /** A value for every variable of the trace; in the first state also for every parameter. */
  readonly values: ReadonlyMap<string, V>;
  readonly action?: TraceAction<V>;
  /** What else `#meta` of the state says. */
  readonly meta?: JsonObject;
}

/**
 * A behaviour of a specification: finite, or, with `loop`, one that goes from its last state back to an earlier one and
 * so on for ever. `loop` at the last state itself is stuttering.
 */
export interface Trace<V = TraceValue> {
  /** The specification's constants, where the trace gives their values (in its first state). */
  readonly params: readonly string[];
  readonly vars: readonly string[];
  readonly states: readonly TraceState<V>[];
  /** Index in `states`, from 0, of the state that follows the last one. */
  readonly loop?: number;
  /** The action of the step from the last state to `states[loop]`. */
  readonly closing?: TraceAction<V>;
  /** What `#meta` of the trace says: where it comes from, what it covers. */
  readonly meta: JsonObject;
}

/** A trace in TLC's JSON form, where sets, sequences and tuples are all arrays and model values are strings. */
export type UntypedTrace = Trace<JsonValue>;

/** Whether the behaviour ends in endless repetition of its last state. */
export function isStuttering(trace: Trace<unknown>): boolean {
  return trace.loop !== undefined && trace.loop === trace.states.length - 1;
}
