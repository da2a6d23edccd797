/**
 * A companion rides along with the exploration: whatever is driven in lockstep with the specification.
 *
 * Each worker thread has its own, made by the same module. The explorer keeps for each state of the frontier the snapshot
 * that the companion gave when the state was first reached, in an order that does not depend on threads, and for every
 * distinct state the digest of that snapshot. When a state is reached again by another path the digest must be the same.
 */
import type { Value } from '../values/value.ts';
import type { Action, Specification, State } from '../specification.ts';

/** A step that the specification allows; each distinct (source, action, arguments, target) is given once. */
export interface CompanionEdge {
  readonly source: State;
  readonly action: Action;
  /** Values of the action's formal parameters, in their order. */
  readonly args: readonly Value[];
  readonly target: State;
  /** False when the target leaves CONSTRAINT (or the step ACTION_CONSTRAINT): it will not be expanded. */
  readonly withinBounds: boolean;
}

/** The companion followed; this is where it is now. */
export interface Arrival {
  readonly kind: 'arrival';
  /** Four 32-bit words that stand for the snapshot. The array may be used again by the companion. */
  readonly digest: Uint32Array;
  /** Asked for at once or never, and only for a target that may be new. The bytes may be used again by the companion. */
  snapshot(): Uint8Array;
}

/** The companion could not follow, or did something else. Plain data: it travels between threads. */
export interface Mismatch {
  readonly kind: 'mismatch';
  /** One line for a person. */
  readonly summary: string;
  /** The same for a program; JSON values only. */
  readonly detail: JsonValue;
}

export type JsonValue =
  null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

export interface Companion {
  /** The companion at an initial state. */
  initial(state: State): Arrival | Mismatch;
  /** Work on the edges of this state begins; `snapshot` is what was given when it was first reached. */
  begin(source: State, snapshot: Uint8Array): void;
  edge(edge: CompanionEdge): Arrival | Mismatch;
  /** All edges of the state were given. The place for what must not happen in it. */
  end(): Mismatch | undefined;
  /** What was counted since the last call; the explorer adds up over states and threads. */
  takeCounters(): Readonly<Record<string, number>>;
}

/** What a companion's module exports. It may evaluate in the specification, but not ask it for successors meanwhile. */
export interface CompanionModule {
  createCompanion(specification: Specification, options: JsonValue): Companion | Promise<Companion>;
}

/** Where threads find the companion. */
export interface CompanionSource {
  /** `file:` URL of the module. */
  readonly url: string;
  readonly options: JsonValue;
}

/** Loads the module and makes the companion of this thread. */
export async function loadCompanion(
  source: CompanionSource,
  specification: Specification,
): Promise<Companion> {
  const loaded: unknown = await import(source.url);
  if (!isCompanionModule(loaded)) throw new TypeError(`${source.url} does not export createCompanion`);
  return loaded.createCompanion(specification, source.options);
}

function isCompanionModule(loaded: unknown): loaded is CompanionModule {
  return (
    typeof loaded === 'object' &&
    loaded !== null &&
    'createCompanion' in loaded &&
    typeof loaded.createCompanion === 'function'
  );
}
