/** Compiles names: variables, constants, arguments, applications of operators, LET. */
import { TlaError, evaluationError } from '../errors.ts';
import type { Place } from '../errors.ts';
import { nativeArity } from '../modules/native.ts';
import type { NativeFunction, NativeOperator } from '../modules/native.ts';
import type { Application, Argument, Expression, Let, LetDefinition } from '../syntax/ast.ts';
import { equal } from '../values/equality.ts';
import { itemAt } from '../values/value.ts';
import type { Value } from '../values/value.ts';
import { binaryCode, compileBuiltin, compileVariable, unaryCode } from './builtins.ts';
import type { Compiler, Context } from './compiler.ts';
import { Frame, Layout, code, fold, literalCode, located, outward } from './machine.ts';
import type { Code, Run } from './machine.ts';
import { bindArgument, resolve, unknown } from './arguments.ts';
import { compileRecursiveFunction, compileFunction } from './structures.ts';
import { mentions } from '../syntax/mentions.ts';
import { Env, expressionBinding } from './scope.ts';
import type { Binding, DefinitionBinding, ExpressionBinding, SlotBinding } from './scope.ts';

function isExpression(argument: Argument): argument is Expression {
  return argument.kind !== 'lambda' && argument.kind !== 'operator';
}

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
  return compileBinding(compiler, binding, node, env, context);
}

function wrongArity(node: Application, expected: number): TlaError {
  return new TlaError(
    'semantic',
    `${node.name} takes ${expected} arguments, not ${node.args.length}`,
    node.place,
  );
}

function compileBinding(
  compiler: Compiler,
  binding: Binding,
  node: Application,
  env: Env,
  context: Context,
): Code {
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
  if (home === undefined) return compileStanding(compiler, binding, context);
  const key = (context.primed ? 8 : 0) + context.partial;
  let entry = binding.compiled.get(key);
  if (entry === undefined) {
    const made = compileStanding(compiler, binding, {
      layout: home,
      primed: context.primed,
      partial: context.partial,
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
  return { run: kept, reads: made.reads, free: made.free, cheap: true };
}

function compileStanding(compiler: Compiler, binding: ExpressionBinding, context: Context): Code {
  const definition = binding.functionDefinition;
  return definition === undefined
    ? compiler.compile(binding.expression, binding.env, context)
    : compileFunctionDefinition(compiler, definition, binding.env, context);
}

type FunctionDefinition = NonNullable<ExpressionBinding['functionDefinition']>;

function compileFunctionDefinition(
  compiler: Compiler,
  definition: FunctionDefinition,
  env: Env,
  context: Context,
): Code {
  return mentions(definition.body, definition.name)
    ? compileRecursiveFunction(compiler, definition, env, context)
    : compileFunction(
        compiler,
        { bounds: definition.bounds ?? [], body: definition.body, place: definition.place },
        env,
        context,
      );
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

function compileNative(
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
        (frame) => located2(() => native.apply(x(frame), y(frame), machine), place),
        parts,
        [],
        world,
      );
    }
    case 'ternary': {
      const [a, b, c] = [itemAt(parts, 0).run, itemAt(parts, 1).run, itemAt(parts, 2).run];
      return code(
        (frame) => located2(() => native.apply(a(frame), b(frame), c(frame), machine), place),
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

function located2(work: () => Value, place: Place): Value {
  try {
    return work();
  } catch (error) {
    throw located(error, place);
  }
}

function worldly(operand: Code, made: Code, apply: (a: Value) => Value, place: Place): Code {
  const { run } = operand;
  return { run: (frame) => located2(() => apply(run(frame)), place), reads: made.reads | 4, free: made.free };
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
  const slow = (x: Value, y: Value): Value => located2(() => apply(x, y), place);
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
interface OperatorCode {
  readonly make: (frame: Frame) => NativeFunction;
  readonly code: Code;
}

function compileOperator(
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
  const body = compileBinding(compiler, binding, call, inner, { ...context, layout });
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

/** How deep each definition is being expanded inside itself, as in `F(F(F(1)))`; endless without RECURSIVE. */
const expanding = new Map<DefinitionBinding['definition'], number>();
const expansionsMax = 100;

const constantCodes = new WeakMap<DefinitionBinding, Code>();

function compileCall(
  compiler: Compiler,
  binding: DefinitionBinding,
  node: Application,
  env: Env,
  context: Context,
): Code {
  const { definition } = binding;
  const { parameters } = definition;
  if (parameters.length !== node.args.length) throw wrongArity(node, parameters.length);
  if (definition.kind === 'definition' && definition.bounds !== undefined) {
    return compileFunctionDefinition(compiler, definition, binding.env, context);
  }
  if (binding.recursive) return compileRecursiveCall(compiler, binding, node, env, context);
  if (
    parameters.length > 0 &&
    bodySize(definition) > inlinedMax &&
    parameters.every(({ arity }) => arity === 0)
  ) {
    const shared = trySharedCall(compiler, binding, node, env, context);
    if (shared !== undefined) return shared;
  }
  const constant = constantCodes.get(binding);
  if (constant !== undefined) return constant;
  const { scope, own } = enterCall(binding, node, env, context);
  enterExpansion(binding, node);
  try {
    const body = compiler.compile(definition.body, scope, context);
    if (parameters.length === 0 && body.reads === 0 && body.free.size === 0) constantCodes.set(binding, body);
    return clearing(
      body,
      own.flatMap((bound) => bound.slots),
    );
  } finally {
    leaveExpansion(binding);
  }
}

export function enterExpansion(binding: DefinitionBinding, node: Application): void {
  const depth = expanding.get(binding.definition) ?? 0;
  if (depth > expansionsMax) {
    throw new TlaError(
      'semantic',
      `${binding.name} refers to itself and is not declared RECURSIVE`,
      node.place,
    );
  }
  expanding.set(binding.definition, depth + 1);
}

export function leaveExpansion(binding: DefinitionBinding): void {
  expanding.set(binding.definition, (expanding.get(binding.definition) ?? 1) - 1);
}

/** The scope of an operator's body with its parameters bound, and those whose slots are to be cleared on each call. */
export function enterCall(
  binding: DefinitionBinding,
  node: Application,
  env: Env,
  context: Context,
): { scope: Env; own: readonly ExpressionBinding[] } {
  const scope = new Env(binding.env);
  const bindings = binding.definition.parameters.map((parameter, i) => {
    const bound = bindArgument(itemAt(node.args, i), parameter.arity, env, context.layout);
    scope.bind(parameter.name, bound);
    return bound;
  });
  const own = bindings.filter(
    (bound, i): bound is ExpressionBinding =>
      bound.kind === 'expression' && bound.expression === node.args[i],
  );
  return { scope, own };
}

/** Code that forgets what was kept in these slots before it runs. */
export function clearing(body: Code, slots: readonly number[]): Code {
  if (slots.length === 0) return body;
  const { run } = body;
  const [first] = slots;
  const cleared: Run =
    slots.length === 1 && first !== undefined
      ? (frame) => {
          frame.values[first] = undefined;
          return run(frame);
        }
      : (frame) => {
          for (let i = 0; i < slots.length; i += 1) frame.values[itemAt(slots, i)] = undefined;
          return run(frame);
        };
  return { run: cleared, reads: body.reads, free: body.free };
}

const inlinedMax = 4000;
const sizes = new WeakMap<object, number>();

function bodySize(definition: DefinitionBinding['definition']): number {
  let size = sizes.get(definition);
  if (size === undefined) {
    size =
      JSON.stringify(definition.body, (key, value: unknown) => (key === 'place' ? undefined : value)).length /
      40;
    sizes.set(definition, size);
  }
  return size;
}

/** A large body is compiled once and called; undefined if its parameters stand below primes, which calls cannot do. */
function trySharedCall(
  compiler: Compiler,
  binding: DefinitionBinding,
  node: Application,
  env: Env,
  context: Context,
): Code | undefined {
  try {
    return compileRecursiveCall(compiler, binding, node, env, context);
  } catch (error) {
    if (error instanceof TlaError && error.kind === 'unsupported') return undefined;
    throw error;
  }
}

interface SharedBody {
  readonly layout: Layout;
  run: Run;
  reads: number;
  free: ReadonlySet<SlotBinding>;
  finished: boolean;
  /** Stands for the unknown slots of a body that is still being compiled; never read. */
  readonly mark: SlotBinding;
}

const sharedBodies = new WeakMap<Env, Map<string, SharedBody>>();
const compilingBodies: SharedBody[] = [];

/** A call of an operator that is compiled once, in a frame of its own. */
function compileRecursiveCall(
  compiler: Compiler,
  binding: DefinitionBinding,
  node: Application,
  env: Env,
  context: Context,
): Code {
  const { definition } = binding;
  const body = sharedBody(compiler, binding, context);
  const outerLayout = body.layout.parent;
  const hops = outerLayout === undefined ? undefined : context.layout.hopsTo(outerLayout);
  const values: { readonly index: number; readonly code: Code }[] = [];
  const operators: { readonly index: number; readonly code: OperatorCode }[] = [];
  definition.parameters.forEach((parameter, index) => {
    const argument = itemAt(node.args, index);
    if (parameter.arity > 0) {
      operators.push({ index, code: compileOperator(compiler, argument, parameter.arity, env, context) });
    } else if (isExpression(argument)) {
      values.push({ index, code: compiler.compile(argument, env, context) });
    } else {
      throw new TlaError('semantic', `${binding.name} needs a value here, not an operator`, argument.place);
    }
  });
  const isTop = compilingBodies.at(-1) === body;
  const bodyReads = body.finished ? body.reads : isTop ? 0 : 7;
  const { layout } = body;
  const run: Run = (frame) => {
    const parent = hops === undefined ? undefined : outward(frame, hops);
    const inner = new Frame(layout.size, parent);
    for (const { index, code: argument } of values) {
      if (argument.cheap === true) inner.values[index] = argument.run(frame);
      else (inner.pending ??= [])[index] = { run: argument.run, frame };
    }
    for (const { index, code: operator } of operators) {
      (inner.operators ??= [])[index] = operator.make(frame);
    }
    return body.run(inner);
  };
  const parts = [...values.map((value) => value.code), ...operators.map((operator) => operator.code.code)];
  const argumentSlots = parts.flatMap((part) => [...part.free]);
  const argumentReads = parts.reduce((mask, part) => mask | part.reads, 0);
  // The mark keeps a call inside its own definition from being taken for a constant.
  const free = new Set([...argumentSlots, ...(body.finished ? body.free : [body.mark])]);
  return fold({ run, reads: argumentReads | bodyReads, free });
}

function sharedBody(compiler: Compiler, binding: DefinitionBinding, context: Context): SharedBody {
  const { definition } = binding;
  const key = `${binding.name} ${definition.place.line}:${definition.place.column} ${context.primed ? 'primed' : ''} ${context.partial}`;
  let bodies = sharedBodies.get(binding.env);
  if (bodies === undefined) {
    bodies = new Map();
    sharedBodies.set(binding.env, bodies);
  }
  const known = bodies.get(key);
  if (known !== undefined) return known;
  // The body may use what surrounds its definition; the frame it is called from lies at or inside that place.
  const layout = new Layout(definitionLayout(binding.env, context));
  const body: SharedBody = {
    layout,
    run: () => {
      throw new TypeError(`${binding.name} is called while it is compiled`);
    },
    reads: 0,
    free: new Set(),
    finished: false,
    mark: { kind: 'slot', layout, index: -1 },
  };
  bodies.set(key, body);
  const scope = new Env(binding.env);
  for (const parameter of definition.parameters) {
    const index = layout.slot();
    scope.bind(
      parameter.name,
      parameter.arity > 0
        ? { kind: 'operator-slot', layout, index, arity: parameter.arity }
        : { kind: 'slot', layout, index, parameterOf: { primed: context.primed } },
    );
  }
  compilingBodies.push(body);
  try {
    const made = compiler.compile(definition.body, scope, {
      layout,
      primed: context.primed,
      partial: context.partial,
    });
    body.run = made.run;
    body.reads = made.reads;
    body.free = new Set([...made.free].filter((slot) => slot.layout !== layout));
    body.finished = true;
  } catch (error) {
    bodies.delete(key);
    throw error;
  } finally {
    compilingBodies.pop();
  }
  return body;
}

/** The innermost frame that the names visible at a definition live in. */
function definitionLayout(env: Env, context: Context): Layout | undefined {
  const layouts = new Set<Layout>();
  for (let scope: Env | undefined = env; scope !== undefined; scope = scope.parent) {
    for (const binding of scope.names.values()) {
      if (binding.kind === 'slot' || binding.kind === 'operator-slot') layouts.add(binding.layout);
      if (binding.kind === 'expression' && binding.layout !== undefined) layouts.add(binding.layout);
    }
  }
  for (let layout: Layout | undefined = context.layout; layout !== undefined; layout = layout.parent) {
    if (layouts.has(layout)) return layout;
  }
  return undefined;
}

/** Binds the definitions of a LET; the slots are to be cleared when it is entered. */
export function enterLet(
  definitions: readonly LetDefinition[],
  env: Env,
  layout: Layout | undefined,
): { scope: Env; own: readonly ExpressionBinding[] } {
  const scope = new Env(env);
  const own: ExpressionBinding[] = [];
  const recursive = new Set<string>();
  for (const definition of definitions) {
    switch (definition.kind) {
      case 'recursive':
        for (const operator of definition.operators) recursive.add(operator.name);
        break;
      case 'instance':
        if (definition.name !== undefined) {
          scope.bind(definition.name, { kind: 'instance', definition, env: scope, opened: undefined });
        }
        break;
      case 'definition':
        if (recursive.has(definition.name) || definition.parameters.length > 0) {
          scope.bind(definition.name, {
            kind: 'definition',
            definition,
            name: definition.name,
            env: scope,
            recursive: recursive.has(definition.name),
          });
        } else {
          // Later definitions of the LET may hide a name that this one uses, so it sees only what came before.
          const before = new Env(env);
          for (const [name, binding] of scope.names) before.bind(name, binding);
          const binding = expressionBinding(
            definition.body,
            before,
            layout,
            definition.bounds === undefined ? undefined : definition,
          );
          own.push(binding);
          scope.bind(definition.name, binding);
        }
        break;
    }
  }
  return { scope, own };
}

export function compileLet(compiler: Compiler, node: Let, env: Env, context: Context): Code {
  const { scope, own } = enterLet(node.definitions, env, context.layout);
  const body = compiler.compile(node.body, scope, context);
  return clearing(
    body,
    own.flatMap((bound) => bound.slots),
  );
}
