/** What names stand for, and how parameters are bound to arguments. */
import { TlaError } from '../errors.ts';
import type { Place } from '../errors.ts';
import type { NativeOperator } from '../modules/native.ts';
import type { Application, Argument, Expression, Lambda } from '../syntax/ast.ts';
import { itemAt } from '../values/value.ts';
import { builtinArity, builtinFunction } from './builtins.ts';
import type { Layout } from './machine.ts';
import { Env, expressionBinding, openInstance } from './scope.ts';
import type { Binding, DefinitionBinding } from './scope.ts';

/** The scope to look a name up in, after following its `I!` prefixes. */
export function qualifiedScope(node: Application, env: Env): Env {
  let scope = env;
  let outer = true;
  for (const qualifier of node.qualifiers) {
    const binding = outer ? scope.lookup(qualifier.name) : scope.names.get(qualifier.name);
    if (binding?.kind !== 'instance') {
      throw new TlaError('semantic', `${qualifier.name} is not an instance of a module`, node.place);
    }
    const { parameters } = binding.definition;
    if (parameters.length !== qualifier.args.length) {
      throw new TlaError(
        'semantic',
        `${qualifier.name} takes ${parameters.length} arguments, not ${qualifier.args.length}`,
        node.place,
      );
    }
    if (parameters.length === 0) {
      scope = openInstance(binding);
    } else {
      const inner = new Env(binding.env);
      parameters.forEach((parameter, i) => {
        inner.bind(parameter.name, bindArgument(itemAt(qualifier.args, i), parameter.arity, env, undefined));
      });
      scope = openInstance(binding, inner);
    }
    outer = false;
  }
  return scope;
}

/** What a name of an application stands for; undefined if nothing. */
export function resolve(node: Application, env: Env): Binding | undefined {
  if (node.qualifiers.length === 0) return env.lookup(node.name);
  return qualifiedScope(node, env).names.get(node.name);
}

export function unknown(node: Application): TlaError {
  const name = [...node.qualifiers.map((qualifier) => `${qualifier.name}!`), node.name].join('');
  return new TlaError('semantic', `${name} is not defined`, node.place);
}

/** Binds a parameter to its argument; a bare name is bound to what it stands for, so that nothing is evaluated twice. */
export function bindArgument(
  argument: Argument,
  arity: number,
  env: Env,
  layout: Layout | undefined,
): Binding {
  if (argument.kind === 'lambda') return lambdaBinding(argument, env);
  if (argument.kind === 'operator') return operatorBinding(argument.name, argument.place, env);
  if (argument.kind === 'apply' && argument.args.length === 0 && argument.qualifiers.length === 0) {
    const binding = env.lookup(argument.name);
    if (arity > 0) return operatorBinding(argument.name, argument.place, env);
    if (binding !== undefined && binding.kind !== 'definition') return binding;
  } else if (arity > 0 && argument.kind === 'apply') {
    const binding = resolve(argument, env);
    if (binding === undefined) throw unknown(argument);
    return binding;
  }
  return expressionBinding(argument, env, layout);
}

function lambdaBinding(lambda: Lambda, env: Env): DefinitionBinding {
  return { kind: 'definition', definition: lambda, name: 'LAMBDA', env, recursive: false };
}

function operatorBinding(name: string, place: Place, env: Env): Binding {
  const binding = env.lookup(name);
  if (binding !== undefined) return binding;
  const apply = builtinFunction(name);
  const arity = builtinArity(name);
  if (apply === undefined || arity === undefined)
    throw new TlaError('semantic', `${name} is not defined`, place);
  const native: NativeOperator =
    arity === 1
      ? { name, form: 'unary', apply: (a) => apply(a) }
      : { name, form: 'binary', apply: (a, b) => apply(a, b) };
  return { kind: 'native', native };
}

export function isExpression(argument: Argument): argument is Expression {
  return argument.kind !== 'lambda' && argument.kind !== 'operator';
}

export function wrongArity(node: Application, expected: number): TlaError {
  return new TlaError(
    'semantic',
    `${node.name} takes ${expected} arguments, not ${node.args.length}`,
    node.place,
  );
}
