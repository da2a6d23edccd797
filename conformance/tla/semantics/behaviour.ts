/** Takes a formula `Init /\ [][Next]_v /\ fairness` apart. */
import { TlaError } from '../errors.ts';
import type { Place } from '../errors.ts';
import type { Expression } from '../syntax/ast.ts';
import { resolve } from './arguments.ts';
import type { Env } from './scope.ts';

/** A formula with the scope that its names belong to. */
export interface Scoped {
  readonly body: Expression;
  readonly env: Env;
  readonly place: Place;
}

export interface Behaviour {
  readonly initial: readonly Scoped[];
  readonly next: Scoped | undefined;
  /** Name for actions that stand directly in the next-state relation. */
  readonly nextName: string;
  /** Fairness conditions: they say nothing about which states are reachable. */
  readonly fairness: readonly Scoped[];
}

const temporalOperators = new Set(['[]', '<>', '~>', '-+->']);

/** Does a formula speak of whole behaviours? Definitions are looked into. */
export function isTemporal(node: Expression, env: Env, depth = 0): boolean {
  if (depth > 100) return false;
  switch (node.kind) {
    case 'fairness':
      return true;
    case 'and':
    case 'or':
      return node.items.some((item) => isTemporal(item, env, depth + 1));
    case 'forall':
    case 'exists':
    case 'let':
      return isTemporal(node.body, env, depth + 1);
    case 'apply': {
      if (node.qualifiers.length === 0 && temporalOperators.has(node.name)) return true;
      if (
        node.args.some(
          (argument) =>
            argument.kind !== 'lambda' &&
            argument.kind !== 'operator' &&
            isTemporal(argument, env, depth + 1),
        )
      ) {
        return true;
      }
      const binding = resolve(node, env);
      return binding?.kind === 'definition' && !binding.recursive
        ? isTemporal(binding.definition.body, binding.env, depth + 1)
        : false;
    }
    default:
      return false;
  }
}

/** Splits the conjuncts of a specification; raises `unsupported` for a conjunct that is none of the three kinds. */
export function splitSpecification(body: Expression, env: Env): Behaviour {
  const initial: Scoped[] = [];
  const fairness: Scoped[] = [];
  let next: Scoped | undefined;
  let nextName = 'Next';
  const visit = (node: Expression, scope: Env): void => {
    if (node.kind === 'and') {
      for (const item of node.items) visit(item, scope);
      return;
    }
    if (node.kind === 'fairness') {
      fairness.push({ body: node, env: scope, place: node.place });
      return;
    }
    if (!isTemporal(node, scope)) {
      initial.push({ body: node, env: scope, place: node.place });
      return;
    }
    if ((node.kind === 'forall' || node.kind === 'let') && isFairness(node, scope)) {
      fairness.push({ body: node, env: scope, place: node.place });
      return;
    }
    if (node.kind === 'apply') {
      const [operand] = node.args;
      if (node.name === '[]' && operand?.kind === 'box-step') {
        if (next !== undefined)
          throw new TlaError('unsupported', 'a second [][…]_… in the specification', node.place);
        next = { body: operand.action, env: scope, place: operand.place };
        if (operand.action.kind === 'apply' && operand.action.args.length === 0)
          nextName = operand.action.name;
        return;
      }
      const binding = resolve(node, scope);
      if (binding?.kind === 'definition' && node.args.length === 0) {
        visit(binding.definition.body, binding.env);
        return;
      }
    }
    throw new TlaError('unsupported', 'this conjunct of the specification is not evaluated', node.place);
  };
  visit(body, env);
  return { initial, next, nextName, fairness };
}

function isFairness(node: Expression, env: Env): boolean {
  switch (node.kind) {
    case 'fairness':
      return true;
    case 'and':
      return node.items.every((item) => isFairness(item, env));
    case 'forall':
    case 'let':
      return isFairness(node.body, env);
    case 'apply': {
      const binding = resolve(node, env);
      return binding?.kind === 'definition' && isFairness(binding.definition.body, binding.env);
    }
    default:
      return false;
  }
}
