import type { Value } from '../values/value.ts';
import type { Machine } from '../semantics/machine.ts';

/** An argument of a native operator that is itself an operator. */
export type NativeFunction = (...args: Value[]) => Value;

/** What a native operator may need besides its arguments. */
export type Surroundings = Machine;

/** An operator of a standard module, written in TypeScript. */
export type NativeOperator = {
  readonly name: string;
  /** Its result depends on, or changes, something besides its arguments. */
  readonly world?: boolean;
} & (
  | { readonly form: 'constant'; readonly value: Value | ((machine: Machine) => Value) }
  | { readonly form: 'unary'; readonly apply: (a: Value, machine: Machine) => Value }
  | { readonly form: 'binary'; readonly apply: (a: Value, b: Value, machine: Machine) => Value }
  | { readonly form: 'ternary'; readonly apply: (a: Value, b: Value, c: Value, machine: Machine) => Value }
  /** The parameters at `operators` (position -> arity) are operators. */
  | {
      readonly form: 'higher';
      readonly arity: number;
      readonly operators: ReadonlyMap<number, number>;
      readonly apply: (
        values: readonly Value[],
        functions: readonly NativeFunction[],
        machine: Machine,
      ) => Value;
    }
  | { readonly form: 'unsupported'; readonly arity: number }
);

export function nativeArity(native: NativeOperator): number {
  switch (native.form) {
    case 'constant':
      return 0;
    case 'unary':
      return 1;
    case 'binary':
      return 2;
    case 'ternary':
      return 3;
    case 'higher':
    case 'unsupported':
      return native.arity;
  }
}
