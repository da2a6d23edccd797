/** What compiled expressions run on, and what compiling yields. */
import { TlaError, evaluationError, isStackOverflow } from '../errors.ts';
import type { Place } from '../errors.ts';
import type { Interner } from '../values/interner.ts';
import type { Value } from '../values/value.ts';
import type { CoverageCounters } from './coverage.ts';
import type { SlotBinding } from './scope.ts';

/** The values that bound names have at run time. Slots are numbered when the expression is compiled. */
export class Frame {
  readonly values: (Value | undefined)[];
  readonly parent: Frame | undefined;
  /** Arguments of a recursive call that are not evaluated yet. */
  pending: (Pending | undefined)[] | undefined = undefined;
  /** Arguments that are operators. */
  operators: ((...args: Value[]) => Value)[] | undefined = undefined;
  /** What follows a recursive action, when successors are enumerated. */
  continuation: (() => void) | undefined = undefined;

  constructor(size: number, parent: Frame | undefined) {
    this.values = new Array<Value | undefined>(size).fill(undefined);
    this.parent = parent;
  }

  /** A copy of this frame and those around it, for a function that is evaluated after the loops have moved on. */
  snapshot(): Frame {
    const copy = new Frame(0, this.parent?.snapshot());
    for (const value of this.values) copy.values.push(value);
    copy.pending = this.pending?.map(
      (argument) => argument && { run: argument.run, frame: argument.frame.snapshot() },
    );
    copy.operators = this.operators;
    copy.continuation = this.continuation;
    return copy;
  }
}

export interface Pending {
  readonly run: Run;
  readonly frame: Frame;
}

/** Evaluates, in a frame of the layout that it was compiled for. */
export type Run = (frame: Frame) => Value;

/** What is still to be done, in the frame that it was compiled for. */
export type Then = (frame: Frame) => void;

/** Bits of `Code.reads`: what besides its frame an expression depends on. */
export const reads = {
  current: 1,
  next: 2,
  /** The outside world: printing, `TLCGet`, random choice. Never folded. */
  world: 4,
} as const;

/** A compiled expression. */
export interface Code {
  readonly run: Run;
  readonly reads: number;
  /** Slots it refers to that are bound outside of it. */
  readonly free: ReadonlySet<SlotBinding>;
  /** Present if the value is known already. */
  readonly literal?: Value;
  /** True if evaluating it again costs next to nothing. */
  readonly cheap?: boolean;
}

/** The slots of one frame. */
export class Layout {
  readonly parent: Layout | undefined;
  size = 0;

  constructor(parent: Layout | undefined) {
    this.parent = parent;
  }

  slot(): number {
    this.size += 1;
    return this.size - 1;
  }

  /** How many frames outward another layout is. */
  hopsTo(outer: Layout): number {
    if (outer === this) return 0;
    let hops = 1;
    for (let layout = this.parent; layout !== undefined; layout = layout.parent) {
      if (layout === outer) return hops;
      hops += 1;
    }
    throw new RangeError('a slot is used outside the frame that holds it');
  }
}

/** The frame so many hops outward. */
export function outward(frame: Frame, hops: number): Frame {
  let result = frame;
  for (let i = 0; i < hops; i += 1) {
    if (result.parent === undefined) throw new RangeError('frame without the frame around it');
    result = result.parent;
  }
  return result;
}

/** The state of evaluation that all code of one specification shares. */
export class Machine {
  readonly interner: Interner;
  readonly variables: readonly string[];
  readonly print: (text: string) => void;
  /** The state that unprimed variables read; entries are undefined while initial states are being made. */
  current: readonly (Value | undefined)[] = [];
  /** The state that primed variables read; entries are undefined until an action assigns them. */
  next: readonly (Value | undefined)[] = [];
  /** The state being made, `current` or `next`, and how many of its variables have a value. */
  target: (Value | undefined)[] = [];
  assigned = 0;
  /** `TLCSet`'s registers. */
  readonly registers = new Map<number, Value>();
  /** Present if coverage is wanted; to be set before anything is compiled. */
  coverage: CoverageCounters | undefined = undefined;

  constructor(interner: Interner, variables: readonly string[], print: (text: string) => void) {
    this.interner = interner;
    this.variables = variables;
    this.print = print;
  }

  readCurrent(index: number, place?: Place): Value {
    const value = this.current[index];
    if (value === undefined) {
      throw evaluationError(`variable ${this.variables[index] ?? '?'} has no value yet`, place);
    }
    return value;
  }

  readNext(index: number, place?: Place): Value {
    const value = this.next[index];
    if (value === undefined) {
      throw evaluationError(`variable ${this.variables[index] ?? '?'}' has no value yet`, place);
    }
    return value;
  }
}

/** Gives an error the place of the expression that raised it, unless it has one. Always returns something to throw. */
export function located(error: unknown, place: Place): unknown {
  if (error instanceof TlaError) return error.at(place);
  if (isStackOverflow(error)) {
    return evaluationError('the recursion is too deep', place);
  }
  return error;
}

const noSlots: ReadonlySet<SlotBinding> = new Set();

/** Code for a known value. */
export function literalCode(value: Value): Code {
  return { run: () => value, reads: 0, free: noSlots, literal: value, cheap: true };
}

/** Code that is made of parts; if all of them are constant it is evaluated once, when first needed. */
export function code(run: Run, parts: readonly Code[], bound: readonly SlotBinding[] = [], extra = 0): Code {
  let mask = extra;
  let free = noSlots;
  for (const part of parts) {
    mask |= part.reads;
    if (part.free.size > 0) free = free.size === 0 ? part.free : new Set([...free, ...part.free]);
  }
  if (bound.length > 0 && free.size > 0) {
    const rest = new Set(free);
    for (const slot of bound) rest.delete(slot);
    free = rest;
  }
  return fold({ run, reads: mask, free });
}

/** Evaluates constant code once, when first needed. */
export function fold(made: Code): Code {
  if (made.reads !== 0 || made.free.size > 0 || made.literal !== undefined) return made;
  let value: Value | undefined;
  const { run } = made;
  return {
    run: (frame) => (value ??= run(frame)),
    reads: 0,
    free: noSlots,
    cheap: true,
  };
}
