/**
 * Checks that every name in a module is defined before it is used, and applied to as many arguments as it takes, whether
 * or not the model reaches it.
 */
import { TlaError } from '../errors.ts';
import type { Place } from '../errors.ts';
import type { Application, Argument, Bound, Expression, LetDefinition, Parameter } from '../syntax/ast.ts';
import { builtinArity } from './builtins.ts';
import { arityOf } from './model.ts';
import { openInstance } from './scope.ts';
import type { Binding, Env } from './scope.ts';

/** Names in scope with what is known of them. */
type Known =
  | { readonly kind: 'operator'; readonly arity: number }
  | {
      readonly kind: 'instance';
      readonly arity: number;
      readonly binding: Extract<Binding, { kind: 'instance' }> | undefined;
    };

type Scope = ReadonlyMap<string, Known>;

function operator(arity: number): Known {
  return { kind: 'operator', arity };
}

/** Raises a semantic error at the first name of the module that means nothing. */
export function checkModule(env: Env): void {
  const { module } = env;
  if (module === undefined) return;
  const own = new Set<string>();
  for (const unit of module.units) {
    if ((unit.kind === 'definition' || unit.kind === 'instance') && unit.name !== undefined)
      own.add(unit.name);
  }
  const scope = new Map<string, Known>();
  for (const [name, binding] of env.names) if (!own.has(name)) scope.set(name, knownAs(binding));
  for (const unit of module.units) {
    switch (unit.kind) {
      case 'definition':
      case 'instance':
      case 'recursive':
        checkDefinition(unit, scope, env);
        break;
      case 'assumption':
        checkExpression(unit.body, scope);
        break;
      case 'constants':
      case 'variables':
      case 'module':
        break;
    }
  }
}

function knownAs(binding: Binding): Known {
  return binding.kind === 'instance'
    ? { kind: 'instance', arity: binding.definition.parameters.length, binding }
    : operator(arityOf(binding));
}

function withParameters(scope: Scope, parameters: readonly Parameter[]): Map<string, Known> {
  const inner = new Map(scope);
  for (const { name, arity } of parameters) inner.set(name, operator(arity));
  return inner;
}

/** Checks a definition and adds its name to the scope. `env` is that of the module, absent inside LET. */
function checkDefinition(unit: LetDefinition, scope: Map<string, Known>, env?: Env): void {
  switch (unit.kind) {
    case 'recursive':
      for (const { name, arity } of unit.operators) scope.set(name, operator(arity));
      break;
    case 'instance': {
      const inner = withParameters(scope, unit.parameters);
      for (const { value } of unit.substitutions) checkArgument(value, inner);
      if (unit.name !== undefined) {
        const binding = env?.names.get(unit.name);
        scope.set(unit.name, {
          kind: 'instance',
          arity: unit.parameters.length,
          binding: binding?.kind === 'instance' ? binding : undefined,
        });
      }
      break;
    }
    case 'definition': {
      const inner = withParameters(scope, unit.parameters);
      if (unit.bounds !== undefined) {
        bindNames(inner, unit.bounds, scope);
        inner.set(unit.name, operator(0));
      }
      checkExpression(unit.body, inner);
      scope.set(unit.name, operator(unit.parameters.length));
      break;
    }
  }
}

function bindNames(inner: Map<string, Known>, bounds: readonly Bound[], outer: Scope): void {
  for (const bound of bounds) checkExpression(bound.set, outer);
  for (const bound of bounds) for (const name of bound.names) inner.set(name, operator(0));
}

function checkArgument(argument: Argument, scope: Scope): void {
  switch (argument.kind) {
    case 'lambda':
      checkExpression(argument.body, withParameters(scope, argument.parameters));
      break;
    case 'operator':
      if (!scope.has(argument.name) && builtinArity(argument.name) === undefined) {
        throw notDefined(argument.name, argument.place);
      }
      break;
    case 'apply':
      // A bare name may stand for an operator, so the number of its arguments says nothing.
      if (argument.args.length === 0 && argument.qualifiers.length === 0) {
        if (!scope.has(argument.name) && builtinArity(argument.name) === undefined) {
          throw notDefined(argument.name, argument.place);
        }
        break;
      }
      checkApplication(argument, scope, true);
      break;
    default:
      checkExpression(argument, scope);
  }
}

function notDefined(name: string, place: Place): TlaError {
  return new TlaError('semantic', `${name} is not defined here`, place);
}

function checkApplication(node: Application, scope: Scope, asArgument = false): void {
  for (const argument of node.args) checkArgument(argument, scope);
  let arity: number | undefined;
  if (node.qualifiers.length > 0) {
    const [first] = node.qualifiers;
    for (const qualifier of node.qualifiers)
      for (const argument of qualifier.args) checkArgument(argument, scope);
    if (first === undefined) return;
    const instance = scope.get(first.name);
    if (instance?.kind !== 'instance') throw notDefined(`${first.name}!${node.name}`, node.place);
    if (instance.arity !== first.args.length)
      throw wrongCount(first.name, instance.arity, first.args.length, node.place);
    if (node.qualifiers.length > 1 || instance.arity > 0 || instance.binding === undefined) return;
    const binding = openInstance(instance.binding).names.get(node.name);
    if (binding === undefined) throw notDefined(`${first.name}!${node.name}`, node.place);
    arity = arityOf(binding);
  } else {
    const known = scope.get(node.name);
    arity = builtinArity(node.name) ?? known?.arity;
    if (arity === undefined) throw notDefined(node.name, node.place);
  }
  if (asArgument && node.args.length === 0) return;
  if (arity !== node.args.length) throw wrongCount(node.name, arity, node.args.length, node.place);
}

function wrongCount(name: string, takes: number, given: number, place: Place): TlaError {
  return new TlaError('semantic', `${name} takes ${takes} arguments, not ${given}`, place);
}

function checkExpression(node: Expression, scope: Scope): void {
  const each = (items: readonly Expression[]): void => {
    for (const item of items) checkExpression(item, scope);
  };
  const inside = (bounds: readonly Bound[], body: Expression): void => {
    const inner = new Map(scope);
    bindNames(inner, bounds, scope);
    checkExpression(body, inner);
  };
  switch (node.kind) {
    case 'number':
    case 'string':
    case 'boolean':
    case 'at':
    case 'unsupported':
      break;
    case 'apply':
      checkApplication(node, scope);
      break;
    case 'and':
    case 'or':
    case 'set':
    case 'tuple':
    case 'product':
      each(node.items);
      break;
    case 'forall':
    case 'exists':
    case 'map':
    case 'function':
      inside(node.bounds, node.body);
      break;
    case 'choose':
    case 'filter':
      inside([node.bound], node.body);
      break;
    case 'function-set':
      each([node.domain, node.range]);
      break;
    case 'call':
      each([node.fn, node.argument]);
      break;
    case 'record':
    case 'record-set':
      each(node.fields.map((field) => field.value));
      break;
    case 'field':
      checkExpression(node.record, scope);
      break;
    case 'except':
      checkExpression(node.base, scope);
      for (const update of node.updates) {
        for (const step of update.path) if (step.kind === 'index') checkExpression(step.argument, scope);
        checkExpression(update.value, scope);
      }
      break;
    case 'if':
      each([node.condition, node.then, node.otherwise]);
      break;
    case 'case':
      for (const arm of node.arms) each([arm.condition, arm.value]);
      if (node.otherwise !== undefined) checkExpression(node.otherwise, scope);
      break;
    case 'let': {
      const inner = new Map(scope);
      for (const definition of node.definitions) checkDefinition(definition, inner);
      checkExpression(node.body, inner);
      break;
    }
    case 'box-step':
    case 'angle-step':
    case 'fairness':
      each([node.action, node.subscript]);
      break;
  }
}
