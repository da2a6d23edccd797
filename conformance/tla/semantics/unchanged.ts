/** `UNCHANGED e` of two states that are given: the parts of a tuple are compared one by one, variables without a call. */
import type { Place } from '../errors.ts';
import type { Expression } from '../syntax/ast.ts';
import { equal } from '../values/equality.ts';
import { resolve } from './arguments.ts';
import { isPlain, variableOf } from './assignable.ts';
import { binaryCode, builtinArity } from './builtins.ts';
import type { Compiler, Context } from './compiler.ts';
import { code, literalCode, located, reads } from './machine.ts';
import type { Code, Machine } from './machine.ts';
import type { Env } from './scope.ts';

export function compileUnchanged(
  compiler: Compiler,
  node: Expression,
  env: Env,
  context: Context,
  place: Place,
): Code {
  const parts: Code[] = [];
  const collect = (part: Expression, scope: Env): void => {
    const variable = variableOf(part, scope);
    if (variable !== undefined) {
      parts.push(unchangedVariable(compiler.machine, variable, place));
      return;
    }
    if (part.kind === 'tuple') {
      for (const item of part.items) collect(item, scope);
      return;
    }
    const other = otherName(part, scope);
    if (other !== undefined) {
      collect(other.node, other.env);
      return;
    }
    const before = compiler.compile(part, scope, context);
    const after = compiler.compile(part, scope, { ...context, primed: true });
    parts.push(binaryCode(before, after, equal, place));
  };
  collect(node, env);
  const [only] = parts;
  if (only === undefined) return literalCode(true);
  if (parts.length === 1) return only;
  return code((frame) => parts.every(({ run }) => run(frame) === true), parts);
}

/** What a name without arguments is another name for. */
function otherName(node: Expression, env: Env): { readonly node: Expression; readonly env: Env } | undefined {
  if (node.kind !== 'apply' || node.args.length > 0) return undefined;
  if (node.qualifiers.length === 0 && builtinArity(node.name) !== undefined) return undefined;
  const binding = resolve(node, env);
  if (binding?.kind === 'definition' && isPlain(binding.definition) && !binding.recursive)
    return { node: binding.definition.body, env: binding.env };
  // A definition of LET keeps its value while its scope lasts; written out it would be evaluated again.
  if (
    binding?.kind === 'expression' &&
    binding.layout === undefined &&
    binding.functionDefinition === undefined
  )
    return { node: binding.expression, env: binding.env };
  return undefined;
}

function unchangedVariable(machine: Machine, index: number, place: Place): Code {
  return {
    run: () => {
      const before = machine.current[index] ?? machine.readCurrent(index, place);
      const after = machine.next[index] ?? machine.readNext(index, place);
      if (before === after) return true;
      try {
        return equal(before, after);
      } catch (error) {
        throw located(error, place);
      }
    },
    reads: reads.current | reads.next,
    free: new Set(),
  };
}
