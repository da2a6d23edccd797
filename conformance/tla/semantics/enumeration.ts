/**
 * Enumerates the states that satisfy a predicate: initial states by assigning variables, successors by assigning primed
 * ones. Each form does what TLC does with it, so that the same states come out the same number of times. The code is in
 * continuation-passing style, put together once: `then` is what remains to be satisfied.
 */
import { evaluationError } from '../errors.ts';
import type { Place } from '../errors.ts';
import type { Application, Expression } from '../syntax/ast.ts';
import { equal } from '../values/equality.ts';
import { powerset } from '../values/lazy-sets.ts';
import { asSet } from '../modules/collections.ts';
import { contains } from '../values/sets.ts';
import { itemAt } from '../values/value.ts';
import type { Value } from '../values/value.ts';
import { resolve } from './arguments.ts';
import { isPlain, primedVariableOf, variableOf } from './assignable.ts';
import { builtinArity } from './builtins.ts';
import { clearingSlots, compileExists } from './choices.ts';
import { compileBounds, compileIteration, elementsAt, expectBoolean } from './compiler.ts';
import type { Compiler, Context } from './compiler.ts';
import { guardGoals, past, selected } from './coverage.ts';
import type { CoverageCounters } from './coverage.ts';
import { located, reads } from './machine.ts';
import type { Frame, Machine, Run, Then } from './machine.ts';
import { enterLet } from './bindings.ts';
import { enterCall, enterExpansion, leaveExpansion } from './calls.ts';
import { Env } from './scope.ts';

/** Which variables are assigned: those of the initial state, or the primed ones. */
export type Mode = 'initial' | 'next';

/** The part of a context that enumeration needs: it never stands below a prime or EXCEPT. */
export function enumerationContext(layout: Context['layout'], mode: Mode): Context {
  return { layout, primed: false, partial: mode === 'initial' ? reads.current : reads.next };
}

/** Puts enumerating code together. */
export class Enumerator {
  private readonly compiler: Compiler;
  private readonly machine: Machine;
  private readonly mode: Mode;
  private readonly coverage: CoverageCounters | undefined;

  constructor(compiler: Compiler, mode: Mode) {
    this.compiler = compiler;
    this.machine = compiler.machine;
    this.mode = mode;
    this.coverage = mode === 'next' ? compiler.machine.coverage : undefined;
  }

  compile(node: Expression, env: Env, context: Context, then: Then): Then {
    switch (node.kind) {
      case 'and': {
        let rest = then;
        for (let i = node.items.length - 1; i > 0; i -= 1) {
          rest = this.following(itemAt(node.items, i), env, context, rest);
        }
        return this.compile(itemAt(node.items, 0), env, context, rest);
      }
      case 'or': {
        const branches = node.items.map((item, i) =>
          this.compile(item, env, context, past(this.coverage, node, i, then)),
        );
        const enumerate: Then = (frame) => {
          for (let i = 0; i < branches.length; i += 1) itemAt(branches, i)(frame);
        };
        const { coverage } = this;
        const goal = guardGoals(coverage, node);
        if (coverage === undefined || goal === undefined) return enumerate;
        const disjuncts = node.items.map((item) => this.compiler.compile(item, env, context));
        return (frame) => {
          coverage.deciding(goal, disjuncts, frame);
          enumerate(frame);
        };
      }
      case 'exists':
        return this.exists(node, env, context, then);
      case 'forall':
        return this.forall(node, env, context, then);
      case 'if': {
        const condition = this.compiler.compile(node.condition, env, context);
        const yes = selected(this.coverage, node, 0, this.compile(node.then, env, context, then));
        const no = selected(this.coverage, node, 1, this.compile(node.otherwise, env, context, then));
        const { place } = node.condition;
        return (frame) => {
          if (expectBoolean(condition.run(frame), 'the condition of IF', place)) yes(frame);
          else no(frame);
        };
      }
      case 'case':
        return this.cases(node, env, context, then);
      case 'let': {
        const { scope, own } = enterLet(node.definitions, env, context.layout);
        return clearingSlots(this.compile(node.body, scope, context, then), own);
      }
      case 'box-step': {
        const action = this.compile(node.action, env, context, then);
        const stutter = this.unchanged(node.subscript, env, context, then);
        return (frame) => {
          action(frame);
          stutter(frame);
        };
      }
      case 'angle-step': {
        const before = this.compiler.compile(node.subscript, env, context);
        const after = this.compiler.compile(node.subscript, env, { ...context, primed: true });
        return this.compile(node.action, env, context, (frame) => {
          if (!equal(before.run(frame), after.run(frame))) then(frame);
        });
      }
      case 'apply':
        return this.application(node, env, context, then);
      default:
        return this.test(node, env, context, then);
    }
  }

  /** A conjunct after the first: once all variables have values TLC tests it instead of enumerating. */
  following(node: Expression, env: Env, context: Context, then: Then): Then {
    const enumerate = this.compile(node, env, context, then);
    // Inside ENABLED in an instance there are other variables than those that are counted.
    if (context.mapped !== undefined) return enumerate;
    let test: Then | undefined;
    const { machine } = this;
    const total = machine.variables.length;
    return (frame) => {
      if (machine.assigned < total) enumerate(frame);
      else {
        test ??= this.test(node, env, context, then);
        test(frame);
      }
    };
  }

  /** Anything that assigns nothing. */
  private test(node: Expression, env: Env, context: Context, then: Then): Then {
    const { run } = this.compiler.compile(node, env, context);
    const { place } = node;
    return (frame) => {
      const value = run(frame);
      if (value === true) then(frame);
      else if (value !== false) expectBoolean(value, 'a conjunct', place);
    };
  }

  private exists(node: QuantifierNode, env: Env, context: Context, then: Then): Then {
    const inner = new Env(env);
    const bounds = compileBounds(this.compiler, node.bounds, env, inner, context);
    const body = this.compile(node.body, inner, context, then);
    return compileExists(bounds, body);
  }

  private forall(node: QuantifierNode, env: Env, context: Context, then: Then): Then {
    const inner = new Env(env);
    const bounds = compileBounds(this.compiler, node.bounds, env, inner, context);
    const iterate = compileIteration(bounds);
    const slots = bounds.flatMap((bound) => bound.slots);
    const remaining = context.layout.slot();
    // What is left of the conjunction: the frames still to be satisfied, innermost next.
    const queues = new Map<number, readonly Frame[]>();
    let lastQueue = 0;
    const proceed: Then = (frame) => {
      const id = frame.values[remaining];
      if (typeof id !== 'number') throw new RangeError('a conjunction over a set has lost its place');
      const [queue, position] = [queues.get(Math.floor(id / positionsMax)), id % positionsMax];
      const following = queue?.[position + 1];
      if (following === undefined) {
        then(frame);
        return;
      }
      const fresh = frame.snapshot();
      for (const slot of slots) fresh.values[slot.index] = following.values[slot.index];
      fresh.values[remaining] = id + 1;
      body(fresh);
    };
    const body = this.compile(node.body, inner, context, proceed);
    return (frame) => {
      const frames: Frame[] = [];
      iterate(frame, (inside) => {
        frames.push(inside.snapshot());
        return false;
      });
      const [first] = frames;
      if (first === undefined) {
        then(frame);
        return;
      }
      lastQueue += 1;
      const id = lastQueue;
      queues.set(id, frames);
      first.values[remaining] = id * positionsMax;
      body(first);
      queues.delete(id);
    };
  }

  private cases(node: Extract<Expression, { kind: 'case' }>, env: Env, context: Context, then: Then): Then {
    const arms = node.arms.map((arm, i) => ({
      condition: this.compiler.compile(arm.condition, env, context),
      place: arm.condition.place,
      body: selected(this.coverage, node, i, this.compile(arm.value, env, context, then)),
    }));
    const otherwise =
      node.otherwise === undefined
        ? undefined
        : selected(this.coverage, node, arms.length, this.compile(node.otherwise, env, context, then));
    return (frame) => {
      for (const arm of arms) {
        if (expectBoolean(arm.condition.run(frame), 'the condition of CASE', arm.place)) {
          arm.body(frame);
          return;
        }
      }
      if (otherwise === undefined) throw evaluationError('CASE: no condition is true', node.place);
      otherwise(frame);
    };
  }

  private application(node: Application, env: Env, context: Context, then: Then): Then {
    const operands = node.args.filter(
      (argument): argument is Expression => argument.kind !== 'lambda' && argument.kind !== 'operator',
    );
    const [x, y] = operands;
    if (node.qualifiers.length === 0 && builtinArity(node.name) !== undefined) {
      switch (node.name) {
        case '=':
        case '\\in':
        case '\\subseteq': {
          if (x === undefined || y === undefined) break;
          const variable =
            this.mode === 'initial' ? variableOf(x, env) : primedVariableOf(x, env, context.mapped);
          if (variable === undefined) break;
          return this.assignment(node.name, variable, y, node.place, env, context, then);
        }
        case '=>':
          if (x !== undefined && y !== undefined) return this.implication(x, y, env, context, then);
          break;
        case 'UNCHANGED':
          if (x !== undefined && this.mode === 'next') return this.unchanged(x, env, context, then);
          break;
        case '/\\':
        case '\\/':
          return this.compile(
            { kind: node.name === '/\\' ? 'and' : 'or', place: node.place, items: operands },
            env,
            context,
            then,
          );
        default:
          break;
      }
      return this.test(node, env, context, then);
    }
    const binding = resolve(node, env);
    if (
      binding?.kind === 'expression' &&
      binding.functionDefinition === undefined &&
      node.args.length === 0
    ) {
      return this.compile(binding.expression, binding.env, context, then);
    }
    if (binding?.kind === 'definition' && !binding.recursive && isCallable(binding.definition)) {
      if (binding.definition.parameters.length !== node.args.length)
        return this.test(node, env, context, then);
      const { scope, own } = enterCall(binding, node, env, context);
      enterExpansion(binding, node);
      try {
        return clearingSlots(this.compile(binding.definition.body, scope, context, then), own);
      } finally {
        leaveExpansion(binding);
      }
    }
    return this.test(node, env, context, then);
  }

  private implication(x: Expression, y: Expression, env: Env, context: Context, then: Then): Then {
    const condition = this.compiler.compile(x, env, context);
    const conclusion = this.compile(y, env, context, then);
    return (frame) => {
      if (expectBoolean(condition.run(frame), 'the left side of =>', x.place)) conclusion(frame);
      else then(frame);
    };
  }

  /** `x' = e`, `x' \in S` and `x' \subseteq S`: gives the variable a value, or tests the one it has. */
  private assignment(
    operator: '=' | '\\in' | '\\subseteq',
    variable: number,
    right: Expression,
    place: Place,
    env: Env,
    context: Context,
    then: Then,
  ): Then {
    return this.assign(operator, variable, this.compiler.compile(right, env, context).run, place, then);
  }

  private assign(
    operator: '=' | '\\in' | '\\subseteq',
    variable: number,
    run: Run,
    place: Place,
    then: Then,
  ): Then {
    const { machine } = this;
    if (operator === '=') {
      return (frame) => {
        const value = run(frame);
        const { target } = machine;
        const present = target[variable];
        if (present === undefined) {
          target[variable] = value;
          machine.assigned += 1;
          then(frame);
          machine.assigned -= 1;
          target[variable] = undefined;
        } else if (equalAt(present, value, place)) then(frame);
      };
    }
    const setOf = (frame: Frame): ReturnType<typeof asSet> => {
      try {
        const set = asSet(run(frame), operator);
        return operator === '\\in' ? set : powerset(set);
      } catch (error) {
        throw located(error, place);
      }
    };
    return (frame) => {
      const set = setOf(frame);
      const { target } = machine;
      const present = target[variable];
      if (present !== undefined) {
        if (containsAt(set, present, place)) then(frame);
        return;
      }
      const elements = elementsAt(() => set, place, frame);
      machine.assigned += 1;
      for (const element of elements) {
        target[variable] = element;
        then(frame);
      }
      machine.assigned -= 1;
      target[variable] = undefined;
    };
  }

  private unchanged(node: Expression, env: Env, context: Context, then: Then): Then {
    const { machine } = this;
    const variable = variableOf(node, env, context.mapped);
    if (variable !== undefined && variable >= machine.variables.length) {
      return this.assign('=', variable, this.compiler.compile(node, env, context).run, node.place, then);
    }
    if (variable !== undefined) {
      return (frame) => {
        const value = machine.current[variable] ?? machine.readCurrent(variable);
        const { target } = machine;
        const present = target[variable];
        if (present === undefined) {
          target[variable] = value;
          machine.assigned += 1;
          then(frame);
          machine.assigned -= 1;
          target[variable] = undefined;
        } else if (present === value || equalAt(value, present, node.place)) then(frame);
      };
    }
    if (node.kind === 'tuple') {
      return node.items.reduceRight<Then>((rest, item) => this.unchanged(item, env, context, rest), then);
    }
    if (
      node.kind === 'apply' &&
      node.args.length === 0 &&
      (node.qualifiers.length > 0 || builtinArity(node.name) === undefined)
    ) {
      const binding = resolve(node, env);
      if (binding?.kind === 'definition' && isPlain(binding.definition) && !binding.recursive) {
        return this.unchanged(binding.definition.body, binding.env, context, then);
      }
      if (binding?.kind === 'expression' && binding.functionDefinition === undefined) {
        return this.unchanged(binding.expression, binding.env, context, then);
      }
    }
    const before = this.compiler.compile(node, env, context);
    const after = this.compiler.compile(node, env, { ...context, primed: true });
    return (frame) => {
      if (equalAt(before.run(frame), after.run(frame), node.place)) then(frame);
    };
  }
}

type QuantifierNode = Extract<Expression, { kind: 'forall' | 'exists' }>;

/** Elements of one conjunction over a set that positions are counted in. */
const positionsMax = 1 << 20;

function isCallable(definition: { kind: string; bounds?: unknown }): boolean {
  return definition.kind === 'lambda' || definition.bounds === undefined;
}

function equalAt(a: Value, b: Value, place: Place): boolean {
  try {
    return equal(a, b);
  } catch (error) {
    throw located(error, place);
  }
}

function containsAt(set: ReturnType<typeof asSet>, value: Value, place: Place): boolean {
  try {
    return contains(set, value);
  } catch (error) {
    throw located(error, place);
  }
}
