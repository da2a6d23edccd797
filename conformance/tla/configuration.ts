import type { Place } from './errors.ts';

/** What a configuration file may write as a constant's value. */
export type ConfiguredValue =
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** A bare identifier: a model value; `A_x` forms are typed by their first letter. */
  | { readonly kind: 'model'; readonly name: string }
  | { readonly kind: 'set'; readonly elements: readonly ConfiguredValue[] };

/**
 * `Name = value` or, for a name of one module only, `Name = [Module] value`; with parameters, `Name(a, b) = value`: the
 * value of an operator at those arguments.
 */
export interface ConstantAssignment {
  readonly name: string;
  readonly module?: string;
  readonly arguments: readonly ConfiguredValue[];
  readonly value: ConfiguredValue;
  readonly place: Place;
}

/** `Name <- Other` or, for a name of one module only, `Name <- [Module] Other`. */
export interface Replacement {
  readonly name: string;
  readonly module?: string;
  readonly replacement: string;
  readonly place: Place;
}

/** A name written in the configuration file, and where. */
export interface NamedEntry {
  readonly name: string;
  readonly place: Place;
}

/**
 * A configuration file, read but not yet matched with a specification. Entries stand in the order of the file, because
 * the order in which model values and strings are first named is the order in which TLC sorts them.
 */
export interface Configuration {
  readonly file: string;
  readonly specification?: NamedEntry;
  readonly init?: NamedEntry;
  readonly next?: NamedEntry;
  readonly constants: readonly ConstantAssignment[];
  readonly replacements: readonly Replacement[];
  readonly invariants: readonly NamedEntry[];
  readonly properties: readonly NamedEntry[];
  readonly constraints: readonly NamedEntry[];
  readonly actionConstraints: readonly NamedEntry[];
  readonly symmetry?: NamedEntry;
  readonly view?: NamedEntry;
  readonly alias?: NamedEntry;
  readonly postcondition?: NamedEntry;
  readonly checkDeadlock: boolean;
}

/** A configuration that says nothing, to be spread over. */
export const emptyConfiguration: Configuration = {
  file: '<none>',
  constants: [],
  replacements: [],
  invariants: [],
  properties: [],
  constraints: [],
  actionConstraints: [],
  checkDeadlock: true,
};
