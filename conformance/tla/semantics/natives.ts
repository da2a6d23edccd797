/** Compiles the operators of standard modules, and operators that are passed as arguments. */
import { TlaError } from '../errors.ts';
import type { Place } from '../errors.ts';
import { nativeArity } from '../modules/native.ts';
import type { NativeFunction, NativeOperator } from '../modules/native.ts';
import type { Application, Argument } from '../syntax/ast.ts';
import { itemAt } from '../values/value.ts';
import type { Value } from '../values/value.ts';
import { bindArgument, isExpression, wrongArity } from './arguments.ts';
import { binaryCode, unaryCode } from './builtins.ts';
import type { Compiler, Context } from './compiler.ts';
import { Frame, Layout, code, fold, literalCode, located } from './machine.ts';
import type { Code, Run } from './machine.ts';
import { Env } from './scope.ts';
import type { SlotBinding } from './scope.ts';

export function compileNative(
  compiler: Compiler,
  native: NativeOperator,
  node: Application,
  env: Env,
  context: Context,
): Code {
  const arity = nativeArity(native);
  if (node.args.length !== arity) throw wrongArity(node, arity);
  const { machine } = compiler;
  const { place } = node;
  const world = native.world === true ? 4 : 0;
  if (native.form === 'unsupported') {
    throw new TlaError('unsupported', `${native.name} is not evaluated`, place);
  }
  if (native.form === 'higher') {
    const values: Code[] = [];
    const functions: OperatorCode[] = [];
    node.args.forEach((argument, i) => {
      const operatorArity = native.operators.get(i);
      if (operatorArity !== undefined)
        functions.push(compileOperator(compiler, argument, operatorArity, env, context));
      else if (isExpression(argument)) values.push(compiler.compile(argument, env, context));
    });
    const made = code(
      (frame) => {
        try {
          return native.apply(
            values.map((value) => value.run(frame)),
            functions.map((operator) => operator.make(frame)),
            machine,
          );
        } catch (error) {
          throw located(error, place);
        }
      },
      [...values, ...functions.map((operator) => operator.code)],
      [],
      world,
    );
    return made;
  }
  const parts = node.args.map((argument) => {
    if (!isExpression(argument))
      throw new TlaError('semantic', `${native.name} takes no operator`, argument.place);
    return compiler.compile(argument, env, context);
  });
  switch (native.form) {
    case 'constant':
      return typeof native.value === 'function'
        ? fold({ run: constantOf(native.value(machine)), reads: world, free: new Set() })
        : literalCode(native.value);
    case 'unary': {
      const made = unaryCode(itemAt(parts, 0), (a) => native.apply(a, machine), place);
      return world === 0 ? made : worldly(itemAt(parts, 0), made, (a) => native.apply(a, machine), place);
    }
    case 'binary': {
      const left = itemAt(parts, 0);
      const right = itemAt(parts, 1);
      const quick =
        world === 0
          ? quickArithmetic(native.name, left, right, (a, b) => native.apply(a, b, machine), place)
          : undefined;
      if (quick !== undefined) return quick;
      if (world === 0) return binaryCode(left, right, (a, b) => native.apply(a, b, machine), place);
      const x = left.run;
      const y = right.run;
      return code(
        (frame) => valueAt(() => native.apply(x(frame), y(frame), machine), place),
        parts,
        [],
        world,
      );
    }
    case 'ternary': {
      const [a, b, c] = [itemAt(parts, 0).run, itemAt(parts, 1).run, itemAt(parts, 2).run];
      return code(
        (frame) => valueAt(() => native.apply(a(frame), b(frame), c(frame), machine), place),
        parts,
        [],
        world,
      );
    }
  }
}

function constantOf(value: Value): Run {
  return () => value;
}

function valueAt(work: () => Value, place: Place): Value {
  try {
    return work();
  } catch (error) {
    throw located(error, place);
  }
}

function worldly(operand: Code, made: Code, apply: (a: Value) => Value, place: Place): Code {
  const { run } = operand;
  return { run: (frame) => valueAt(() => apply(run(frame)), place), reads: made.reads | 4, free: made.free };
}

/** The arithmetic that protocols do all the time, without a call when both sides are integers. */
function quickArithmetic(
  name: string,
  left: Code,
  right: Code,
  apply: (a: Value, b: Value) => Value,
  place: Place,
): Code | undefined {
  const a = left.run;
  const b = right.run;
  const slow = (x: Value, y: Value): Value => valueAt(() => apply(x, y), place);
  const parts = [left, right];
  switch (name) {
    case '<':
      return code((frame) => {
        const x = a(frame);
        const y = b(frame);
        return typeof x === 'number' && typeof y === 'number' ? x < y : slow(x, y);
      }, parts);
    case '<=':
      return code((frame) => {
        const x = a(frame);
        const y = b(frame);
        return typeof x === 'number' && typeof y === 'number' ? x <= y : slow(x, y);
      }, parts);
    case '>':
      return code((frame) => {
        const x = a(frame);
        const y = b(frame);
        return typeof x === 'number' && typeof y === 'number' ? x > y : slow(x, y);
      }, parts);
    case '>=':
      return code((frame) => {
        const x = a(frame);
        const y = b(frame);
        return typeof x === 'number' && typeof y === 'number' ? x >= y : slow(x, y);
      }, parts);
    case '+':
      return code((frame) => {
        const x = a(frame);
        const y = b(frame);
        if (typeof x === 'number' && typeof y === 'number') {
          const sum = x + y;
          if (sum === (sum | 0)) return sum;
        }
        return slow(x, y);
      }, parts);
    case '-':
      return code((frame) => {
        const x = a(frame);
        const y = b(frame);
        if (typeof x === 'number' && typeof y === 'number') {
          const rest = x - y;
          if (rest === (rest | 0)) return rest;
        }
        return slow(x, y);
      }, parts);
    default:
      return undefined;
  }
}

/** An operator as an argument of a native or recursive one: what makes the function, and what it depends on. */
export interface OperatorCode {
  readonly make: (frame: Frame) => NativeFunction;
  readonly code: Code;
}

export function compileOperator(
  compiler: Compiler,
  argument: Argument,
  arity: number,
  env: Env,
  context: Context,
): OperatorCode {
  const binding = bindArgument(argument, arity, env, undefined);
  const layout = new Layout(context.layout);
  const inner = new Env(env);
  const names = Array.from({ length: arity }, (_, i) => `(argument ${i})`);
  const slots: SlotBinding[] = names.map((name) => {
    const slot: SlotBinding = { kind: 'slot', layout, index: layout.slot() };
    inner.bind(name, slot);
    return slot;
  });
  const call: Application = {
    kind: 'apply',
    place: argument.place,
    qualifiers: [],
    name: 'the operator argument',
    args: names.map((name) => ({ kind: 'apply', place: argument.place, qualifiers: [], name, args: [] })),
  };
  const body = compiler.binding(binding, call, inner, { ...context, layout });
  const made = code(body.run, [body], slots);
  return {
    make: (outer) => {
      return (...args) => {
        const frame = new Frame(layout.size, outer);
        for (let i = 0; i < arity; i += 1) frame.values[i] = args[i];
        return body.run(frame);
      };
    },
    code: made,
  };
}
