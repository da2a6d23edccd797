/** Names and what they stand for. */
import type { Place } from '../errors.ts';
import type {
  Expression,
  InstanceDefinition,
  Lambda,
  Module,
  OperatorDefinition,
  Parameter,
} from '../syntax/ast.ts';
import type { Value } from '../values/value.ts';
import type { Code, Layout } from './machine.ts';
import type { NativeOperator } from '../modules/native.ts';

export interface VariableBinding {
  readonly kind: 'variable';
  readonly name: string;
  readonly index: number;
}

export interface ValueBinding {
  readonly kind: 'value';
  readonly value: Value;
}

/** A constant that the model must give a value and has not. */
export interface MissingBinding {
  readonly kind: 'missing';
  readonly name: string;
  readonly arity: number;
  readonly place: Place;
}

/** An operator constant whose values the model lists, `F(1, 2) = 3`. */
export interface TableBinding {
  readonly kind: 'table';
  readonly name: string;
  readonly arity: number;
  readonly entries: { readonly args: readonly Value[]; readonly value: Value }[];
}

export interface DefinitionBinding {
  readonly kind: 'definition';
  readonly definition: OperatorDefinition | Lambda;
  readonly name: string;
  readonly env: Env;
  readonly recursive: boolean;
  /** Set for the name of an assumption or a theorem: as in TLC, a configuration does not know it. */
  readonly statement?: true;
}

export interface NativeBinding {
  readonly kind: 'native';
  readonly native: NativeOperator;
}

/** `I(p) == INSTANCE M …`; `open` gives the names of M for given bindings of the parameters. */
export interface InstanceBinding {
  readonly kind: 'instance';
  readonly definition: InstanceDefinition;
  readonly env: Env;
  opened: Env | undefined;
}

/** A value in a frame, put there by whoever binds the name. */
export interface SlotBinding {
  readonly kind: 'slot';
  readonly layout: Layout;
  readonly index: number;
  /** A parameter of a recursive operator: may still have to be evaluated, and belongs to one side of a prime. */
  readonly parameterOf?: { readonly primed: boolean };
}

/** An operator in a frame: the operator parameter of a recursive operator. */
export interface OperatorSlotBinding {
  readonly kind: 'operator-slot';
  readonly layout: Layout;
  readonly index: number;
  readonly arity: number;
}

/**
 * An expression in whose place the name stands: an argument, a LET definition, a substitution. It is evaluated when
 * first needed and then kept in a slot of `layout`, one for each side of a prime; `slots` are cleared when the scope is
 * entered. Without a layout it is evaluated wherever it stands.
 */
export interface ExpressionBinding {
  readonly kind: 'expression';
  readonly expression: Expression;
  readonly env: Env;
  readonly layout: Layout | undefined;
  readonly compiled: Map<number, { readonly code: Code; readonly slot: number | undefined }>;
  readonly slots: number[];
  /** Set if the name is that of a function defined as `f[x \in S] == e`. */
  readonly functionDefinition?: OperatorDefinition;
}

export type Binding =
  | VariableBinding
  | ValueBinding
  | MissingBinding
  | TableBinding
  | DefinitionBinding
  | NativeBinding
  | InstanceBinding
  | SlotBinding
  | OperatorSlotBinding
  | ExpressionBinding;

/** Makes the scope of `INSTANCE M WITH …`, the substitutions read in `scope`. */
export interface Library {
  instantiate(definition: InstanceDefinition, scope: Env): Env;
}

/** The names of an instance; for a parameterized one, `scope` binds the parameters. */
export function openInstance(binding: InstanceBinding, scope?: Env): Env {
  const { library } = binding.env;
  if (library === undefined) throw new TypeError('an instance needs a library of modules');
  if (scope !== undefined) return library.instantiate(binding.definition, scope);
  binding.opened ??= library.instantiate(binding.definition, binding.env);
  return binding.opened;
}

/** A scope: its own names, then those around it. */
export class Env {
  readonly parent: Env | undefined;
  readonly names = new Map<string, Binding>();
  /** The module whose top level this is. */
  readonly module: Module | undefined;
  /** Names that whoever extends or instantiates the module does not see. */
  readonly local = new Set<string>();
  /** In an instance: the names of its variables, and of those of modules it extends, which stand for something else here. */
  readonly mapped = new Set<string>();
  /** Where instances of other modules come from. */
  readonly library: Library | undefined;

  constructor(parent: Env | undefined, module?: Module, library?: Library) {
    this.parent = parent;
    this.module = module;
    this.library = library ?? parent?.library;
  }

  lookup(name: string): Binding | undefined {
    return this.names.get(name) ?? this.parent?.lookup(name);
  }

  bind(name: string, binding: Binding): void {
    this.names.set(name, binding);
  }
}

export function expressionBinding(
  expression: Expression,
  env: Env,
  layout: Layout | undefined,
  functionDefinition?: OperatorDefinition,
): ExpressionBinding {
  return {
    kind: 'expression',
    expression,
    env,
    layout,
    compiled: new Map(),
    slots: [],
    ...(functionDefinition === undefined ? {} : { functionDefinition }),
  };
}

export function parametersOf(definition: OperatorDefinition | Lambda): readonly Parameter[] {
  return definition.parameters;
}
