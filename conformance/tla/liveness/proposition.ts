/** What a temporal formula says of one step: boolean combinations of predicates on its state or on the step itself. */

/** A predicate whose truth at every state, or every step, of the graph is looked up and not computed. */
export interface Atom {
  /** `step` if it speaks of two states. */
  readonly level: 'state' | 'step';
  /** Position among the atoms of the model. */
  readonly index: number;
}

export type Proposition =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'atom'; readonly atom: Atom }
  | { readonly kind: 'not'; readonly operand: Proposition }
  | { readonly kind: 'and' | 'or'; readonly items: readonly Proposition[] };

export const TRUE: Proposition = { kind: 'constant', value: true };
export const FALSE: Proposition = { kind: 'constant', value: false };

export function atomic(atom: Atom): Proposition {
  return { kind: 'atom', atom };
}

export function not(operand: Proposition): Proposition {
  if (operand.kind === 'constant') return operand.value ? FALSE : TRUE;
  return operand.kind === 'not' ? operand.operand : { kind: 'not', operand };
}

/** The conjunction (`and`) or disjunction of propositions, flat, without repetitions and neutral elements. */
export function joined(kind: 'and' | 'or', given: readonly Proposition[]): Proposition {
  const neutral = kind === 'and';
  const items = new Map<string, Proposition>();
  for (const outer of given) {
    for (const item of outer.kind === kind ? outer.items : [outer]) {
      if (item.kind === 'constant') {
        if (item.value !== neutral) return item;
      } else items.set(keyOf(item), item);
    }
  }
  for (const item of items.values()) if (items.has(keyOf(not(item)))) return neutral ? FALSE : TRUE;
  const [only, second] = [...items.values()];
  if (only === undefined) return neutral ? TRUE : FALSE;
  return second === undefined ? only : { kind, items: [...items.values()] };
}

/** Equal for propositions that are written alike, up to the order of items. */
export function keyOf(proposition: Proposition): string {
  switch (proposition.kind) {
    case 'constant':
      return proposition.value ? 'T' : 'F';
    case 'atom':
      return String(proposition.atom.index);
    case 'not':
      return `!${keyOf(proposition.operand)}`;
    case 'and':
    case 'or':
      return `${proposition.kind === 'and' ? '&' : '|'}(${proposition.items.map(keyOf).sort().join(' ')})`;
  }
}

/** Whether a proposition speaks of states only. */
export function levelOf(proposition: Proposition): 'state' | 'step' {
  switch (proposition.kind) {
    case 'constant':
      return 'state';
    case 'atom':
      return proposition.atom.level;
    case 'not':
      return levelOf(proposition.operand);
    case 'and':
    case 'or':
      return proposition.items.some((item) => levelOf(item) === 'step') ? 'step' : 'state';
  }
}

export function evaluate(proposition: Proposition, truth: (atom: Atom) => boolean): boolean {
  switch (proposition.kind) {
    case 'constant':
      return proposition.value;
    case 'atom':
      return truth(proposition.atom);
    case 'not':
      return !evaluate(proposition.operand, truth);
    case 'and':
      return proposition.items.every((item) => evaluate(item, truth));
    case 'or':
      return proposition.items.some((item) => evaluate(item, truth));
  }
}
