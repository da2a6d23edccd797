/** Compiles ENABLED. */
import { TlaError } from '../errors.ts';
import type { Place } from '../errors.ts';
import type { Expression } from '../syntax/ast.ts';
import { equal } from '../values/equality.ts';
import type { Value } from '../values/value.ts';
import { resolve } from './arguments.ts';
import { isPlain, variableOf } from './assignable.ts';
import { builtinArity } from './builtins.ts';
import type { Compiler, Context, Mapped } from './compiler.ts';
import { Enumerator, enumerationContext } from './enumeration.ts';
import { located, reads } from './machine.ts';
import type { Code, Frame } from './machine.ts';
import type { Binding, Env } from './scope.ts';

class Found extends Error {}

/** `ENABLED action`: true if the action has a successor in the current state. */
export function compileEnabled(
  compiler: Compiler,
  action: Expression,
  env: Env,
  context: Context,
  place: Place,
): Code {
  const { machine } = compiler;
  const mapped = mappedVariables(machine.variables.length, env, place);
  const inside: Context = {
    ...enumerationContext(context.layout, 'next'),
    ...(mapped === undefined ? {} : { mapped }),
  };
  const found = new Found();
  const search = compileSearch(compiler, action, env, inside, found);
  const { free, reads: mask } = compiler.compile(action, env, inside);
  return {
    run: (frame) => {
      const saved = { next: machine.next, target: machine.target, assigned: machine.assigned };
      machine.target = new Array<Value | undefined>(machine.variables.length).fill(undefined);
      machine.next = machine.target;
      machine.assigned = 0;
      try {
        search(frame);
        return false;
      } catch (error) {
        if (error === found) return true;
        throw located(error, place);
      } finally {
        machine.next = saved.next;
        machine.target = saved.target;
        machine.assigned = saved.assigned;
      }
    },
    reads: (mask & ~reads.next) | reads.current,
    free,
  };
}

function compileSearch(
  compiler: Compiler,
  action: Expression,
  env: Env,
  inside: Context,
  found: Found,
): (frame: Frame) => void {
  const enumerator = new Enumerator(compiler, 'next');
  if (action.kind !== 'angle-step') {
    return enumerator.compile(action, env, inside, () => {
      throw found;
    });
  }
  const changes = compileChange(compiler, action.subscript, env, inside);
  return enumerator.compile(action.action, env, inside, (frame) => {
    if (changes(frame)) throw found;
  });
}

/** Whether an expression changes, or can: a variable that the action leaves open may take any value. */
function compileChange(
  compiler: Compiler,
  node: Expression,
  env: Env,
  inside: Context,
): (frame: Frame) => boolean {
  const { machine } = compiler;
  const { run: before } = compiler.compile(node, env, inside);
  const variable = variableOf(node, env, inside.mapped);
  if (variable !== undefined) {
    return (frame) => {
      const after = machine.target[variable];
      return after === undefined || !equal(before(frame), after);
    };
  }
  if (node.kind === 'tuple') {
    const parts = node.items.map((item) => compileChange(compiler, item, env, inside));
    return (frame) => parts.some((changes) => changes(frame));
  }
  if (node.kind === 'apply' && node.args.length === 0 && !isOperator(node)) {
    const binding = resolve(node, env);
    if (binding?.kind === 'definition' && isPlain(binding.definition) && !binding.recursive)
      return compileChange(compiler, binding.definition.body, binding.env, inside);
  }
  const { run: after } = compiler.compile(node, env, { ...inside, primed: true });
  return (frame) => !equal(before(frame), after(frame));
}

function isOperator(node: { readonly name: string; readonly qualifiers: readonly unknown[] }): boolean {
  return node.qualifiers.length === 0 && builtinArity(node.name) !== undefined;
}

/** One for each instance, so that code compiled for one is not taken for another's. */
const mappedIn = new WeakMap<Env, Mapped>();
const ids = { last: 0 };

/**
 * `ENABLED A` says that some next values of the variables of its module make A true. In an instance they have no part in
 * the specification's next state, unless each variable stands for one of the specification's own: the next value of an
 * expression is not any value. So they get positions of their own, which A alone assigns.
 * @throws TlaError of kind `unsupported` where that position would have no name of its own
 */
function mappedVariables(count: number, env: Env, place: Place): Mapped | undefined {
  const scope = moduleOf(env);
  const known = mappedIn.get(scope);
  if (known !== undefined) return known;
  const positions = new Map<Binding, number>();
  const taken = new Set<number>();
  for (const name of scope.mapped) {
    const binding = scope.names.get(name);
    const variable = binding && standsForVariable(binding);
    if (binding?.kind === 'variable' && variable !== undefined && !taken.has(variable)) taken.add(variable);
    else if (binding?.kind === 'expression' || binding?.kind === 'definition') {
      if (variable !== undefined && !taken.has(variable)) taken.add(variable);
      else positions.set(binding, count + positions.size);
    } else {
      const sentence = `ENABLED in an instance is not evaluated where ${name} stands for a constant`;
      throw new TlaError('unsupported', sentence, place);
    }
  }
  if (positions.size === 0) return undefined;
  ids.last += 1;
  const mapped: Mapped = { id: ids.last, positions };
  mappedIn.set(scope, mapped);
  return mapped;
}

/** Whether formulas of the module that `env` belongs to speak of variables that stand for expressions here. */
export function isMapped(env: Env): boolean {
  const scope = moduleOf(env);
  return [...scope.mapped].some((name) => {
    const binding = scope.names.get(name);
    return binding?.kind !== 'variable';
  });
}

function moduleOf(env: Env): Env {
  let scope = env;
  while (scope.parent !== undefined) scope = scope.parent;
  return scope;
}

function standsForVariable(binding: Binding): number | undefined {
  if (binding.kind === 'variable') return binding.index;
  if (binding.kind === 'expression' && binding.functionDefinition === undefined)
    return variableOf(binding.expression, binding.env);
  if (binding.kind === 'definition' && isPlain(binding.definition) && !binding.recursive)
    return variableOf(binding.definition.body, binding.env);
  return undefined;
}
