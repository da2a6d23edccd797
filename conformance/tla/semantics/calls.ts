/**
 * Compiles applications of defined operators. Most are expanded where they stand, so that an argument below a prime, or
 * one that is a variable to be assigned, is simply what it is. Recursive and very large ones are compiled once and called.
 */
import { TlaError } from '../errors.ts';
import type { Application } from '../syntax/ast.ts';
import { itemAt } from '../values/value.ts';
import { bindArgument, isExpression, wrongArity } from './arguments.ts';
import { clearing } from './bindings.ts';
import type { Compiler, Context } from './compiler.ts';
import { compileFunctionDefinition } from './functions.ts';
import { keptInState } from './kept.ts';
import { Frame, Layout, fold, located, outward } from './machine.ts';
import type { Code, Run } from './machine.ts';
import { compileOperator } from './natives.ts';
import type { OperatorCode } from './natives.ts';
import { Env } from './scope.ts';
import type { DefinitionBinding, ExpressionBinding, SlotBinding } from './scope.ts';

/** How deep each definition is being expanded inside itself, as in `F(F(F(1)))`; endless without RECURSIVE. */
const expanding = new Map<DefinitionBinding['definition'], number>();
const expansionsMax = 100;

const constantCodes = new WeakMap<DefinitionBinding, Code>();

export function compileCall(
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
    const made = compileFunctionDefinition(compiler, definition, binding.env, context);
    return keptInState(compiler.machine, binding, made, context);
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
    if (parameters.length === 0) return keptInState(compiler.machine, binding, body, context);
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
    try {
      return body.run(inner);
    } catch (error) {
      throw located(error, node.place);
    }
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
  const key = `${binding.name} ${definition.place.line}:${definition.place.column} ${context.primed ? 'primed' : ''} ${context.partial} ${context.mapped?.id ?? 0}`;
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
      ...(context.mapped === undefined ? {} : { mapped: context.mapped }),
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
