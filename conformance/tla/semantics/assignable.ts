/** Which variable an expression is: TLC assigns through arguments and definitions. */
import type { Expression } from '../syntax/ast.ts';
import { resolve } from './arguments.ts';
import { builtinArity } from './builtins.ts';
import type { Mapped } from './compiler.ts';
import type { Env } from './scope.ts';

/** The variable that an expression is, looking through arguments and definitions; undefined if it is none. */
export function variableOf(node: Expression, env: Env, mapped?: Mapped): number | undefined {
  if (node.kind !== 'apply' || node.args.length > 0) return undefined;
  if (node.qualifiers.length === 0 && builtinArity(node.name) !== undefined) return undefined;
  const binding = resolve(node, env);
  const position = binding === undefined ? undefined : mapped?.positions.get(binding);
  if (position !== undefined) return position;
  switch (binding?.kind) {
    case 'variable':
      return binding.index;
    case 'expression':
      return binding.functionDefinition === undefined
        ? variableOf(binding.expression, binding.env, mapped)
        : undefined;
    case 'definition':
      return isPlain(binding.definition) && !binding.recursive
        ? variableOf(binding.definition.body, binding.env, mapped)
        : undefined;
    default:
      return undefined;
  }
}

/** A definition that is another name for an expression. */
export function isPlain(definition: { parameters: readonly unknown[]; bounds?: unknown }): boolean {
  return definition.parameters.length === 0 && definition.bounds === undefined;
}

/** The variable whose primed form an expression is. */
export function primedVariableOf(node: Expression, env: Env, mapped?: Mapped): number | undefined {
  if (node.kind !== 'apply') return undefined;
  const [operand] = node.args;
  if (
    node.name === "'" &&
    operand !== undefined &&
    operand.kind !== 'lambda' &&
    operand.kind !== 'operator'
  ) {
    return variableOf(operand, env, mapped);
  }
  if (node.args.length > 0 || (node.qualifiers.length === 0 && builtinArity(node.name) !== undefined))
    return undefined;
  const binding = resolve(node, env);
  if (binding?.kind === 'expression' && binding.functionDefinition === undefined) {
    return primedVariableOf(binding.expression, binding.env, mapped);
  }
  if (binding?.kind === 'definition' && isPlain(binding.definition) && !binding.recursive) {
    return primedVariableOf(binding.definition.body, binding.env, mapped);
  }
  return undefined;
}
