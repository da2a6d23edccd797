/** Compiles formulas about whole behaviours. */
import { TlaError } from '../errors.ts';
import type { Place } from '../errors.ts';
import type { StateFormula, StepFormula, Temporal } from '../temporal.ts';
import type { Application, Expression, Fairness, Quantifier, StepExpression } from '../syntax/ast.ts';
import { isExpression } from './arguments.ts';
import { enterLet } from './bindings.ts';
import { expectBoolean } from './compiler.ts';
import type { Compiler } from './compiler.ts';
import { choices, constantValue, isBuiltin, unfolded } from './expansion.ts';
import { isMapped } from './enabled.ts';
import { actionSuccessors, stateFormula, stepFormula } from './formulas.ts';
import { level, levelOf } from './level.ts';
import type { Env } from './scope.ts';

/**
 * Compiles a temporal formula. Definitions, instances and quantifiers over constant sets are expanded down to the largest
 * parts that a state decides.
 * @throws TlaError of kind `semantic` for what TLA+ does not allow, `unsupported` for what is not evaluated
 */
export function compileTemporal(compiler: Compiler, node: Expression, env: Env): Temporal {
  const { place } = node;
  switch (levelOf(node, env)) {
    case level.constant: {
      const value = expectBoolean(constantValue(compiler, node, env), 'a temporal formula', place);
      return { kind: 'constant', place, value };
    }
    case level.state:
      return stateLeaf(compiler, node, env);
    case level.step:
      throw bareAction(place);
    case level.behaviour:
      return compileBehaviour(compiler, node, env);
  }
}

function bareAction(place: Place): TlaError {
  return new TlaError(
    'semantic',
    'an action stands in a temporal formula only as [][A]_v or <><<A>>_v',
    place,
  );
}

function stateLeaf(compiler: Compiler, node: Expression, env: Env): StateFormula {
  const { place } = node;
  return { kind: 'state', place, holds: stateFormula(compiler, node, env, 'a formula', place) };
}

function stepLeaf(compiler: Compiler, node: StepExpression, env: Env): StepFormula {
  return { kind: 'step', place: node.place, holds: stepFormula(compiler, node, env) };
}

function compileBehaviour(compiler: Compiler, node: Expression, env: Env): Temporal {
  const { place } = node;
  const compile = (part: Expression): Temporal => compileTemporal(compiler, part, env);
  switch (node.kind) {
    case 'and':
    case 'or':
      return { kind: node.kind, place, operands: node.items.map(compile) };
    case 'forall':
    case 'exists':
      return compileQuantified(compiler, node, env);
    case 'let':
      return compileTemporal(compiler, node.body, enterLet(node.definitions, env, undefined).scope);
    case 'if': {
      const condition = compile(node.condition);
      const arm = (left: Temporal, part: Expression): Temporal => ({
        kind: 'implies',
        place: part.place,
        left,
        right: compile(part),
      });
      const otherwise: Temporal = { kind: 'not', place: node.condition.place, operand: condition };
      return { kind: 'and', place, operands: [arm(condition, node.then), arm(otherwise, node.otherwise)] };
    }
    case 'fairness':
      return compileFairness(compiler, node, env);
    case 'apply': {
      if (isBuiltin(node)) return compileOperator(compiler, node, env);
      const standing = unfolded(node, env);
      if (standing !== undefined) return compileTemporal(compiler, standing.node, standing.env);
      throw new TlaError('unsupported', `${node.name} in a temporal formula is not evaluated`, place);
    }
    default:
      throw new TlaError('unsupported', 'this temporal formula is not evaluated', place);
  }
}

function compileQuantified(compiler: Compiler, node: Quantifier, env: Env): Temporal {
  const scopes = choices(compiler, node, env);
  if (scopes === undefined) {
    throw new TlaError(
      'unsupported',
      'a temporal formula for all elements of a set that differs from state to state is not evaluated',
      node.place,
    );
  }
  return {
    kind: node.kind === 'forall' ? 'and' : 'or',
    place: node.place,
    operands: scopes.map((scope) => compileTemporal(compiler, node.body, scope)),
  };
}

function compileOperator(compiler: Compiler, node: Application, env: Env): Temporal {
  const { name, place } = node;
  const [x, y] = node.args.filter(isExpression);
  if (x === undefined) throw new TypeError(`${name} without an operand`);
  switch (name) {
    case '[]':
      return { kind: 'always', place, operand: operandOf(compiler, x, 'box-step', env) };
    case '<>':
      return { kind: 'eventually', place, operand: operandOf(compiler, x, 'angle-step', env) };
    case '~':
      return { kind: 'not', place, operand: compileTemporal(compiler, x, env) };
    default:
      break;
  }
  if (y === undefined) throw new TlaError('unsupported', `${name} of a temporal formula`, place);
  const left = compileTemporal(compiler, x, env);
  const right = compileTemporal(compiler, y, env);
  switch (name) {
    case '=>':
      return { kind: 'implies', place, left, right };
    case '<=>':
      return { kind: 'equivalent', place, left, right };
    case '~>':
      return { kind: 'leads-to', place, left, right };
    case '/\\':
      return { kind: 'and', place, operands: [left, right] };
    case '\\/':
      return { kind: 'or', place, operands: [left, right] };
    default:
      throw new TlaError('unsupported', `the operator ${name} of temporal formulas is not evaluated`, place);
  }
}

/** `[]` takes a formula or `[A]_v`, `<>` a formula or `<<A>>_v`: nothing else says the same of a behaviour that stutters. */
function operandOf(
  compiler: Compiler,
  node: Expression,
  step: 'box-step' | 'angle-step',
  env: Env,
): Temporal {
  if (node.kind === step) return stepLeaf(compiler, node, env);
  if (levelOf(node, env) === level.step) throw wrongStep(node, step);
  return compileTemporal(compiler, node, env);
}

export function wrongStep(node: Expression, step: 'box-step' | 'angle-step'): TlaError {
  const sentence = step === 'box-step' ? '[] of an action needs [A]_v' : '<> of an action needs <<A>>_v';
  return new TlaError('semantic', sentence, node.place);
}

function compileFairness(compiler: Compiler, node: Fairness, env: Env): Temporal {
  const { place, action, subscript } = node;
  const taken: StepExpression = { kind: 'angle-step', place, action, subscript };
  const enabled: Application = { kind: 'apply', place, qualifiers: [], name: 'ENABLED', args: [taken] };
  return {
    kind: node.strong ? 'strong-fairness' : 'weak-fairness',
    place,
    enabled: stateLeaf(compiler, enabled, env),
    taken: stepLeaf(compiler, taken, env),
    ...(isMapped(env) ? {} : { successors: actionSuccessors(compiler, action, env) }),
  };
}
