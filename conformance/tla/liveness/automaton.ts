/**
 * Automata for temporal formulas: generalized Büchi automata whose acceptance lies on transitions (J.-M. Couvreur,
 * "On-the-fly verification of linear temporal logic", FM 1999).
 *
 * A state is a set of formulas that the rest of the behaviour must satisfy. A transition reads one step, of which its
 * propositions must hold; propositions may speak of both states of the step. For each `<>F` there is a set of transitions
 * that do not put it off; a run is accepted if it takes transitions of each of these sets infinitely often.
 */
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

/** Marks are the bits of a number. */
const EVENTUALITIES_MAX = 30;
const STATES_MAX = 2000;

/** One way to satisfy a set of formulas now and later. */
interface Cover {
  readonly needs: readonly Proposition[];
  readonly later: readonly Formula[];
  /** Keys of the `<>F` that are put off. */
  readonly postponed: ReadonlySet<string>;
}

/** The automaton of a formula; undefined if it would be larger than a search can bear. */
export function automatonOf(formula: Formula): Automaton | undefined {
  const eventualities = [...eventualitiesIn(formula)];
  if (eventualities.length > EVENTUALITIES_MAX) return undefined;
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
    if (sets.length > STATES_MAX) return undefined;
    const covers = best(coversOfAll(set));
    transitions.push(
      covers.map(({ needs, later, postponed }) => ({
        needs: needs.map(positionOf),
        target: stateOf(later),
        marks: eventualities.reduce(
          (marks, key, bit) => (postponed.has(key) ? marks : marks | (1 << bit)),
          0,
        ),
      })),
    );
  }
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

function coversOfAll(formulas: readonly Formula[]): Cover[] {
  let covers: Cover[] = [{ needs: [], later: [], postponed: nothingPostponed }];
  for (const formula of formulas) covers = product(covers, coversOf(formula));
  return covers;
}

function coversOf(formula: Formula): Cover[] {
  switch (formula.kind) {
    case 'now': {
      const { proposition } = formula;
      if (proposition.kind === 'constant' && !proposition.value) return [];
      return [{ needs: [proposition], later: [], postponed: nothingPostponed }];
    }
    case 'and':
      return coversOfAll(formula.items);
    case 'or':
      return formula.items.flatMap(coversOf);
    case 'always':
      return product(coversOf(formula.body), [{ needs: [], later: [formula], postponed: nothingPostponed }]);
    case 'eventually':
      return [...coversOf(formula.body), { needs: [], later: [formula], postponed: new Set([formula.key]) }];
  }
}

function product(left: readonly Cover[], right: readonly Cover[]): Cover[] {
  return left.flatMap((a) =>
    right.flatMap((b): Cover[] => {
      const needs = joined('and', [...a.needs, ...b.needs]);
      if (needs.kind === 'constant' && !needs.value) return [];
      return [
        {
          needs: needs.kind === 'and' ? needs.items : needs.kind === 'constant' ? [] : [needs],
          later: withoutImplied([...a.later, ...b.later]),
          postponed: new Set([...a.postponed, ...b.postponed]),
        },
      ];
    }),
  );
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

/** Leaves out covers that ask for at least as much as another one, now and later, and put off at least as much. */
function best(covers: readonly Cover[]): Cover[] {
  const keyed = covers.map((cover) => ({
    cover,
    needs: new Set(cover.needs.filter((need) => need !== TRUE).map(keyOf)),
    later: new Set(cover.later.map((formula) => formula.key)),
  }));
  const within = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
    [...a].every((item) => b.has(item));
  const kept: typeof keyed = [];
  for (const [position, candidate] of keyed.entries()) {
    const beaten = keyed.some((other, at) => {
      if (at === position) return false;
      const asks = (a: typeof candidate, b: typeof candidate): boolean =>
        within(a.needs, b.needs) && within(a.later, b.later) && within(a.cover.postponed, b.cover.postponed);
      // Of two that ask for the same the first stays.
      return asks(other, candidate) && (!asks(candidate, other) || at < position);
    });
    if (!beaten) kept.push(candidate);
  }
  return kept.map(({ cover, needs }) => ({
    ...cover,
    needs: cover.needs.filter((need) => needs.has(keyOf(need))),
  }));
}
