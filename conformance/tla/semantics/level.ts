/**
 * The level of an expression: what has to be known before it has a value. TLC decides by it what a conjunct of a property
 * is: a predicate on states, on steps, or on behaviours.
 */
import type { Application, Argument, Bound, Expression, Lambda } from '../syntax/ast.ts';
import { itemAt } from '../values/value.ts';
import { bindArgument, isExpression, resolve } from './arguments.ts';
import { enterLet } from './bindings.ts';
import { builtinArity } from './builtins.ts';
import { Layout } from './machine.ts';
import { Env } from './scope.ts';
import type { Binding, DefinitionBinding, ExpressionBinding, SlotBinding } from './scope.ts';

/** Nothing, a state, a step of two states, or a whole behaviour. */
export type Level = 0 | 1 | 2 | 3;

export const level = { constant: 0, state: 1, step: 2, behaviour: 3 } as const;

const temporalOperators = new Set(['[]', '<>', '~>', '-+->']);

function highest(levels: readonly Level[]): Level {
  return levels.reduce<Level>((most, one) => (one > most ? one : most), level.constant);
}

/** Names whose level is known but not what they stand for: parameters and bound names. */
const marks: readonly SlotBinding[] = [0, 1, 2, 3].map(() => ({
  kind: 'slot',
  layout: new Layout(undefined),
  index: -1,
}));

function mark(of: Level): SlotBinding {
  return itemAt(marks, of);
}

const ofExpression = new WeakMap<ExpressionBinding, Level>();
/** For each definition, by the levels of its arguments. */
const ofDefinition = new WeakMap<DefinitionBinding, Map<string, Level>>();
/** The recursive operators whose bodies are being looked at. */
const open = new Set<DefinitionBinding>();

/** The level of an expression whose names mean what `env` says. */
export function levelOf(node: Expression, env: Env): Level {
  const each = (items: readonly Expression[]): Level => highest(items.map((item) => levelOf(item, env)));
  switch (node.kind) {
    case 'number':
    case 'string':
    case 'boolean':
    case 'at':
    case 'unsupported':
      return level.constant;
    case 'apply':
      return applied(node, env);
    case 'and':
    case 'or':
    case 'set':
    case 'tuple':
    case 'product':
      return each(node.items);
    case 'forall':
    case 'exists':
    case 'map':
    case 'function':
    case 'choose':
    case 'filter':
      return withBounds('bounds' in node ? node.bounds : [node.bound], node.body, env);
    case 'function-set':
      return each([node.domain, node.range]);
    case 'call':
      return each([node.fn, node.argument]);
    case 'record':
    case 'record-set':
      return each(node.fields.map(({ value }) => value));
    case 'field':
      return levelOf(node.record, env);
    case 'except':
      return each([
        node.base,
        ...node.updates.flatMap(({ path, value }) => [
          value,
          ...path.flatMap((step) => (step.kind === 'index' ? [step.argument] : [])),
        ]),
      ]);
    case 'if':
      return each([node.condition, node.then, node.otherwise]);
    case 'case':
      return each([
        ...node.arms.flatMap(({ condition, value }) => [condition, value]),
        ...(node.otherwise === undefined ? [] : [node.otherwise]),
      ]);
    case 'let':
      return levelOf(node.body, enterLet(node.definitions, env, undefined).scope);
    case 'box-step':
    case 'angle-step':
      return level.step;
    case 'fairness':
      return level.behaviour;
  }
}

function withBounds(bounds: readonly Bound[], body: Expression, env: Env): Level {
  if (bounds.length === 0) return levelOf(body, env);
  const sets = bounds.map(({ set }) => levelOf(set, env));
  const inner = new Env(env);
  bounds.forEach(({ names }, i) => {
    for (const name of names) inner.bind(name, mark(itemAt(sets, i)));
  });
  return highest([...sets, levelOf(body, inner)]);
}

function applied(node: Application, env: Env): Level {
  if (node.qualifiers.length === 0 && builtinArity(node.name) !== undefined) {
    const operands = highest(node.args.map((argument) => ofArgument(argument, env)));
    if (temporalOperators.has(node.name)) return level.behaviour;
    if (node.name === "'" || node.name === 'UNCHANGED')
      return operands === level.state ? level.step : operands;
    if (node.name === 'ENABLED') return operands === level.step ? level.state : operands;
    return operands;
  }
  const binding = resolve(node, env);
  return binding === undefined ? level.constant : ofBinding(binding, node.args, env);
}

function ofArgument(argument: Argument, env: Env): Level {
  if (isExpression(argument)) {
    // A bare name may stand for an operator, which has no level before it is applied.
    if (argument.kind === 'apply' && argument.args.length === 0) {
      const binding = resolve(argument, env);
      if (binding?.kind === 'definition' && binding.definition.parameters.length > 0) {
        return ofOperator(binding);
      }
    }
    return levelOf(argument, env);
  }
  if (argument.kind === 'lambda') return ofLambda(argument, env);
  const binding = env.lookup(argument.name);
  return binding?.kind === 'definition' ? ofOperator(binding) : level.constant;
}

function ofLambda(lambda: Lambda, env: Env): Level {
  const inner = new Env(env);
  for (const { name } of lambda.parameters) inner.bind(name, mark(level.constant));
  return levelOf(lambda.body, inner);
}

/** The level of an operator at constant arguments. */
function ofOperator(binding: DefinitionBinding): Level {
  return ofDefinitionAt(
    binding,
    binding.definition.parameters.map(() => level.constant),
  );
}

function ofBinding(binding: Binding, args: readonly Argument[], env: Env): Level {
  switch (binding.kind) {
    case 'variable':
      return level.state;
    case 'expression': {
      let known = ofExpression.get(binding);
      if (known === undefined) {
        known = withBounds(binding.functionDefinition?.bounds ?? [], binding.expression, binding.env);
        if (open.size === 0) ofExpression.set(binding, known);
      }
      return known;
    }
    case 'slot': {
      const known = marks.indexOf(binding);
      return known === 1 || known === 2 || known === 3 ? known : level.constant;
    }
    case 'definition': {
      const { parameters } = binding.definition;
      if (!binding.recursive && parameters.some(({ arity }) => arity > 0)) {
        const inner = new Env(binding.env);
        parameters.forEach(({ name, arity }, i) => {
          inner.bind(name, bindArgument(itemAt(args, i), arity, env, undefined));
        });
        return levelOf(binding.definition.body, inner);
      }
      return ofDefinitionAt(
        binding,
        args.map((argument) => ofArgument(argument, env)),
      );
    }
    case 'missing':
    case 'value':
    case 'table':
    case 'native':
    case 'instance':
    case 'operator-slot':
      return highest(args.map((argument) => ofArgument(argument, env)));
  }
}

function ofDefinitionAt(binding: DefinitionBinding, args: readonly Level[]): Level {
  // Calls of a recursive operator inside itself add nothing but their arguments.
  if (open.has(binding)) return highest(args);
  let levels = ofDefinition.get(binding);
  if (levels === undefined) {
    levels = new Map();
    ofDefinition.set(binding, levels);
  }
  const key = args.join();
  const known = levels.get(key);
  if (known !== undefined) return known;
  const { definition } = binding;
  const inner = new Env(binding.env);
  definition.parameters.forEach(({ name }, i) => {
    inner.bind(name, mark(args[i] ?? level.constant));
  });
  const bounds = definition.kind === 'definition' ? definition.bounds : undefined;
  const found = within(binding, () => withBounds(bounds ?? [], definition.body, inner));
  // What was found while a recursive operator is still being looked at may be too low.
  if (open.size === 0) levels.set(key, found);
  return found;
}

function within(binding: DefinitionBinding, work: () => Level): Level {
  if (!binding.recursive) return work();
  open.add(binding);
  try {
    return work();
  } finally {
    open.delete(binding);
  }
}
