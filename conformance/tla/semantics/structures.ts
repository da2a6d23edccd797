/** Compiles the forms that build and take apart sets, functions, records and tuples. */
import { TlaError, evaluationError } from '../errors.ts';
import { asSet } from '../modules/collections.ts';
import type {
  Except,
  FieldAccess,
  FunctionApplication,
  RecordLiteral,
  RecordSet,
  SetFilter,
  SetLiteral,
  SetMap,
  TupleLiteral,
  Product,
  FunctionSet,
} from '../syntax/ast.ts';
import { apply, fieldIndex, tabulated } from '../values/functions.ts';
import { positionOf, replaceAt, replaceByRule, valueAt } from '../values/update.ts';
import { filterSet, functionSet, recordSet, tupleSet } from '../values/lazy-sets.ts';
import { quote } from '../values/format.ts';
import { contains, isEnumerable, elementsOf, makeSet } from '../values/sets.ts';
import { recordShape } from '../values/tabulation.ts';
import {
  EnumeratedSet,
  RecordValue,
  TupleValue,
  emptySet,
  emptyTuple,
  isFunction,
  itemAt,
} from '../values/value.ts';
import type { RecordShape, SetValue, StringValue, Value } from '../values/value.ts';
import { compileBounds, compileIteration, destructure, expectBoolean, newSlot, slotsOf } from './compiler.ts';
import type { Compiler, Context } from './compiler.ts';
import { frozenStates } from './functions.ts';
import { code, literalCode, located } from './machine.ts';
import type { Code, Frame, Run } from './machine.ts';
import { Env } from './scope.ts';

export function compileSetLiteral(compiler: Compiler, node: SetLiteral, env: Env, context: Context): Code {
  if (node.items.length === 0) return literalCode(emptySet);
  const parts = node.items.map((item) => compiler.compile(item, env, context));
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) {
    const { run } = only;
    return code((frame) => new EnumeratedSet([run(frame)]), parts);
  }
  const runs = parts.map((part) => part.run);
  return code((frame) => {
    try {
      return makeSet(runs.map((run) => run(frame)));
    } catch (error) {
      throw located(error, node.place);
    }
  }, parts);
}

/** `{x \in S : P}`; over a set that cannot be listed it stays a test. */
export function compileFilter(compiler: Compiler, node: SetFilter, env: Env, context: Context): Code {
  const inner = new Env(env);
  const [bound] = compileBounds(compiler, [node.bound], env, inner, context);
  if (bound === undefined) throw new TypeError('a set filter has one bound');
  const body = compiler.compile(node.body, inner, context);
  const { slots, tuple } = bound;
  const put = (element: Value, frame: Frame): void => {
    if (tuple) destructure(element, slots, frame);
    else frame.values[itemAt(slots, 0).index] = element;
  };
  const test = (frame: Frame): boolean =>
    expectBoolean(body.run(frame), 'the body of a set filter', node.body.place);
  return code(
    (frame) => {
      const set = setAt(bound.set.run, frame, node.place);
      if (!isEnumerable(set)) {
        const kept = frame.snapshot();
        const inState = frozenStates(compiler.machine, body.reads);
        return filterSet(set, (element) =>
          inState(() => {
            put(element, kept);
            return test(kept);
          }),
        );
      }
      const elements = elementsOf(set);
      const result: Value[] = [];
      for (let i = 0; i < elements.length; i += 1) {
        const element = itemAt(elements, i);
        put(element, frame);
        if (test(frame)) result.push(element);
      }
      return result.length === 0 ? emptySet : new EnumeratedSet(result);
    },
    [bound.set, body],
    bound.slots,
  );
}

function setAt(run: Run, frame: Frame, place: SetFilter['place']): SetValue {
  try {
    return asSet(run(frame), 'this expression');
  } catch (error) {
    throw located(error, place);
  }
}

export function compileMap(compiler: Compiler, node: SetMap, env: Env, context: Context): Code {
  const inner = new Env(env);
  const bounds = compileBounds(compiler, node.bounds, env, inner, context);
  const body = compiler.compile(node.body, inner, context);
  const iterate = compileIteration(bounds);
  const { run } = body;
  return code(
    (frame) => {
      const values: Value[] = [];
      iterate(frame, (inside) => {
        values.push(run(inside));
        return false;
      });
      try {
        return makeSet(values);
      } catch (error) {
        throw located(error, node.place);
      }
    },
    [...bounds.map((bound) => bound.set), body],
    slotsOf(bounds),
  );
}

export function compileFunctionSet(compiler: Compiler, node: FunctionSet, env: Env, context: Context): Code {
  const domain = compiler.compile(node.domain, env, context);
  const range = compiler.compile(node.range, env, context);
  return code(
    (frame) =>
      functionSet(setAt(domain.run, frame, node.domain.place), setAt(range.run, frame, node.range.place)),
    [domain, range],
  );
}

export function compileProduct(compiler: Compiler, node: Product, env: Env, context: Context): Code {
  const parts = node.items.map((item) => compiler.compile(item, env, context));
  return code((frame) => tupleSet(parts.map((part) => setAt(part.run, frame, node.place))), parts);
}

export function compileTuple(compiler: Compiler, node: TupleLiteral, env: Env, context: Context): Code {
  if (node.items.length === 0) return literalCode(emptyTuple);
  const parts = node.items.map((item) => compiler.compile(item, env, context));
  const runs = parts.map((part) => part.run);
  return code((frame) => {
    const elements: Value[] = [];
    for (let i = 0; i < runs.length; i += 1) elements.push(itemAt(runs, i)(frame));
    return new TupleValue(elements);
  }, parts);
}

/** The fields with their positions in order of rank; an error if one is named twice. */
function sortedFields(
  compiler: Compiler,
  node: RecordLiteral | RecordSet,
): { field: StringValue; position: number }[] {
  const named = node.fields.map(({ name }, position) => ({
    field: compiler.machine.interner.string(name),
    position,
  }));
  named.sort((a, b) => a.field.rank - b.field.rank);
  for (let i = 1; i < named.length; i += 1) {
    if (named[i]?.field === named[i - 1]?.field) {
      throw new TlaError('semantic', `field ${named[i]?.field.text ?? ''} is given twice`, node.place);
    }
  }
  return named;
}

export function compileRecord(compiler: Compiler, node: RecordLiteral, env: Env, context: Context): Code {
  const parts = node.fields.map(({ value }) => compiler.compile(value, env, context));
  const order = sortedFields(compiler, node);
  const shape = recordShape(order.map(({ field }) => field));
  const runs = order.map(({ position }) => itemAt(parts, position).run);
  return code((frame) => {
    const values: Value[] = [];
    for (let i = 0; i < runs.length; i += 1) values.push(itemAt(runs, i)(frame));
    return new RecordValue(shape, values);
  }, parts);
}

export function compileRecordSet(compiler: Compiler, node: RecordSet, env: Env, context: Context): Code {
  const parts = node.fields.map(({ value }) => compiler.compile(value, env, context));
  const order = sortedFields(compiler, node);
  const fields = order.map(({ field }) => field);
  const runs = order.map(({ position }) => itemAt(parts, position).run);
  return code(
    (frame) =>
      recordSet(
        fields,
        runs.map((run) => setAt(run, frame, node.place)),
      ),
    parts,
  );
}

/** `r.name`, remembering where the field was in the last record seen. */
export function compileField(compiler: Compiler, node: FieldAccess, env: Env, context: Context): Code {
  const record = compiler.compile(node.record, env, context);
  const field = compiler.machine.interner.string(node.name);
  const { run } = record;
  let shape: RecordShape | undefined;
  let index = -1;
  return code(
    (frame) => {
      const value = run(frame);
      if (value instanceof RecordValue) {
        if (value.shape !== shape) {
          shape = value.shape;
          index = fieldIndex(shape, field);
        }
        const found = value.values[index];
        if (found !== undefined) return found;
        throw evaluationError(`${quote(value)} has no field ${node.name}`, node.place);
      }
      if (!isFunction(value)) {
        throw evaluationError(
          `field ${node.name} of something that is not a record: ${quote(value)}`,
          node.place,
        );
      }
      try {
        return apply(value, field);
      } catch (error) {
        throw located(error, node.place);
      }
    },
    [record],
  );
}

export function compileApplication(
  compiler: Compiler,
  node: FunctionApplication,
  env: Env,
  context: Context,
): Code {
  const fn = compiler.compile(node.fn, env, context);
  const argument = compiler.compile(node.argument, env, context);
  const f = fn.run;
  const x = argument.run;
  return code(
    (frame) => {
      const value = f(frame);
      const key = x(frame);
      try {
        return apply(value, key);
      } catch (error) {
        throw located(error, node.place);
      }
    },
    [fn, argument],
  );
}

interface CompiledUpdate {
  readonly path: readonly Run[];
  readonly value: Run;
  readonly slot: number;
}

/** `[f EXCEPT !… = e, …]`: copies what lies on the path and nothing else. */
export function compileExcept(compiler: Compiler, node: Except, env: Env, context: Context): Code {
  const base = compiler.compile(node.base, env, context);
  const parts: Code[] = [base];
  const slots: ReturnType<typeof newSlot>[] = [];
  const updates: CompiledUpdate[] = node.updates.map((update) => {
    const path = update.path.map((step) => {
      const part =
        step.kind === 'field'
          ? literalCode(compiler.machine.interner.string(step.name))
          : compiler.compile(step.argument, env, context);
      parts.push(part);
      return part.run;
    });
    const slot = newSlot(context);
    slots.push(slot);
    const inner = new Env(env);
    inner.bind('@', slot);
    const value = compiler.compile(update.value, inner, context);
    parts.push(value);
    return { path, value: value.run, slot: slot.index };
  });
  const apply1 = (frame: Frame, old: Value, update: CompiledUpdate, depth: number): Value => {
    if (depth === update.path.length) {
      frame.values[update.slot] = old;
      return update.value(frame);
    }
    if (!isFunction(old)) {
      throw evaluationError(`EXCEPT needs a function, not ${quote(old)}`);
    }
    if (old.kind === 'lazy-function' && !isEnumerable(old.domain)) {
      const argument = itemAt(update.path, depth)(frame);
      if (!contains(old.domain, argument)) return old;
      return replaceByRule(old, argument, apply1(frame, apply(old, argument), update, depth + 1));
    }
    const f = tabulated(old);
    const position = positionOf(f, itemAt(update.path, depth)(frame));
    if (position < 0) return f;
    const before = valueAt(f, position);
    const after = apply1(frame, before, update, depth + 1);
    return after === before ? f : replaceAt(f, position, after);
  };
  const update1 = itemAt(updates, 0);
  return code(
    (frame) => {
      try {
        let result = apply1(frame, base.run(frame), update1, 0);
        for (let i = 1; i < updates.length; i += 1) result = apply1(frame, result, itemAt(updates, i), 0);
        return result;
      } catch (error) {
        throw located(error, node.place);
      }
    },
    parts,
    slots,
  );
}
