import type { Place } from '../errors.ts';

/** `F`, `+` or `LAMBDA x : e` where an operator is expected; a bare name may also turn out to be an expression. */
export type Argument = Expression | OperatorReference | Lambda;

export interface OperatorReference {
  readonly kind: 'operator';
  readonly name: string;
  readonly place: Place;
}

export interface Lambda {
  readonly kind: 'lambda';
  readonly parameters: readonly Parameter[];
  readonly body: Expression;
  readonly place: Place;
}

/** A formal parameter; `arity` is above zero if it stands for an operator. */
export interface Parameter {
  readonly name: string;
  readonly arity: number;
  readonly place: Place;
}

/** `x, y \in S` or `<<x, y>> \in S`. */
export interface Bound {
  readonly names: readonly string[];
  readonly tuple: boolean;
  readonly set: Expression;
  /** Of the names. */
  readonly place: Place;
}

/** One step of an EXCEPT path; `![a, b]` is one step with a tuple. */
export type PathStep =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'index'; readonly argument: Expression };

export interface ExceptUpdate {
  readonly path: readonly PathStep[];
  readonly value: Expression;
}

/** `I(x)!` before a name. */
export interface Qualifier {
  readonly name: string;
  readonly args: readonly Argument[];
}

interface Node<Kind extends string> {
  readonly kind: Kind;
  readonly place: Place;
}

export type NumberLiteral = Node<'number'> & { readonly value: number };
export type StringLiteral = Node<'string'> & { readonly text: string };
export type BooleanLiteral = Node<'boolean'> & { readonly value: boolean };
/** A name or an operator symbol applied to arguments; built-in operators come in this form too. */
export type Application = Node<'apply'> & {
  readonly qualifiers: readonly Qualifier[];
  readonly name: string;
  readonly args: readonly Argument[];
};
/** A conjunction or disjunction, by list or by infix operator; nested infix ones are flattened to the left. */
export type Junction = Node<'and' | 'or'> & { readonly items: readonly Expression[] };
export type Quantifier = Node<'forall' | 'exists'> & {
  readonly bounds: readonly Bound[];
  readonly body: Expression;
};
export type Choose = Node<'choose'> & { readonly bound: Bound; readonly body: Expression };
export type SetLiteral = Node<'set'> & { readonly items: readonly Expression[] };
export type SetFilter = Node<'filter'> & { readonly bound: Bound; readonly body: Expression };
export type SetMap = Node<'map'> & { readonly bounds: readonly Bound[]; readonly body: Expression };
export type FunctionLiteral = Node<'function'> & {
  readonly bounds: readonly Bound[];
  readonly body: Expression;
};
export type FunctionSet = Node<'function-set'> & {
  readonly domain: Expression;
  readonly range: Expression;
};
export type FunctionApplication = Node<'call'> & {
  readonly fn: Expression;
  readonly argument: Expression;
};
export interface FieldEntry {
  readonly name: string;
  readonly value: Expression;
}
export type RecordLiteral = Node<'record'> & { readonly fields: readonly FieldEntry[] };
export type RecordSet = Node<'record-set'> & { readonly fields: readonly FieldEntry[] };
export type FieldAccess = Node<'field'> & { readonly record: Expression; readonly name: string };
export type Except = Node<'except'> & {
  readonly base: Expression;
  readonly updates: readonly ExceptUpdate[];
};
export type PreviousValue = Node<'at'>;
export type TupleLiteral = Node<'tuple'> & { readonly items: readonly Expression[] };
/** `A \X B \X C`: one product of three. */
export type Product = Node<'product'> & { readonly items: readonly Expression[] };
export type Conditional = Node<'if'> & {
  readonly condition: Expression;
  readonly then: Expression;
  readonly otherwise: Expression;
};
export type Case = Node<'case'> & {
  readonly arms: readonly { readonly condition: Expression; readonly value: Expression }[];
  readonly otherwise?: Expression;
};
export type Let = Node<'let'> & {
  readonly definitions: readonly LetDefinition[];
  readonly body: Expression;
};
/** `[A]_v` (box) or `<<A>>_v` (angle). */
export type StepExpression = Node<'box-step' | 'angle-step'> & {
  readonly action: Expression;
  readonly subscript: Expression;
};
export type Fairness = Node<'fairness'> & {
  readonly strong: boolean;
  readonly subscript: Expression;
  readonly action: Expression;
};
/** Parsed, known, and not evaluated by this checker; `what` says what it is. */
export type Unsupported = Node<'unsupported'> & { readonly what: string };

export type Expression =
  | NumberLiteral
  | StringLiteral
  | BooleanLiteral
  | Application
  | Junction
  | Quantifier
  | Choose
  | SetLiteral
  | SetFilter
  | SetMap
  | FunctionLiteral
  | FunctionSet
  | FunctionApplication
  | RecordLiteral
  | RecordSet
  | FieldAccess
  | Except
  | PreviousValue
  | TupleLiteral
  | Product
  | Conditional
  | Case
  | Let
  | StepExpression
  | Fairness
  | Unsupported;

/** `Op(a, b) == e`, or `f[x \in S] == e` (`bounds` present: a function, possibly recursive). */
export interface OperatorDefinition {
  readonly kind: 'definition';
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly bounds?: readonly Bound[];
  readonly body: Expression;
  readonly local: boolean;
  readonly place: Place;
}

export interface Substitution {
  readonly name: string;
  readonly value: Argument;
  readonly place: Place;
}

/** `INSTANCE M WITH …`, or with a name `I(p) == INSTANCE M WITH …`. */
export interface InstanceDefinition {
  readonly kind: 'instance';
  readonly name?: string;
  readonly parameters: readonly Parameter[];
  readonly module: string;
  readonly substitutions: readonly Substitution[];
  readonly local: boolean;
  readonly place: Place;
}

export interface RecursiveDeclaration {
  readonly kind: 'recursive';
  readonly operators: readonly Parameter[];
  readonly place: Place;
}

export type LetDefinition = OperatorDefinition | InstanceDefinition | RecursiveDeclaration;

export interface Declaration {
  readonly name: string;
  readonly arity: number;
  readonly place: Place;
}

/** An assumption or a theorem. Where it has a name, expressions can refer to it as to a definition. */
export interface Statement {
  readonly kind: 'assumption' | 'theorem';
  readonly name?: string;
  readonly body: Expression;
  readonly place: Place;
}

export type Unit =
  | LetDefinition
  | { readonly kind: 'constants'; readonly declarations: readonly Declaration[] }
  | { readonly kind: 'variables'; readonly declarations: readonly Declaration[] }
  | Statement
  | { readonly kind: 'module'; readonly module: Module };

export interface Module {
  readonly name: string;
  readonly place: Place;
  readonly extends: readonly { readonly name: string; readonly place: Place }[];
  readonly units: readonly Unit[];
  /** Identifiers in the order of the text, each once: the order in which TLC first meets them. */
  readonly identifiers: readonly string[];
  /** String literals in the order of the text. */
  readonly strings: readonly string[];
}
