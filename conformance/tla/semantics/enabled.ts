/** Compiles ENABLED. */
import type { Place } from '../errors.ts';
import type { Expression } from '../syntax/ast.ts';
import type { Value } from '../values/value.ts';
import type { Compiler, Context } from './compiler.ts';
import { Enumerator, enumerationContext } from './enumeration.ts';
import { located, reads } from './machine.ts';
import type { Code } from './machine.ts';
import type { Env } from './scope.ts';

class Found extends Error {}

/** `ENABLED action`: true if the action has a successor in the current state. */
export function compileEnabled(
  compiler: Compiler,
  action: Expression,
  env: Env,
  context: Context,
  place: Place,
): Code {
  const { machine } = compiler;
  const inside = enumerationContext(context.layout, 'next');
  const found = new Found();
  const search = new Enumerator(compiler, 'next').compile(action, env, inside, () => {
    throw found;
  });
  const { free, reads: mask } = compiler.compile(action, env, inside);
  return {
    run: (frame) => {
      const saved = { next: machine.next, target: machine.target, assigned: machine.assigned };
      machine.target = new Array<Value | undefined>(machine.variables.length).fill(undefined);
      machine.next = machine.target;
      machine.assigned = 0;
      try {
        search(frame);
        return false;
      } catch (error) {
        if (error === found) return true;
        throw located(error, place);
      } finally {
        machine.next = saved.next;
        machine.target = saved.target;
        machine.assigned = saved.assigned;
      }
    },
    reads: (mask & ~reads.next) | reads.current,
    free,
  };
}
