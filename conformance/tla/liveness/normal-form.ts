/**
 * Temporal formulas with negation pushed inside, simplified as they are made.
 *
 * A formula is a *tail* formula if its truth does not depend on any finite beginning of a behaviour: `[]<>F`, `<>[]F` and
 * what `/\` and `\/` make of them. Those pass through `[]` and `<>`, and are pulled out of what stands below one, which
 * turns most of what people write into a disjunction of cases that need no automaton: fairness is a tail formula.
 */
import { FALSE, joined, keyOf, not, TRUE, type Proposition } from './proposition.ts';

export type Formula =
  | { readonly kind: 'now'; readonly key: string; readonly proposition: Proposition }
  | Junction
  | { readonly kind: 'always' | 'eventually'; readonly key: string; readonly body: Formula };

interface Junction {
  readonly kind: 'and' | 'or';
  readonly key: string;
  readonly items: readonly Formula[];
}

export function now(proposition: Proposition): Formula {
  return { kind: 'now', key: keyOf(proposition), proposition };
}

/** The formula that holds where this one does not. */
export function negated(formula: Formula): Formula {
  switch (formula.kind) {
    case 'now':
      return now(not(formula.proposition));
    case 'and':
      return either(formula.items.map(negated));
    case 'or':
      return both(formula.items.map(negated));
    case 'always':
      return eventually(negated(formula.body));
    case 'eventually':
      return always(negated(formula.body));
  }
}

export function both(items: readonly Formula[]): Formula {
  return combined('and', items);
}

export function either(items: readonly Formula[]): Formula {
  return combined('or', items);
}

export function always(body: Formula): Formula {
  return lifted('always', body);
}

export function eventually(body: Formula): Formula {
  return lifted('eventually', body);
}

export function isTail(formula: Formula): boolean {
  switch (formula.kind) {
    case 'now':
      return formula.proposition.kind === 'constant';
    case 'and':
    case 'or':
      return formula.items.every(isTail);
    case 'always':
      return formula.body.kind === 'eventually' || isTail(formula.body);
    case 'eventually':
      return formula.body.kind === 'always' || isTail(formula.body);
  }
}

/** The items of a conjunction, or the formula itself. */
export function itemsOf(kind: 'and' | 'or', formula: Formula): readonly Formula[] {
  return formula.kind === kind ? formula.items : [formula];
}

function constant(formula: Formula): boolean | undefined {
  return formula.kind === 'now' && formula.proposition.kind === 'constant'
    ? formula.proposition.value
    : undefined;
}

/**
 * `[]` goes through `/\` and `<>` through `\/`, so `[]P /\ []Q` of propositions is `[](P /\ Q)`, which is one thing to
 * look at instead of two; likewise `<>[]P /\ <>[]Q`, and the duals. */
function combined(kind: 'and' | 'or', given: readonly Formula[]): Formula {
  const neutral = kind === 'and';
  const [inward, outward] = neutral
    ? (['always', 'eventually'] as const)
    : (['eventually', 'always'] as const);
  const propositions: Proposition[] = [];
  const each: Proposition[] = [];
  const tails: Proposition[] = [];
  const rest = new Map<string, Formula>();
  for (const item of given.flatMap((formula) => itemsOf(kind, formula))) {
    if (constant(item) === !neutral) return item;
    if (item.kind === 'now') propositions.push(item.proposition);
    else if (item.kind === inward && item.body.kind === 'now') each.push(item.body.proposition);
    else if (item.kind === outward && item.body.kind === inward && item.body.body.kind === 'now')
      tails.push(item.body.body.proposition);
    else rest.set(item.key, item);
  }
  const items = [...rest.values()];
  if (tails.length > 0) items.unshift(raw(outward, raw(inward, now(joined(kind, tails)))));
  if (each.length > 0) items.unshift(raw(inward, now(joined(kind, each))));
  const present = joined(kind, propositions);
  if (present.kind === 'constant' && present.value !== neutral) return now(present);
  if (present.kind !== 'constant') items.unshift(now(present));
  const [only, second] = items;
  if (only === undefined) return now(present);
  if (second === undefined) return only;
  return {
    kind,
    key: `${neutral ? '&' : '|'}{${items
      .map((item) => item.key)
      .sort()
      .join(' ')}}`,
    items,
  };
}

/** A temporal operator on a body that no rule applies to, except that constants need none. */
function raw(kind: 'always' | 'eventually', body: Formula): Formula {
  if (constant(body) !== undefined) return body;
  return { kind, key: `${kind === 'always' ? '[]' : '<>'}${body.key}`, body };
}

function lifted(kind: 'always' | 'eventually', body: Formula): Formula {
  if (body.kind === kind || isTail(body)) return body;
  const [through, against] = kind === 'always' ? (['and', 'or'] as const) : (['or', 'and'] as const);
  const other = kind === 'always' ? 'eventually' : 'always';
  // []( F /\ G ) is []F /\ []G.
  if (body.kind === through)
    return combined(
      through,
      body.items.map((item) => lifted(kind, item)),
    );
  // []( <>F \/ <>G ) is []<>(F \/ G), which is []<>F \/ []<>G.
  if (body.kind === against && body.items.every((item) => item.kind === other))
    return combined(
      against,
      body.items.map((item) => lifted(kind, item)),
    );
  // []<>( F \/ G ) has been split by <> already; []<>[]F is a tail formula.
  return withTailsOutside(kind, body) ?? raw(kind, body);
}

/** Bounds of what {@link withTailsOutside} works on; what is larger is left to the automaton. */
const TAILS_MAX = 6;
const KEY_LENGTH_MAX = 20_000;

/**
 * The formula `[]F` or `<>F` with the tail formulas of F outside of it; undefined if F has none. A tail formula T is as
 * true at every later time as it is now, and F has no negations, so `[]F(T)` is `T /\ []F(TRUE) \/ []F(FALSE)`. In
 * particular `[](F \/ T)` is `[]F \/ T`.
 */
function withTailsOutside(kind: 'always' | 'eventually', body: Formula): Formula | undefined {
  const tails = tailsIn(body);
  if (tails.size === 0 || tails.size > TAILS_MAX || body.key.length > KEY_LENGTH_MAX) return undefined;
  // By what is left of F: the tail formulas beside which that suffices.
  const choices = new Map<string, { readonly rest: Formula; readonly beside: Formula[] }>();
  const choose = (rest: Formula, beside: readonly Formula[]): void => {
    const [tail] = tailsIn(rest).values();
    if (tail !== undefined) {
      const [ifSo, ifNot] = [replaced(rest, tail, TRUE), replaced(rest, tail, FALSE)];
      if (ifSo.key !== ifNot.key) choose(ifSo, [...beside, tail]);
      choose(ifNot, beside);
    } else if (constant(rest) !== false) {
      const known = choices.get(rest.key) ?? { rest, beside: [] };
      known.beside.push(both(beside));
      choices.set(rest.key, known);
    }
  };
  choose(body, []);
  return either([...choices.values()].map(({ rest, beside }) => both([either(beside), lifted(kind, rest)])));
}

/**
 * The tail formulas in the junctions of a formula, those of one junction together, by key. Below another temporal operator
 * there are none any more.
 */
function tailsIn(formula: Formula, found = new Map<string, Formula>()): Map<string, Formula> {
  if (formula.kind !== 'and' && formula.kind !== 'or') return found;
  const { tail, others } = parted(formula);
  if (tail !== undefined) found.set(tail.key, tail);
  for (const item of others) tailsIn(item, found);
  return found;
}

/** The formula with a constant for what {@link tailsIn} found in it. */
function replaced(formula: Formula, wanted: Formula, by: Proposition): Formula {
  if (formula.kind !== 'and' && formula.kind !== 'or') return formula;
  const { tail, others } = parted(formula);
  const kept = tail === undefined ? [] : [tail.key === wanted.key ? now(by) : tail];
  return combined(formula.kind, [...kept, ...others.map((item) => replaced(item, wanted, by))]);
}

/** A junction, or what is left of it, parted into its tail formulas and the others. */
function parted({ kind, items }: Junction): { readonly tail?: Formula; readonly others: readonly Formula[] } {
  const tails = items.filter(isTail);
  const others = items.filter((item) => !isTail(item));
  return tails.length === 0 ? { others } : { tail: combined(kind, tails), others };
}
