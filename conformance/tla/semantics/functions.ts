/** Compiles functions: literals, definitions `f[x \in S] == e`, and those that stay rules. */
import { asSet } from '../modules/collections.ts';
import type { Bound, Expression, FunctionApplication, OperatorDefinition } from '../syntax/ast.ts';
import { mentions } from '../syntax/mentions.ts';
import { quote } from '../values/format.ts';
import { tupleSet } from '../values/lazy-sets.ts';
import { enumerated, isEnumerable } from '../values/sets.ts';
import { makeFunction } from '../values/tabulation.ts';
import { EnumeratedSet, LazyFunction, itemAt } from '../values/value.ts';
import type { SetValue, Value } from '../values/value.ts';
import { argumentOf, assignArgument, compileBounds, compileIteration, newSlot, slotsOf } from './compiler.ts';
import type { CompiledBound, Compiler, Context } from './compiler.ts';
import { code, located, reads } from './machine.ts';
import type { Code, Frame, Machine, Run } from './machine.ts';
import { Env } from './scope.ts';
import type { ExpressionBinding } from './scope.ts';

/** Runs later what was made in the present states, in those states. */
export function frozenStates(machine: Machine, mask: number): <T>(work: () => T) => T {
  if ((mask & (reads.current | reads.next)) === 0) return (work) => work();
  const current = (mask & reads.current) !== 0 ? machine.current.slice() : [];
  const next = (mask & reads.next) !== 0 ? machine.next.slice() : [];
  return (work) => {
    const saved = { current: machine.current, next: machine.next };
    machine.current = current;
    machine.next = next;
    try {
      return work();
    } finally {
      machine.current = saved.current;
      machine.next = saved.next;
    }
  };
}

interface FunctionForm {
  readonly bounds: readonly Bound[];
  readonly body: Expression;
  readonly place: FunctionApplication['place'];
}

/** `[x \in S |-> e]`. */
export function compileFunction(compiler: Compiler, node: FunctionForm, env: Env, context: Context): Code {
  const inner = new Env(env);
  const bounds = compileBounds(compiler, node.bounds, env, inner, context);
  const body = compiler.compile(node.body, inner, context);
  const { run } = body;
  const parts = [...bounds.map((bound) => bound.set), body];
  const [only] = bounds;
  const domainCode = compileDomain(bounds);
  const iterate = compileIteration(bounds);
  const argument = argumentOf(bounds);
  const single = bounds.length === 1 && only?.slots.length === 1;
  return code(
    (frame) => {
      const domain = domainAt(domainCode, frame, node.place);
      if (!isEnumerable(domain)) {
        const kept = frame.snapshot();
        const inState = frozenStates(compiler.machine, body.reads);
        return new LazyFunction(
          domain,
          (value) =>
            inState(() => {
              const fresh = kept.snapshot();
              assignArgument(bounds, value, fresh);
              return run(fresh);
            }),
          () => printFunction(node, domain),
        );
      }
      const values: Value[] = [];
      if (single && !only.tuple) {
        const { index } = itemAt(only.slots, 0);
        const spelled = enumerated(domain);
        const { elements } = spelled;
        for (const element of elements) {
          frame.values[index] = element;
          values.push(run(frame));
        }
        return makeFunction(spelled, values);
      }
      const keys: Value[] = [];
      iterate(frame, (inside) => {
        keys.push(argument(inside));
        values.push(run(inside));
        return false;
      });
      return makeFunction(new EnumeratedSet(keys), values);
    },
    parts,
    slotsOf(bounds),
  );
}

function printFunction(node: FunctionForm, domain: SetValue): string {
  const { place } = node.body;
  const names = node.bounds.flatMap((bound) => bound.names).join(', ');
  return `[${names} \\in ${quote(domain)} |-> <expression line ${place.line}, col ${place.column} to line ${place.endLine}, col ${place.endColumn} of module ${place.module}>]`;
}

function compileDomain(bounds: readonly CompiledBound[]): Run {
  const [only] = bounds;
  if (bounds.length === 1 && only !== undefined && (only.tuple || only.slots.length === 1))
    return only.set.run;
  return (frame) =>
    tupleSet(
      bounds.flatMap((bound) => {
        const set = asSet(bound.set.run(frame), 'a bound of a function');
        return bound.tuple ? [set] : bound.slots.map(() => set);
      }),
    );
}

function domainAt(run: Run, frame: Frame, place: FunctionForm['place']): SetValue {
  try {
    return asSet(run(frame), 'the domain of a function');
  } catch (error) {
    throw located(error, place);
  }
}

/** `f[x \in S] == e`, where `e` may speak of `f`: evaluated one argument at a time, each at most once. */
export function compileRecursiveFunction(
  compiler: Compiler,
  definition: OperatorDefinition,
  env: Env,
  context: Context,
): Code {
  const form: FunctionForm = {
    bounds: definition.bounds ?? [],
    body: definition.body,
    place: definition.place,
  };
  const self = newSlot(context);
  const inner = new Env(env);
  const bounds = compileBounds(compiler, form.bounds, env, inner, context);
  inner.bind(definition.name, self);
  const body = compiler.compile(form.body, inner, context);
  const domainCode = compileDomain(bounds);
  return code(
    (frame) => {
      const domain = domainAt(domainCode, frame, form.place);
      const kept = frame.snapshot();
      const inState = frozenStates(compiler.machine, body.reads);
      const known = new Map<Value, Value>();
      const rule = (value: Value): Value => {
        const remembered = known.get(value);
        if (remembered !== undefined) return remembered;
        const result = inState(() => {
          const fresh = kept.snapshot();
          assignArgument(bounds, value, fresh);
          return body.run(fresh);
        });
        known.set(value, result);
        return result;
      };
      const made = new LazyFunction(domain, rule, () => printFunction(form, domain));
      kept.values[self.index] = made;
      return made;
    },
    [...bounds.map((bound) => bound.set), body],
    [...slotsOf(bounds), self],
  );
}

type FunctionDefinition = NonNullable<ExpressionBinding['functionDefinition']>;

/** What `f[x \in S] == e` defines; `e` may speak of `f`. */
export function compileFunctionDefinition(
  compiler: Compiler,
  definition: FunctionDefinition,
  env: Env,
  context: Context,
): Code {
  return mentions(definition.body, definition.name)
    ? compileRecursiveFunction(compiler, definition, env, context)
    : compileFunction(
        compiler,
        { bounds: definition.bounds ?? [], body: definition.body, place: definition.place },
        env,
        context,
      );
}
