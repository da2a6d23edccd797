/**
 * Automata for temporal formulas: generalized Büchi automata whose acceptance lies on transitions (J.-M. Couvreur,
 * "On-the-fly verification of linear temporal logic", FM 1999).
 *
 * A state is a set of formulas that the rest of the behaviour must satisfy. A transition reads one step, of which its
 * propositions must hold; propositions may speak of both states of the step. For each `<>F` there is a set of transitions
 * that do not put it off; a run is accepted if it takes transitions of each of these sets infinitely often.
 */
import { Alternatives, TooMuchEffort, within, type Effort } from './effort.ts';
import { itemsOf, type Formula } from './normal-form.ts';
import { joined, keyOf, TRUE, type Proposition } from './proposition.ts';

export interface Transition {
  /** Positions in `Automaton.propositions`; all must hold at the step. */
  readonly needs: readonly number[];
  readonly target: number;
  /** A bit for each `<>F`: whether it is not put off. */
  readonly marks: number;
}

export interface Automaton {
  /** State 0 is the initial one. */
  readonly transitions: readonly (readonly Transition[])[];
  readonly propositions: readonly Proposition[];
  /** All marks there are; each must be seen infinitely often. */
  readonly allMarks: number;
}

/** Marks are the bits of a number, and so are the propositions that hold at a step. */
const EVENTUALITIES_MAX = 30;
const PROPOSITIONS_MAX = 32;
const STATES_MAX = 2000;

/** One way to satisfy a set of formulas now and later. */
interface Cover {
  /** By key; all must hold at the step. */
  readonly needs: ReadonlyMap<string, Proposition>;
  /** By key; the rest of the behaviour must satisfy all. */
  readonly later: ReadonlyMap<string, Formula>;
  /** Keys of the `<>F` that are put off. */
  readonly postponed: ReadonlySet<string>;
}

/**
 * The automaton of a formula.
 * @throws TooMuchEffort if it would be larger than a search can bear, or to make it takes more than is left of the effort
 */
export function automatonOf(formula: Formula, effort: Effort): Automaton {
  const eventualities = [...eventualitiesIn(formula)];
  if (eventualities.length > EVENTUALITIES_MAX) throw new TooMuchEffort();
  const allMarks = 2 ** eventualities.length - 1;
  const propositions = new Map<string, { readonly position: number; readonly proposition: Proposition }>();
  const states = new Map<string, number>();
  const sets: (readonly Formula[])[] = [];
  const transitions: Transition[][] = [];

  const positionOf = (proposition: Proposition): number => {
    const key = keyOf(proposition);
    const known = propositions.get(key);
    if (known !== undefined) return known.position;
    const position = propositions.size;
    propositions.set(key, { position, proposition });
    return position;
  };
  const stateOf = (formulas: readonly Formula[]): number => {
    const set = withoutImplied(formulas);
    const key = set
      .map((item) => item.key)
      .sort()
      .join(' ');
    const known = states.get(key);
    if (known !== undefined) return known;
    const state = sets.length;
    states.set(key, state);
    sets.push(set);
    return state;
  };

  stateOf(itemsOf('and', formula));
  // Grows while it is walked.
  for (const set of sets) {
    if (sets.length > STATES_MAX) throw new TooMuchEffort();
    const covers = coversOfAll(set, effort);
    transitions.push(
      covers.map(({ needs, later, postponed }) => ({
        needs: [...needs.values()].map(positionOf),
        target: stateOf([...later.values()]),
        marks: eventualities.reduce(
          (marks, key, bit) => (postponed.has(key) ? marks : marks | (1 << bit)),
          0,
        ),
      })),
    );
  }
  if (propositions.size > PROPOSITIONS_MAX) throw new TooMuchEffort();
  return {
    transitions,
    propositions: [...propositions.values()].map(({ proposition }) => proposition),
    allMarks,
  };
}

function eventualitiesIn(formula: Formula, found = new Set<string>()): Set<string> {
  switch (formula.kind) {
    case 'now':
      break;
    case 'and':
    case 'or':
      for (const item of formula.items) eventualitiesIn(item, found);
      break;
    case 'eventually':
      found.add(formula.key);
      eventualitiesIn(formula.body, found);
      break;
    case 'always':
      eventualitiesIn(formula.body, found);
      break;
  }
  return found;
}

const nothingPostponed: ReadonlySet<string> = new Set();
/** Asks for nothing. */
const free: Cover = { needs: new Map(), later: new Map(), postponed: nothingPostponed };

/** The ways to satisfy all of the formulas, none of which asks for more than another one. */
function coversOfAll(formulas: readonly Formula[], effort: Effort): readonly Cover[] {
  let covers: readonly Cover[] = [free];
  for (const formula of formulas) covers = product(covers, coversOf(formula, effort), effort);
  return covers;
}

function coversOf(formula: Formula, effort: Effort): readonly Cover[] {
  switch (formula.kind) {
    case 'now': {
      const needs = needsOf(formula.proposition);
      return needs === undefined ? [] : [{ ...free, needs }];
    }
    case 'and':
      return coversOfAll(formula.items, effort);
    case 'or': {
      const covers = new Alternatives(asksNoMore, effort);
      for (const item of formula.items) covers.addAll(coversOf(item, effort));
      return covers.kept;
    }
    case 'always':
      return product(coversOf(formula.body, effort), [{ ...free, later: laterOf([formula]) }], effort);
    case 'eventually': {
      const covers = new Alternatives(asksNoMore, effort).addAll(coversOf(formula.body, effort));
      covers.add({ ...free, later: laterOf([formula]), postponed: new Set([formula.key]) });
      return covers.kept;
    }
  }
}

function product(left: readonly Cover[], right: readonly Cover[], effort: Effort): readonly Cover[] {
  const covers = new Alternatives(asksNoMore, effort);
  for (const a of left) {
    for (const b of right) {
      const needs = a === free ? b.needs : needsOf(joined('and', [...a.needs.values(), ...b.needs.values()]));
      if (needs === undefined) continue;
      const later = laterOf([...a.later.values(), ...b.later.values()]);
      covers.add({ needs, later, postponed: new Set([...a.postponed, ...b.postponed]) });
    }
  }
  return covers.kept;
}

/** The conjuncts of a proposition; undefined if it is false. */
function needsOf(proposition: Proposition): Cover['needs'] | undefined {
  if (proposition.kind === 'constant') return proposition.value ? free.needs : undefined;
  const items = proposition.kind === 'and' ? proposition.items : [proposition];
  return new Map(items.map((item) => [keyOf(item), item]));
}

function laterOf(formulas: readonly Formula[]): Cover['later'] {
  return new Map(withoutImplied(formulas).map((formula) => [formula.key, formula]));
}

/** Whether a asks for no more than b now and later, and puts off no more. */
function asksNoMore(a: Cover, b: Cover): boolean {
  return within(a.needs, b.needs) && within(a.later, b.later) && within(a.postponed, b.postponed);
}

/** Leaves out what another formula of the set implies at once: F beside `[]F`, `<>F` beside F. */
function withoutImplied(given: readonly Formula[]): readonly Formula[] {
  const formulas = new Map<string, Formula>();
  for (const formula of given) {
    for (const item of itemsOf('and', formula)) {
      if (item.kind !== 'now' || item.proposition !== TRUE) formulas.set(item.key, item);
    }
  }
  const implied = new Set<string>();
  for (const formula of formulas.values()) {
    if (formula.kind === 'always') for (const item of itemsOf('and', formula.body)) implied.add(item.key);
    if (formula.kind === 'eventually' && formulas.has(formula.body.key)) implied.add(formula.key);
  }
  return [...formulas.values()].filter((formula) => !implied.has(formula.key));
}
