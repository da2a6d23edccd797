import { TraceError, type JsonPath } from './errors.ts';
import type { JsonValue } from './json.ts';
import type { Trace, TraceAction, TraceState, UntypedTrace } from './trace.ts';
import type { TraceValue } from './value.ts';
import { firstDifference } from './untyped.ts';

/**
 * What a specification can do, as far as typing a trace needs it. States are yielded lazily: no more are asked for
 * once one matches.
 */
export interface Behaviours {
  readonly vars: readonly string[];
  /** The states in which a behaviour may begin. */
  initial(): Iterable<ReadonlyMap<string, TraceValue>>;
  /** The states that one step by an action of this name may lead to, each with the parameters of the step. */
  successors(
    values: ReadonlyMap<string, TraceValue>,
    action: string,
  ): Iterable<{ readonly action: TraceAction; readonly values: ReadonlyMap<string, TraceValue> }>;
}

/**
 * Gives a trace in TLC's form its types, by walking the specification along it: each state is one that the
 * specification yields and that the untyped state can be. Where several can (they differ in types alone), the walk
 * tries them in turn.
 *
 * @throws TraceError `mismatch`, with the path of the first state or action that the specification does not yield.
 */
export function typeTrace(trace: UntypedTrace, spec: Behaviours): Trace {
  const missing = spec.vars.find((name) => !trace.vars.includes(name));
  if (missing !== undefined)
    throw mismatch(['vars'], `the specification's variable ${missing} is not in this trace`);
  const foreign = trace.vars.findIndex((name) => !spec.vars.includes(name));
  if (foreign >= 0) {
    throw mismatch(['vars', foreign], `the specification has no variable ${trace.vars[foreign] ?? ''}`);
  }
  return new Walk(trace, spec).whole();
}

function mismatch(path: JsonPath, sentence: string): TraceError {
  return new TraceError('mismatch', sentence, { path });
}

class Walk {
  private readonly trace: UntypedTrace;
  private readonly spec: Behaviours;
  /** The complaint of the walk that came furthest: the one that helps. */
  private furthest = -1;
  private complaint = mismatch(['states'], 'the specification has no initial state');

  constructor(trace: UntypedTrace, spec: Behaviours) {
    this.trace = trace;
    this.spec = spec;
  }

  whole(): Trace {
    const { params, vars, meta, loop } = this.trace;
    for (const found of this.from(0, [])) {
      const rest = loop === undefined ? {} : { loop };
      return { params, vars, meta, ...rest, ...found };
    }
    throw this.complaint;
  }

  private *from(
    index: number,
    before: readonly TraceState[],
  ): Generator<{ states: readonly TraceState[]; closing?: TraceAction }> {
    const untyped = this.trace.states[index];
    if (untyped === undefined) {
      yield* this.closed(before);
      return;
    }
    for (const candidate of this.candidates(index, before)) {
      const difference = differenceInState(untyped, candidate);
      if (difference === undefined) yield* this.from(index + 1, [...before, candidate]);
      else this.complain(index, difference);
    }
  }

  private candidates(index: number, before: readonly TraceState[]): Iterable<TraceState> {
    const previous = before.at(-1);
    if (previous === undefined) return mapLazily(this.spec.initial(), (values) => ({ values }));
    const action = this.trace.states[index]?.action;
    if (action === undefined) {
      this.complain(index, [], 'no action is said to lead here');
      return [];
    }
    this.complain(index, ['action'], `the specification allows no step ${action.name} here`);
    return this.spec.successors(previous.values, action.name);
  }

  private *closed(
    states: readonly TraceState[],
  ): Generator<{ states: readonly TraceState[]; closing?: TraceAction }> {
    const { loop, closing } = this.trace;
    const last = states.at(-1);
    const target = loop === undefined ? undefined : this.trace.states[loop];
    if (loop === undefined || target === undefined || last === undefined || loop === states.length - 1) {
      // Stuttering is no action of the specification; TLC gives it the name of the last one.
      const named = loop !== undefined && closing !== undefined && last?.action !== undefined;
      const same = named && differenceInAction(closing, last.action) === undefined;
      yield same ? { states, closing: last.action } : { states };
      return;
    }
    if (closing === undefined) {
      this.complain(states.length, [], 'no action is said to close the loop');
      return;
    }
    this.complain(
      states.length,
      [],
      `the specification allows no step ${closing.name} back to state ${loop}`,
    );
    for (const step of this.spec.successors(last.values, closing.name)) {
      const difference = differenceInState({ values: target.values, action: closing }, step);
      if (difference === undefined) yield { states, closing: step.action };
    }
  }

  private complain(index: number, difference: JsonPath, sentence?: string): void {
    if (index < this.furthest || (index === this.furthest && sentence !== undefined)) return;
    this.furthest = index;
    const closing = index >= this.trace.states.length;
    const path = closing ? ['closing'] : ['states', index, ...difference];
    this.complaint = mismatch(path, sentence ?? `no state of the specification agrees with this one`);
  }
}

/** Where the untyped state or its action cannot be the candidate; undefined if both can. */
function differenceInState(untyped: TraceState<JsonValue>, candidate: TraceState): JsonPath | undefined {
  if (untyped.action !== undefined && candidate.action !== undefined) {
    const difference = differenceInAction(untyped.action, candidate.action);
    if (difference !== undefined) return ['action', ...difference];
  }
  for (const [name, value] of untyped.values) {
    const typed = candidate.values.get(name);
    if (typed === undefined) return [name];
    const difference = firstDifference(value, typed);
    if (difference !== undefined) return [name, ...difference];
  }
  return undefined;
}

/** A trace may leave the parameters out; those it gives must agree. */
function differenceInAction(untyped: TraceAction<JsonValue>, candidate: TraceAction): JsonPath | undefined {
  if (untyped.name !== candidate.name) return ['name'];
  for (const [name, value] of untyped.parameters) {
    const typed = candidate.parameters.get(name);
    if (typed === undefined) return ['parameters', name];
    const difference = firstDifference(value, typed);
    if (difference !== undefined) return ['parameters', name, ...difference];
  }
  return undefined;
}

function* mapLazily<A, B>(items: Iterable<A>, change: (item: A) => B): Generator<B> {
  for (const item of items) yield change(item);
}
