/** Replaces names by what they stand for, as far as it can be done without a state. */
import { TlaError } from '../errors.ts';
import { asSet } from '../modules/collections.ts';
import type { Application, Bound, Expression, Quantifier } from '../syntax/ast.ts';
import { elementsOf } from '../values/sets.ts';
import { itemAt } from '../values/value.ts';
import type { Value } from '../values/value.ts';
import { bindArgument, resolve, unknown, wrongArity } from './arguments.ts';
import { builtinArity } from './builtins.ts';
import type { Compiler } from './compiler.ts';
import { standingContext } from './formulas.ts';
import { level, levelOf } from './level.ts';
import { Frame, located } from './machine.ts';
import { Env } from './scope.ts';

/** A formula with the scope that its names belong to. */
export interface Standing {
  readonly node: Expression;
  readonly env: Env;
  /** Set if the formula is the body of a definition: its name, with the instance before it. */
  readonly name?: string;
}

/** An application of an operator of the language itself. */
export function isBuiltin(node: Application): boolean {
  return node.qualifiers.length === 0 && builtinArity(node.name) !== undefined;
}

/**
 * What the name of a definition, an argument or a substitution stands for, with its parameters bound; undefined for
 * anything else. Nothing is kept from one mention to the next, since the parts are evaluated apart.
 */
export function unfolded(node: Application, env: Env): Standing | undefined {
  if (isBuiltin(node)) return undefined;
  const binding = resolve(node, env);
  if (binding === undefined) throw unknown(node);
  if (binding.kind === 'expression' && binding.functionDefinition === undefined) {
    return { node: binding.expression, env: binding.env };
  }
  if (binding.kind !== 'definition' || binding.recursive) return undefined;
  const { definition } = binding;
  if (definition.kind === 'definition' && definition.bounds !== undefined) return undefined;
  const { parameters } = definition;
  if (parameters.length !== node.args.length) throw wrongArity(node, parameters.length);
  const inner = new Env(binding.env);
  parameters.forEach(({ name, arity }, i) => {
    inner.bind(name, bindArgument(itemAt(node.args, i), arity, env, undefined));
  });
  const name = [...node.qualifiers.map((qualifier) => `${qualifier.name}!`), node.name].join('');
  return { node: definition.body, env: inner, name };
}

/** The value of an expression that needs no state. */
export function constantValue(compiler: Compiler, node: Expression, env: Env): Value {
  const context = standingContext();
  try {
    const { run } = compiler.compile(node, env, context);
    return run(new Frame(context.layout.size, undefined));
  } catch (error) {
    throw located(error, node.place);
  }
}

/**
 * A scope for each way to choose from the bounds of a quantifier, the last name fastest; undefined if a set is known only
 * when a state is.
 */
export function choices(compiler: Compiler, node: Quantifier, env: Env): Env[] | undefined {
  if (node.bounds.some(({ set }) => levelOf(set, env) > level.constant)) return undefined;
  return node.bounds.reduce<Env[]>(
    (scopes, bound) => {
      const elements = elementsOf(asSet(constantValue(compiler, bound.set, env), 'a bound'));
      return scopes.flatMap((scope) => chooseNames(bound, 0, elements, scope));
    },
    [new Env(env)],
  );
}

function chooseNames(bound: Bound, from: number, elements: readonly Value[], scope: Env): Env[] {
  if (bound.tuple) return elements.map((element) => withTuple(bound, element, scope));
  const name = bound.names[from];
  if (name === undefined) return [scope];
  return elements.flatMap((value) => {
    const inner = new Env(scope);
    inner.bind(name, { kind: 'value', value });
    return chooseNames(bound, from + 1, elements, inner);
  });
}

function withTuple(bound: Bound, value: Value, scope: Env): Env {
  const inner = new Env(scope);
  if (typeof value !== 'object' || value.kind !== 'tuple' || value.elements.length !== bound.names.length) {
    throw new TlaError(
      'evaluation',
      `a tuple of ${bound.names.length} elements was expected`,
      bound.set.place,
    );
  }
  bound.names.forEach((name, i) => {
    inner.bind(name, { kind: 'value', value: itemAt(value.elements, i) });
  });
  return inner;
}
