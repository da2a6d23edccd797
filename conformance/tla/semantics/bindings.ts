/** LET, and the slots that names bound to expressions keep their values in. */
import type { Let, LetDefinition } from '../syntax/ast.ts';
import { itemAt } from '../values/value.ts';
import type { Compiler, Context } from './compiler.ts';
import type { Code, Layout, Run } from './machine.ts';
import { Env, expressionBinding } from './scope.ts';
import type { ExpressionBinding } from './scope.ts';

/** Code that forgets what was kept in these slots before it runs. */
export function clearing(body: Code, slots: readonly number[]): Code {
  if (slots.length === 0) return body;
  const { run } = body;
  const [first] = slots;
  const cleared: Run =
    slots.length === 1 && first !== undefined
      ? (frame) => {
          frame.values[first] = undefined;
          return run(frame);
        }
      : (frame) => {
          for (let i = 0; i < slots.length; i += 1) frame.values[itemAt(slots, i)] = undefined;
          return run(frame);
        };
  return { run: cleared, reads: body.reads, free: body.free };
}

/** Binds the definitions of a LET; the slots are to be cleared when it is entered. */
export function enterLet(
  definitions: readonly LetDefinition[],
  env: Env,
  layout: Layout | undefined,
): { scope: Env; own: readonly ExpressionBinding[] } {
  const scope = new Env(env);
  const own: ExpressionBinding[] = [];
  const recursive = new Set<string>();
  for (const definition of definitions) {
    switch (definition.kind) {
      case 'recursive':
        for (const operator of definition.operators) recursive.add(operator.name);
        break;
      case 'instance':
        if (definition.name !== undefined) {
          scope.bind(definition.name, { kind: 'instance', definition, env: scope, opened: undefined });
        }
        break;
      case 'definition':
        if (recursive.has(definition.name) || definition.parameters.length > 0) {
          scope.bind(definition.name, {
            kind: 'definition',
            definition,
            name: definition.name,
            env: scope,
            recursive: recursive.has(definition.name),
          });
        } else {
          // Later definitions of the LET may hide a name that this one uses, so it sees only what came before.
          const before = new Env(env);
          for (const [name, binding] of scope.names) before.bind(name, binding);
          const binding = expressionBinding(
            definition.body,
            before,
            layout,
            definition.bounds === undefined ? undefined : definition,
          );
          own.push(binding);
          scope.bind(definition.name, binding);
        }
        break;
    }
  }
  return { scope, own };
}

export function compileLet(compiler: Compiler, node: Let, env: Env, context: Context): Code {
  const { scope, own } = enterLet(node.definitions, env, context.layout);
  const body = compiler.compile(node.body, scope, context);
  return clearing(
    body,
    own.flatMap((bound) => bound.slots),
  );
}
