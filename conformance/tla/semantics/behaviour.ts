/** Takes a formula `Init /\ [][Next]_v /\ fairness` apart. */
import { TlaError } from '../errors.ts';
import type { Place } from '../errors.ts';
import type { Expression, StepExpression } from '../syntax/ast.ts';
import { isExpression } from './arguments.ts';
import { enterLet } from './bindings.ts';
import { isBuiltin, unfolded } from './expansion.ts';
import { level, levelOf } from './level.ts';
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

/**
 * Splits the conjuncts of a specification: predicates on initial states, one `[][Next]_v`, and what is left, which may
 * choose among behaviours but not forbid a step. Raises `unsupported` for a conjunct that does.
 */
export function splitSpecification(body: Expression, env: Env): Behaviour {
  const initial: Scoped[] = [];
  const fairness: Scoped[] = [];
  let next: Scoped | undefined;
  let nextName = 'Next';
  const visit = (node: Expression, scope: Env): void => {
    const { place } = node;
    if (node.kind === 'and') {
      for (const item of node.items) visit(item, scope);
      return;
    }
    if (levelOf(node, scope) < level.step) {
      initial.push({ body: node, env: scope, place });
      return;
    }
    if (node.kind === 'let') {
      visit(node.body, enterLet(node.definitions, scope, undefined).scope);
      return;
    }
    const step = boxedStep(node);
    if (step !== undefined) {
      if (next !== undefined)
        throw new TlaError('unsupported', 'a second [][…]_… in the specification', place);
      next = { body: step.action, env: scope, place: step.place };
      if (step.action.kind === 'apply' && step.action.args.length === 0) nextName = step.action.name;
      return;
    }
    const standing = node.kind === 'apply' ? unfolded(node, scope) : undefined;
    if (standing !== undefined) {
      visit(standing.node, standing.env);
      return;
    }
    if (forbidsSteps(node, scope))
      throw new TlaError('unsupported', 'this conjunct of the specification is not evaluated', place);
    fairness.push({ body: node, env: scope, place });
  };
  visit(body, env);
  return { initial, next, nextName, fairness };
}

/** The `[A]_v` of `[][A]_v`. */
function boxedStep(node: Expression): StepExpression | undefined {
  if (node.kind !== 'apply' || node.qualifiers.length > 0 || node.name !== '[]') return undefined;
  const [operand] = node.args;
  return operand?.kind === 'box-step' ? operand : undefined;
}

/** Whether a conjunct says something of the steps themselves, or of the states, that exploration would have to respect. */
function forbidsSteps(node: Expression, env: Env): boolean {
  switch (node.kind) {
    case 'and':
      return node.items.some((item) => forbidsSteps(item, env));
    case 'forall':
      return forbidsSteps(node.body, env);
    case 'let':
      return forbidsSteps(node.body, enterLet(node.definitions, env, undefined).scope);
    case 'fairness':
      return false;
    case 'apply': {
      if (!isBuiltin(node)) {
        const standing = unfolded(node, env);
        return standing === undefined || forbidsSteps(standing.node, standing.env);
      }
      if (node.name === '=>') {
        // Whether the condition holds is known from the start, so it only chooses to whom the conclusion applies.
        const [condition, conclusion] = node.args.filter(isExpression);
        return (
          condition === undefined ||
          conclusion === undefined ||
          levelOf(condition, env) > level.state ||
          forbidsSteps(conclusion, env)
        );
      }
      if (node.name !== '[]') return node.name !== '<>' && node.name !== '~>';
      const [operand] = node.args;
      return (
        operand === undefined ||
        operand.kind === 'lambda' ||
        operand.kind === 'operator' ||
        levelOf(operand, env) < level.behaviour ||
        forbidsSteps(operand, env)
      );
    }
    default:
      return true;
  }
}
