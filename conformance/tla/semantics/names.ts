/** Compiles names: variables, constants, arguments and LET definitions, or what they are applied to. */
import { TlaError, evaluationError } from '../errors.ts';
import type { Place } from '../errors.ts';
import type { Application } from '../syntax/ast.ts';
import { equal } from '../values/equality.ts';
import { itemAt } from '../values/value.ts';
import type { Value } from '../values/value.ts';
import { isExpression, resolve, unknown, wrongArity } from './arguments.ts';
import { compileBuiltin, compileVariable } from './builtins.ts';
import { compileCall } from './calls.ts';
import type { Compiler, Context } from './compiler.ts';
import { compileFunctionDefinition } from './functions.ts';
import { keptInState } from './kept.ts';
import { code, literalCode, outward } from './machine.ts';
import type { Code, Frame, Run } from './machine.ts';
import { compileNative } from './natives.ts';
import type { Binding, Env, ExpressionBinding, SlotBinding } from './scope.ts';

/** Compiles a name with its arguments, whatever it stands for. */
export function compileName(compiler: Compiler, node: Application, env: Env, context: Context): Code {
  if (node.qualifiers.length === 0) {
    const operands = node.args.filter(isExpression);
    const builtin =
      operands.length === node.args.length
        ? compileBuiltin(compiler, node, operands, env, context)
        : undefined;
    if (builtin !== undefined) return builtin;
  }
  const binding = resolve(node, env);
  if (binding === undefined) throw unknown(node);
  return compiler.binding(binding, node, env, context);
}

export function compileBinding(
  compiler: Compiler,
  binding: Binding,
  node: Application,
  env: Env,
  context: Context,
): Code {
  const position = context.primed ? context.mapped?.positions.get(binding) : undefined;
  if (position !== undefined) return compileVariable(compiler, position, node.place, context);
  switch (binding.kind) {
    case 'variable':
      if (node.args.length > 0) throw wrongArity(node, 0);
      return compileVariable(compiler, binding.index, node.place, context);
    case 'value':
      if (node.args.length > 0) throw wrongArity(node, 0);
      return literalCode(binding.value);
    case 'missing':
      throw new TlaError(
        'configuration',
        `constant ${binding.name} has no value in the model`,
        binding.place,
      );
    case 'table':
      return compileTable(compiler, binding, node, env, context);
    case 'definition':
      return compileCall(compiler, binding, node, env, context);
    case 'native':
      return compileNative(compiler, binding.native, node, env, context);
    case 'instance':
      throw new TlaError('semantic', `${node.name} is an instance; write ${node.name}!Operator`, node.place);
    case 'slot':
      if (node.args.length > 0) throw wrongArity(node, 0);
      return compileSlot(binding, node.place, context);
    case 'operator-slot': {
      if (node.args.length !== binding.arity) throw wrongArity(node, binding.arity);
      const parts = node.args
        .filter(isExpression)
        .map((argument) => compiler.compile(argument, env, context));
      const hops = context.layout.hopsTo(binding.layout);
      const made = code((frame) => {
        const operator = outward(frame, hops).operators?.[binding.index];
        if (operator === undefined) throw evaluationError('an operator argument is missing', node.place);
        return operator(...parts.map((part) => part.run(frame)));
      }, parts);
      // What the operator reads is not known here, so nothing of it is kept.
      return { ...made, reads: made.reads | 7 };
    }
    case 'expression':
      if (node.args.length > 0) throw wrongArity(node, 0);
      return compileDeferred(compiler, binding, context);
  }
}

/** `@`, which EXCEPT binds like a name. */
export function compileAt(place: Place, env: Env, context: Context): Code {
  const binding = env.lookup('@');
  if (binding?.kind !== 'slot') throw new TlaError('semantic', '@ outside of EXCEPT', place);
  return compileSlot(binding, place, context);
}

function compileSlot(slot: SlotBinding, place: Place, context: Context): Code {
  const hops = context.layout.hopsTo(slot.layout);
  const { index } = slot;
  const free = new Set([slot]);
  if (slot.parameterOf !== undefined) {
    if (slot.parameterOf.primed !== context.primed) {
      throw new TlaError(
        'unsupported',
        'a prime on a parameter of a recursive operator is not evaluated',
        place,
      );
    }
    return {
      run: (frame) => {
        const home = hops === 0 ? frame : outward(frame, hops);
        const value = home.values[index];
        return value ?? force(home, index);
      },
      reads: 0,
      free,
      cheap: true,
    };
  }
  const read = (frame: Frame): Value => {
    const value = frame.values[index];
    if (value === undefined) throw new RangeError(`slot ${index} is read before it is bound`);
    return value;
  };
  if (hops === 0) return { run: read, reads: 0, free, cheap: true };
  return { run: (frame) => read(outward(frame, hops)), reads: 0, free, cheap: true };
}

function force(frame: Frame, index: number): Value {
  const pending = frame.pending?.[index];
  if (pending === undefined) throw new RangeError(`parameter ${index} has no value`);
  const value = pending.run(pending.frame);
  frame.values[index] = value;
  return value;
}

/** An argument, a LET definition or a substitution: evaluated when first needed, kept while that is sound. */
function compileDeferred(compiler: Compiler, binding: ExpressionBinding, context: Context): Code {
  const home = binding.layout;
  if (home === undefined) {
    return keptInState(compiler.machine, binding, compileStanding(compiler, binding, context), context);
  }
  const key = (context.mapped?.id ?? 0) * 16 + (context.primed ? 8 : 0) + context.partial;
  let entry = binding.compiled.get(key);
  if (entry === undefined) {
    const made = compileStanding(compiler, binding, {
      layout: home,
      primed: context.primed,
      partial: context.partial,
      ...(context.mapped === undefined ? {} : { mapped: context.mapped }),
    });
    const keep = made.cheap !== true && (made.reads & (context.partial | 4)) === 0;
    const slot = keep ? home.slot() : undefined;
    if (slot !== undefined) binding.slots.push(slot);
    entry = { code: made, slot };
    binding.compiled.set(key, entry);
  }
  const { code: made, slot } = entry;
  const hops = context.layout.hopsTo(home);
  const { run } = made;
  const { coverage } = compiler.machine;
  if (slot === undefined) {
    return hops === 0 ? made : { ...made, run: (frame) => run(outward(frame, hops)) };
  }
  const kept: Run =
    hops === 0
      ? (frame) => frame.values[slot] ?? (frame.values[slot] = run(frame))
      : (frame) => {
          const outer = outward(frame, hops);
          return outer.values[slot] ?? (outer.values[slot] = run(outer));
        };
  // What is only tried must be evaluated again, and counted, when it is needed.
  const tried: Run =
    coverage === undefined
      ? kept
      : (frame) => {
          if (!coverage.isTrying) return kept(frame);
          const outer = outward(frame, hops);
          return outer.values[slot] ?? run(outer);
        };
  return { run: tried, reads: made.reads, free: made.free, cheap: true };
}

function compileStanding(compiler: Compiler, binding: ExpressionBinding, context: Context): Code {
  const definition = binding.functionDefinition;
  return definition === undefined
    ? compiler.compile(binding.expression, binding.env, context)
    : compileFunctionDefinition(compiler, definition, binding.env, context);
}

function compileTable(
  compiler: Compiler,
  binding: Extract<Binding, { kind: 'table' }>,
  node: Application,
  env: Env,
  context: Context,
): Code {
  if (node.args.length !== binding.arity) throw wrongArity(node, binding.arity);
  const parts = node.args.filter(isExpression).map((argument) => compiler.compile(argument, env, context));
  return code((frame) => {
    const args = parts.map((part) => part.run(frame));
    const row = binding.entries.find((entry) =>
      entry.args.every((value, i) => equal(value, itemAt(args, i))),
    );
    if (row === undefined)
      throw evaluationError(`the model gives no value of ${binding.name} here`, node.place);
    return row.value;
  }, parts);
}
