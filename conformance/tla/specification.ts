import { emptyConfiguration } from './configuration.ts';
import type { Configuration } from './configuration.ts';
import type { Place } from './errors.ts';
import type { Goal } from './semantics/coverage-goals.ts';
import { loadRoot } from './semantics/load.ts';
import type { Permutation } from './values/symmetry.ts';
import type { Value } from './values/value.ts';
import type { Interner } from './values/interner.ts';
import type { Property, Temporal } from './temporal.ts';

export type { Place } from './errors.ts';
export type { Configuration } from './configuration.ts';
export type { Property, Temporal } from './temporal.ts';
export type { Goal, GoalKind } from './semantics/coverage-goals.ts';

/** One value per variable, in the order of `Specification.variables`. */
export type State = readonly Value[];

/** A piece of the next-state relation, split off as TLC does: named after the innermost definition reached. */
export interface Action {
  readonly index: number;
  readonly name: string;
  readonly place: Place;
  /** Formal parameters of that definition; empty if it has none. */
  readonly parameters: readonly string[];
}

/** An invariant, a state constraint or an assumption. `holds` raises a `TlaError` where TLC reports an error. */
export interface Predicate {
  readonly name: string;
  /** For a part of a PROPERTY: its name in the configuration file. */
  readonly property?: string;
  readonly place: Place;
  holds(state: State): boolean;
}

/** An action constraint, or what a PROPERTY demands of each step. */
export interface ActionPredicate {
  readonly name: string;
  /** For a part of a PROPERTY: its name in the configuration file. */
  readonly property?: string;
  readonly place: Place;
  holds(state: State, next: State): boolean;
}

/** A VIEW or ALIAS expression. */
export interface StateFunction {
  readonly name: string;
  readonly place: Place;
  value(state: State, next?: State): Value;
}

/**
 * Called once for every successor that TLC would count as generated, duplicates included. `next` is a fresh array that
 * the callee may keep. `args` are the values of the action's formal parameters in this step; also the callee's to keep.
 */
export type EmitSuccessor = (next: State, action: Action, args: readonly Value[]) => void;

/**
 * A module with its model, resolved and compiled. Not reentrant: `emit` must not call back into the same
 * specification's `successors` (evaluating predicates on the given state is allowed).
 */
export interface Specification {
  readonly rootModule: string;
  /** Every file read, the root module first. */
  readonly files: readonly string[];
  readonly variables: readonly string[];
  readonly actions: readonly Action[];
  /** Strings, field names and model values in TLC's order; equal in every thread that loads the same specification. */
  readonly interner: Interner;
  /** Called for every initial state that TLC would count as generated, with a fresh array. */
  initialStates(emit: (state: State) => void): void;
  successors(state: State, emit: EmitSuccessor): void;
  /** Only the successors by actions of that name, for a caller that drives one action. */
  successorsBy(state: State, actionName: string, emit: EmitSuccessor): void;
  /** Those of INVARIANT, then what PROPERTY demands of every state. */
  readonly invariants: readonly Predicate[];
  /** In the order of the configuration file. */
  readonly properties: readonly Property[];
  /** What the specification assumes of behaviours; empty unless a property has a liveness part. */
  readonly fairness: readonly Temporal[];
  readonly constraints: readonly Predicate[];
  readonly actionConstraints: readonly ActionPredicate[];
  readonly assumptions: readonly Predicate[];
  readonly view?: StateFunction;
  readonly alias?: StateFunction;
  readonly postcondition?: Predicate;
  /** The group that the permutations of SYMMETRY generate, identity left out. */
  readonly symmetry?: readonly Permutation[];
  readonly checkDeadlock: boolean;
  /** What was met of the text of the next-state relation; present if it was loaded with `coverage`. */
  readonly coverage?: Coverage;
  /** Value of a constant expression in the context of the root module. */
  evaluateConstant(expression: string): Value;
  /** Value of an operator of the root module in a state; the operator is compiled on its first use. */
  evaluateIn(state: State, operatorName: string, args?: readonly Value[]): Value;
  /** The same, for an operator that speaks of two states. */
  evaluateStep(state: State, next: State, operatorName: string, args?: readonly Value[]): Value;
}

/** Coverage of the next-state relation; see `semantics/coverage-goals.ts` for what it means. */
export interface Coverage {
  readonly goals: readonly Goal[];
  /** How often each goal was met by `successors` since the last call. */
  take(): number[];
}

/** What `loadSpecification` may be told besides the files. */
export interface LoadOptions {
  /** Folders searched for modules after the folder of the root module. */
  readonly libraries?: readonly string[];
  /** Receives what `Print` and `PrintT` print, a line at a time; standard output if absent. */
  readonly print?: (text: string) => void;
  /** Compile in what counts coverage; generating successors is slower then. */
  readonly coverage?: boolean;
}

/** Loads a specification with its model. Raises a `TlaError` for whatever is wrong with either. */
export async function loadSpecification(
  tlaPath: string,
  configuration: Configuration,
  options: LoadOptions = {},
): Promise<Specification> {
  return loadRoot({ path: tlaPath }, configuration, options);
}

/** What a constant expression is evaluated in. */
export interface ExpressionOptions extends LoadOptions {
  /** Path of a module whose definitions the expression may use; the usual standard modules otherwise. */
  readonly module?: string;
  /** The module's constants. */
  readonly configuration?: Configuration;
}

/** The value of a constant expression. Raises a `TlaError`, of kind `evaluation` where TLC reports an error. */
export async function evaluateExpression(
  expression: string,
  options: ExpressionOptions = {},
): Promise<Value> {
  const configuration = options.configuration ?? emptyConfiguration;
  const text = '---- MODULE Standard ----\nEXTENDS Integers, Sequences, FiniteSets, Bags, TLC\n====\n';
  const source = options.module === undefined ? { path: '<expression>', text } : { path: options.module };
  const specification = await loadRoot(source, configuration, options);
  return specification.evaluateConstant(expression);
}
