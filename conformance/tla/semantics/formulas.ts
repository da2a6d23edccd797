/** Compiles formulas that are asked of given states, each with a frame of its own, and the actions of fairness. */
import { TlaError } from '../errors.ts';
import type { Place } from '../errors.ts';
import type { State } from '../specification.ts';
import type { Expression, StepExpression } from '../syntax/ast.ts';
import type { Value } from '../values/value.ts';
import { copyComplete } from './actions.ts';
import { expectBoolean } from './compiler.ts';
import type { Compiler, Context } from './compiler.ts';
import { Enumerator, enumerationContext } from './enumeration.ts';
import { Frame, Layout, located } from './machine.ts';
import type { Code } from './machine.ts';
import type { Env } from './scope.ts';

const noState: readonly (Value | undefined)[] = [];

/** Where formulas are compiled: nothing is bound around them, and the states they speak of are complete. */
export function standingContext(): Context {
  return { layout: new Layout(undefined), primed: false, partial: 0 };
}

/** A predicate on states. Compiled at once, so that what cannot be evaluated at all is found when the model is loaded. */
export function stateFormula(
  compiler: Compiler,
  body: Expression,
  env: Env,
  name: string,
  place: Place,
): (state: State) => boolean {
  const context = standingContext();
  const { layout } = context;
  const { run } = compileAt(compiler, body, env, context);
  const { machine } = compiler;
  return (state) => {
    const { current, next } = machine;
    machine.current = state;
    machine.next = noState;
    try {
      const value = run(new Frame(layout.size, undefined));
      return typeof value === 'boolean' ? value : expectBoolean(value, name, place);
    } catch (error) {
      throw located(error, place);
    } finally {
      machine.current = current;
      machine.next = next;
    }
  };
}

/**
 * `[A]_v` or `<<A>>_v`. Whether v changes is asked first: most steps of a specification leave alone what a more abstract
 * one speaks of. TLC asks A first, so an error in A at a step that leaves v alone is one for TLC only.
 */
export function stepFormula(
  compiler: Compiler,
  node: StepExpression,
  env: Env,
): (state: State, next: State) => boolean {
  const context = standingContext();
  const { layout } = context;
  const { place } = node;
  const unchanged = compiler.unchanged(node.subscript, env, context, place).run;
  const action = compileAt(compiler, node.action, env, context).run;
  const { machine } = compiler;
  const stuttering = node.kind === 'box-step';
  return (state, after) => {
    const { current, next } = machine;
    machine.current = state;
    machine.next = after;
    try {
      if (unchanged(new Frame(layout.size, undefined)) === true) return stuttering;
      return expectBoolean(action(new Frame(layout.size, undefined)), 'an action', place);
    } catch (error) {
      throw located(error, place);
    } finally {
      machine.current = current;
      machine.next = next;
    }
  };
}

function compileAt(compiler: Compiler, body: Expression, env: Env, context: Context): Code {
  try {
    return compiler.compile(body, env, context);
  } catch (error) {
    throw error instanceof TlaError ? error.at(body.place) : error;
  }
}

/**
 * The states that an action leads to. Returns false if it leaves a variable without a next value; then what was emitted is
 * not all.
 */
export function actionSuccessors(
  compiler: Compiler,
  action: Expression,
  env: Env,
): (state: State, emit: (next: State) => void) => boolean {
  const layout = new Layout(undefined);
  const { machine } = compiler;
  const total = machine.variables.length;
  const report: { emit: (next: State) => void; incomplete: boolean } = {
    emit: () => undefined,
    incomplete: false,
  };
  const search = new Enumerator(compiler, 'next').compile(
    action,
    env,
    enumerationContext(layout, 'next'),
    () => {
      if (machine.assigned < total) report.incomplete = true;
      else report.emit(copyComplete(machine.target));
    },
  );
  return (state, emit) => {
    const { current, next, target, assigned } = machine;
    machine.current = state;
    machine.target = new Array<Value | undefined>(total).fill(undefined);
    machine.next = machine.target;
    machine.assigned = 0;
    report.emit = emit;
    report.incomplete = false;
    try {
      search(new Frame(layout.size, undefined));
      return !report.incomplete;
    } catch (error) {
      throw located(error, action.place);
    } finally {
      machine.current = current;
      machine.next = next;
      machine.target = target;
      machine.assigned = assigned;
    }
  };
}
