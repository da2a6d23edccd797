import { TlaError } from '../errors.ts';
import type { Place } from '../errors.ts';
import type { Application, Bound, Expression } from '../syntax/ast.ts';
import type { Value } from '../values/value.ts';
import { asSet } from '../modules/collections.ts';
import { elementsOf } from '../values/sets.ts';
import { TupleValue, itemAt } from '../values/value.ts';
import { evaluationError } from '../errors.ts';
import { quote } from '../values/format.ts';
import { located } from './machine.ts';
import type { Code, Frame, Layout, Machine, Run } from './machine.ts';
import type { Binding, Env, SlotBinding } from './scope.ts';

/** Where an expression is compiled. */
export interface Context {
  /** The frame it will run in. */
  readonly layout: Layout;
  /** Below a prime: names of variables mean their next values. */
  readonly primed: boolean;
  /**
   * `reads` bits of the states that are still being made while this runs. What depends on them is never kept, since the
   * enumeration will come back with other values.
   */
  readonly partial: number;
  /**
   * Inside `ENABLED` in an instance whose variables stand for expressions: where their next values are. They are not the
   * next values of the expressions, but whatever the action gives them.
   */
  readonly mapped?: Mapped;
}

/** Positions in the next state, beyond those of the specification's variables. */
export interface Mapped {
  readonly id: number;
  readonly positions: ReadonlyMap<Binding, number>;
}

/** What the parts of the compiler see of the whole. */
export interface Compiler {
  readonly machine: Machine;
  compile(expression: Expression, env: Env, context: Context): Code;
  /** What a name stands for, applied to the arguments of `node`. */
  binding(binding: Binding, node: Application, env: Env, context: Context): Code;
  /** `UNCHANGED expression`. */
  unchanged(expression: Expression, env: Env, context: Context, place: Place): Code;
  /** `ENABLED action`. */
  enabled(action: Expression, env: Env, context: Context, place: Place): Code;
}

/** A compiled `x, y \in S`: the set, and the slots of the names. */
export interface CompiledBound {
  readonly set: Code;
  readonly slots: readonly SlotBinding[];
  readonly tuple: boolean;
  readonly place: Place;
}

/** A new slot of the context's frame. */
export function newSlot(context: Context): SlotBinding {
  return { kind: 'slot', layout: context.layout, index: context.layout.slot() };
}

/** Compiles the sets in `env` and binds the names in `inner`. */
export function compileBounds(
  compiler: Compiler,
  bounds: readonly Bound[],
  env: Env,
  inner: Env,
  context: Context,
): CompiledBound[] {
  const compiled = bounds.map((bound) => ({
    set: compiler.compile(bound.set, env, context),
    slots: bound.names.map(() => newSlot(context)),
    tuple: bound.tuple,
    place: bound.set.place,
    names: bound.names,
  }));
  for (const { names, slots } of compiled) {
    names.forEach((name, i) => {
      inner.bind(name, itemAt(slots, i));
    });
  }
  return compiled;
}

/** All slots of some bounds. */
export function slotsOf(bounds: readonly CompiledBound[]): SlotBinding[] {
  return bounds.flatMap((bound) => bound.slots);
}

/** The elements of a set expression; an error with its place if it is not an enumerable set. */
export function elementsAt(set: Run, place: Place, frame: Frame): readonly Value[] {
  try {
    const value = set(frame);
    if (typeof value === 'object' && value.kind === 'set') return value.elements;
    return elementsOf(asSet(value, 'a bound'));
  } catch (error) {
    throw located(error, place);
  }
}

/** Puts the parts of a tuple into the slots of `<<x, y>> \in S`. */
export function destructure(value: Value, slots: readonly SlotBinding[], frame: Frame): void {
  if (typeof value !== 'object' || value.kind !== 'tuple' || value.elements.length !== slots.length) {
    throw evaluationError(`a tuple of ${slots.length} elements was expected, not ${quote(value)}`);
  }
  for (let i = 0; i < slots.length; i += 1) {
    frame.values[itemAt(slots, i).index] = itemAt(value.elements, i);
  }
}

/**
 * Calls `visit` for each way to choose from the bounds, the last name fastest, until it returns true; returns whether
 * it did.
 */
export type Iterate = (frame: Frame, visit: (frame: Frame) => boolean) => boolean;

interface Level {
  readonly set: number;
  readonly slots: readonly SlotBinding[];
  readonly tuple: boolean;
}

export function compileIteration(bounds: readonly CompiledBound[]): Iterate {
  const [only] = bounds;
  if (bounds.length === 1 && only?.slots.length === 1) {
    const index = itemAt(only.slots, 0).index;
    const { set, place, tuple, slots } = only;
    const { run } = set;
    return (frame, visit) => {
      const elements = elementsAt(run, place, frame);
      for (let i = 0; i < elements.length; i += 1) {
        if (tuple) destructure(itemAt(elements, i), slots, frame);
        else frame.values[index] = elements[i];
        if (visit(frame)) return true;
      }
      return false;
    };
  }
  const nest = new Nest(bounds);
  return (frame, visit) => nest.start(frame, visit);
}

/** Several names or sets: a level for each thing to choose. */
class Nest {
  private readonly bounds: readonly CompiledBound[];
  private readonly levels: readonly Level[];

  constructor(bounds: readonly CompiledBound[]) {
    this.bounds = bounds;
    this.levels = bounds.flatMap((bound, set): Level[] =>
      bound.tuple
        ? [{ set, slots: bound.slots, tuple: true }]
        : bound.slots.map((slot) => ({ set, slots: [slot], tuple: false })),
    );
  }

  start(frame: Frame, visit: (frame: Frame) => boolean): boolean {
    const lists: (readonly Value[])[] = [];
    for (const bound of this.bounds) lists.push(elementsAt(bound.set.run, bound.place, frame));
    return this.choose(lists, 0, frame, visit);
  }

  private choose(
    lists: readonly (readonly Value[])[],
    depth: number,
    frame: Frame,
    visit: (frame: Frame) => boolean,
  ): boolean {
    if (depth === this.levels.length) return visit(frame);
    const level = itemAt(this.levels, depth);
    const elements = itemAt(lists, level.set);
    const { index } = itemAt(level.slots, 0);
    for (let i = 0; i < elements.length; i += 1) {
      if (level.tuple) destructure(itemAt(elements, i), level.slots, frame);
      else frame.values[index] = elements[i];
      if (this.choose(lists, depth + 1, frame, visit)) return true;
    }
    return false;
  }
}

/** The value that the bounds have chosen, as the argument of a function: one value, or a tuple of all. */
export function argumentOf(bounds: readonly CompiledBound[]): (frame: Frame) => Value {
  const slots = slotsOf(bounds);
  const [only] = bounds;
  if (bounds.length === 1 && only !== undefined && !only.tuple && slots.length === 1) {
    const { index } = itemAt(slots, 0);
    return (frame) => slotValue(frame, index);
  }
  const makers = bounds.flatMap((bound) =>
    bound.tuple
      ? [(frame: Frame): Value => new TupleValue(bound.slots.map(({ index }) => slotValue(frame, index)))]
      : bound.slots.map(
          ({ index }) =>
            (frame: Frame): Value =>
              slotValue(frame, index),
        ),
  );
  const [first] = makers;
  if (makers.length === 1 && first !== undefined) return first;
  return (frame) => new TupleValue(makers.map((make) => make(frame)));
}

/** Puts a function's argument into the slots of its bounds. */
export function assignArgument(bounds: readonly CompiledBound[], value: Value, frame: Frame): void {
  const slots = slotsOf(bounds);
  const [only] = bounds;
  if (bounds.length === 1 && only !== undefined) {
    if (only.tuple) destructure(value, slots, frame);
    else if (slots.length === 1) frame.values[itemAt(slots, 0).index] = value;
    else destructure(value, slots, frame);
    return;
  }
  if (bounds.every((bound) => !bound.tuple)) {
    destructure(value, slots, frame);
    return;
  }
  throw new TlaError('unsupported', 'a function of several arguments, some of them tuples', only?.place);
}

export function slotValue(frame: Frame, index: number): Value {
  const value = frame.values[index];
  if (value === undefined) throw new RangeError(`slot ${index} is read before it is bound`);
  return value;
}

/** A boolean, or an error that names what was expected to be one. */
export function expectBoolean(value: Value, what: string, place: Place): boolean {
  if (value === true) return true;
  if (value === false) return false;
  throw evaluationError(`${what} must be a boolean, not ${quote(value)}`, place);
}
