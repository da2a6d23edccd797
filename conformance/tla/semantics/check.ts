/**
 * Checks that every name in a module is defined before it is used, and applied to as many arguments as it takes, whether
 * or not the model reaches it.
 */
import { TlaError } from '../errors.ts';
import type { Place } from '../errors.ts';
import type {
  Application,
  Argument,
  Bound,
  Expression,
  LetDefinition,
  Parameter,
  Unit,
} from '../syntax/ast.ts';
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

/**
 * The names known at some place, those around it included. TLA+ has no shadowing: a name that means something cannot be
 * given another meaning.
 */
class Scope {
  private readonly names = new Map<string, Known>();
  private readonly recursive = new Set<string>();
  private readonly outer: Scope | undefined;

  constructor(outer?: Scope) {
    this.outer = outer;
  }

  get(name: string): Known | undefined {
    return this.names.get(name) ?? this.outer?.get(name);
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  /** Raises a semantic error if the name means something already. */
  add(name: string, known: Known, place: Place): void {
    if (this.has(name) && !this.recursive.delete(name)) {
      throw new TlaError('semantic', `${name} has a meaning here already; choose another name`, place);
    }
    this.names.set(name, known);
  }

  /** A name that is announced by RECURSIVE and still to be defined. */
  announce(name: string, known: Known, place: Place): void {
    this.add(name, known, place);
    this.recursive.add(name);
  }

  /** Gives a name its meaning whatever it meant before. */
  set(name: string, known: Known): void {
    this.names.set(name, known);
  }
}

function operator(arity: number): Known {
  return { kind: 'operator', arity };
}

/** Raises a semantic error at the first name of the module that means nothing. */
export function checkModule(env: Env): void {
  const { module } = env;
  if (module === undefined) return;
  const later = new Set<string>();
  for (const unit of module.units) for (const name of introducedBy(unit)) later.add(name);
  const scope = new Scope();
  for (const [name, binding] of env.names) if (!later.has(name)) scope.set(name, knownAs(binding));
  for (const unit of module.units) {
    switch (unit.kind) {
      case 'definition':
      case 'instance':
      case 'recursive':
        checkDefinition(unit, scope, env);
        break;
      case 'assumption':
      case 'theorem':
        checkExpression(unit.body, scope);
        if (unit.name !== undefined) scope.add(unit.name, operator(0), unit.place);
        break;
      case 'constants':
      case 'variables':
        // Whether they mean something already was asked when the scope of the module was made.
        for (const { name } of unit.declarations) {
          const binding = env.names.get(name);
          if (binding !== undefined) scope.set(name, knownAs(binding));
        }
        break;
      case 'module':
        break;
    }
  }
}

/** Names that a unit of a module brings; before it they mean nothing. */
function introducedBy(unit: Unit): readonly string[] {
  switch (unit.kind) {
    case 'definition':
      return [unit.name];
    case 'instance':
    case 'assumption':
    case 'theorem':
      return unit.name === undefined ? [] : [unit.name];
    case 'constants':
    case 'variables':
      return unit.declarations.map(({ name }) => name);
    case 'recursive':
    case 'module':
      return [];
  }
}

function knownAs(binding: Binding): Known {
  return binding.kind === 'instance'
    ? { kind: 'instance', arity: binding.definition.parameters.length, binding }
    : operator(arityOf(binding));
}

function withParameters(scope: Scope, parameters: readonly Parameter[]): Scope {
  const inner = new Scope(scope);
  for (const { name, arity, place } of parameters) inner.add(name, operator(arity), place);
  return inner;
}

/** Checks a definition and adds its name to the scope. `env` is that of the module, absent inside LET. */
function checkDefinition(unit: LetDefinition, scope: Scope, env?: Env): void {
  switch (unit.kind) {
    case 'recursive':
      for (const { name, arity, place } of unit.operators) scope.announce(name, operator(arity), place);
      break;
    case 'instance': {
      const inner = withParameters(scope, unit.parameters);
      for (const { value } of unit.substitutions) checkArgument(value, inner);
      if (unit.name !== undefined) {
        const binding = env?.names.get(unit.name);
        const opened = binding?.kind === 'instance' ? binding : undefined;
        const known: Known = { kind: 'instance', arity: unit.parameters.length, binding: opened };
        scope.add(unit.name, known, unit.place);
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
      scope.add(unit.name, operator(unit.parameters.length), unit.place);
      break;
    }
  }
}

function bindNames(inner: Scope, bounds: readonly Bound[], outer: Scope): void {
  for (const bound of bounds) checkExpression(bound.set, outer);
  for (const { names, place } of bounds) for (const name of names) inner.add(name, operator(0), place);
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
  return new TlaError(
    'semantic',
    `${name} takes ${takes} ${takes === 1 ? 'argument' : 'arguments'}, not ${given}`,
    place,
  );
}

function checkExpression(node: Expression, scope: Scope): void {
  const each = (items: readonly Expression[]): void => {
    for (const item of items) checkExpression(item, scope);
  };
  const inside = (bounds: readonly Bound[], body: Expression): void => {
    const inner = new Scope(scope);
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
      const inner = new Scope(scope);
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
