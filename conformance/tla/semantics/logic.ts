/** Compiles the logical forms: junctions, quantifiers, CHOOSE, IF and CASE. */
import { evaluationError } from '../errors.ts';
import type { Place } from '../errors.ts';
import type { Case, Choose, Conditional, Junction, Quantifier } from '../syntax/ast.ts';
import { quote } from '../values/format.ts';
import { itemAt } from '../values/value.ts';
import type { Value } from '../values/value.ts';
import {
  compileBounds,
  compileIteration,
  destructure,
  elementsAt,
  expectBoolean,
  slotsOf,
} from './compiler.ts';
import type { Compiler, Context } from './compiler.ts';
import type { CoverageCounters } from './coverage.ts';
import { code, literalCode } from './machine.ts';
import type { Code, Frame, Run } from './machine.ts';
import { Env } from './scope.ts';

export function compileJunction(compiler: Compiler, node: Junction, env: Env, context: Context): Code {
  const parts = node.items.map((item) => compiler.compile(item, env, context));
  const runs = parts.map((part) => part.run);
  const places = node.items.map((item) => item.place);
  const stop = node.kind === 'or';
  const what = stop ? 'an operand of \\/' : 'an operand of /\\';
  const { coverage } = compiler.machine;
  const goal = stop ? coverage?.first(node) : undefined;
  if (coverage !== undefined && goal !== undefined) {
    return compileCountedDisjunction(coverage, goal, parts, places);
  }
  if (runs.length === 2) {
    const first = itemAt(runs, 0);
    const second = itemAt(runs, 1);
    return code((frame) => {
      const a = first(frame);
      if (a === stop) return stop;
      if (typeof a !== 'boolean') expectBoolean(a, what, itemAt(places, 0));
      const b = second(frame);
      return typeof b === 'boolean' ? b : expectBoolean(b, what, itemAt(places, 1));
    }, parts);
  }
  return code((frame) => {
    for (let i = 0; i < runs.length; i += 1) {
      const value = itemAt(runs, i)(frame);
      if (value === stop) return stop;
      if (typeof value !== 'boolean') expectBoolean(value, what, itemAt(places, i));
    }
    return !stop;
  }, parts);
}

/** A disjunction that counts which of its disjuncts decide. */
function compileCountedDisjunction(
  coverage: CoverageCounters,
  firstGoal: number,
  parts: readonly Code[],
  places: readonly Place[],
): Code {
  const constant = isConstant(parts);
  const others = parts.map((_, i) => parts.slice(i + 1));
  return code((frame) => {
    for (const [i, part] of parts.entries()) {
      if (!expectBoolean(part.run(frame), 'an operand of \\/', itemAt(places, i))) continue;
      // Those before it were false.
      coverage.decided(firstGoal + i, itemAt(others, i), frame, constant);
      return true;
    }
    return false;
  }, parts);
}

/** Is code that is made of these parts evaluated once and for all? */
function isConstant(parts: readonly Code[]): boolean {
  return parts.every((part) => part.reads === 0 && part.free.size === 0);
}

export function compileQuantifier(compiler: Compiler, node: Quantifier, env: Env, context: Context): Code {
  const inner = new Env(env);
  const bounds = compileBounds(compiler, node.bounds, env, inner, context);
  const body = compiler.compile(node.body, inner, context);
  const { run } = body;
  const { place } = node.body;
  const parts = [...bounds.map((bound) => bound.set), body];
  const sought = node.kind === 'exists';
  const what = 'the body of a quantifier';
  const [only] = bounds;
  if (bounds.length === 1 && only?.slots.length === 1 && !only.tuple) {
    const { index } = itemAt(only.slots, 0);
    const set = only.set.run;
    const setPlace = only.place;
    return code(
      (frame) => {
        const elements = elementsAt(set, setPlace, frame);
        for (const element of elements) {
          frame.values[index] = element;
          const value = run(frame);
          if (value === sought) return sought;
          if (typeof value !== 'boolean') expectBoolean(value, what, place);
        }
        return !sought;
      },
      parts,
      slotsOf(bounds),
    );
  }
  const iterate = compileIteration(bounds);
  const visit = (frame: Frame): boolean => expectBoolean(run(frame), what, place) === sought;
  return code((frame) => (iterate(frame, visit) ? sought : !sought), parts, slotsOf(bounds));
}

export function compileChoose(compiler: Compiler, node: Choose, env: Env, context: Context): Code {
  const inner = new Env(env);
  const [bound] = compileBounds(compiler, [node.bound], env, inner, context);
  if (bound === undefined) throw new TypeError('CHOOSE has one bound');
  const body = compiler.compile(node.body, inner, context);
  const { run } = body;
  return code(
    (frame) => {
      const elements = elementsAt(bound.set.run, bound.place, frame);
      for (let i = 0; i < elements.length; i += 1) {
        const element = itemAt(elements, i);
        if (bound.tuple) destructure(element, bound.slots, frame);
        else frame.values[itemAt(bound.slots, 0).index] = element;
        if (expectBoolean(run(frame), 'the body of CHOOSE', node.body.place)) return element;
      }
      throw evaluationError('CHOOSE: no element of the set satisfies the predicate', node.place);
    },
    [bound.set, body],
    bound.slots,
  );
}

export function compileConditional(compiler: Compiler, node: Conditional, env: Env, context: Context): Code {
  const condition = compiler.compile(node.condition, env, context);
  const then = compiler.compile(node.then, env, context);
  const otherwise = compiler.compile(node.otherwise, env, context);
  const test = condition.run;
  const { coverage } = compiler.machine;
  const goal = coverage?.first(node);
  const parts = [condition, then, otherwise];
  const counted = (arm: Run, position: number): Run =>
    coverage === undefined || goal === undefined
      ? arm
      : coverage.selecting(goal + position, arm, isConstant(parts));
  const yes = counted(then.run, 0);
  const no = counted(otherwise.run, 1);
  return code((frame) => {
    const value = test(frame);
    if (value === true) return yes(frame);
    if (value === false) return no(frame);
    throw notACondition('IF', value, node.condition.place);
  }, parts);
}

export function notACondition(what: string, value: Value, place: Conditional['place']): Error {
  return evaluationError(`the condition of ${what} must be a boolean, not ${quote(value)}`, place);
}

export function compileCase(compiler: Compiler, node: Case, env: Env, context: Context): Code {
  const arms = node.arms.map((arm) => ({
    condition: compiler.compile(arm.condition, env, context),
    value: compiler.compile(arm.value, env, context),
    place: arm.condition.place,
  }));
  const otherwise = node.otherwise === undefined ? undefined : compiler.compile(node.otherwise, env, context);
  const parts = [
    ...arms.flatMap((arm) => [arm.condition, arm.value]),
    ...(otherwise === undefined ? [] : [otherwise]),
  ];
  const { coverage } = compiler.machine;
  const goal = coverage?.first(node);
  const runs = [...arms.map((arm) => arm.value), ...(otherwise === undefined ? [] : [otherwise])].map(
    ({ run }, i) =>
      coverage === undefined || goal === undefined
        ? run
        : coverage.selecting(goal + i, run, isConstant(parts)),
  );
  return code((frame) => {
    for (let i = 0; i < arms.length; i += 1) {
      const { condition, place } = itemAt(arms, i);
      if (expectBoolean(condition.run(frame), 'the condition of CASE', place)) return itemAt(runs, i)(frame);
    }
    if (otherwise !== undefined) return itemAt(runs, arms.length)(frame);
    throw evaluationError('CASE: no condition is true', node.place);
  }, parts);
}

/** Logical operators on two values; `=>` looks at its right side only when it must. */
export function compileImplication(left: Code, right: Code, place: Case['place']): Code {
  const a: Run = left.run;
  const b: Run = right.run;
  return code(
    (frame) =>
      expectBoolean(a(frame), 'the left side of =>', place)
        ? expectBoolean(b(frame), 'the right side of =>', place)
        : true,
    [left, right],
  );
}

export const truth = literalCode(true);
