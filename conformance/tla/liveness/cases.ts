/**
 * Splits a formula into cases, each a question that a search of the graph answers: is there a behaviour that a small
 * automaton accepts, whose cycle stays within some steps, passes others again and again, and reacts?
 */
import { both, itemsOf, now, type Formula } from './normal-form.ts';
import { joined, not, TRUE, type Proposition } from './proposition.ts';

/** Holds if `infinitely` is true only finitely often, or `then` infinitely often: strong fairness. */
export interface Reaction {
  readonly infinitely: Proposition;
  readonly then: Proposition;
}

/** A conjunction. */
export interface Case {
  /** What is left for an automaton. */
  readonly automaton: Formula;
  /** Holds from some step on. */
  readonly finally: Proposition;
  /** Each holds infinitely often. */
  readonly recurrences: readonly Proposition[];
  readonly reactions: readonly Reaction[];
}

/** More cases than anybody writes; each is a search of its own. */
const CASES_MAX = 10_000;

/** The cases of a formula, at least one of which holds where the formula holds; undefined if there are too many. */
export function casesOf(formula: Formula): readonly Case[] | undefined {
  let cases: (readonly Formula[])[] = [[]];
  for (const item of itemsOf('and', formula)) {
    const alternatives = alternativesOf(item);
    if (alternatives === undefined || cases.length * alternatives.length > CASES_MAX) return undefined;
    cases = cases.flatMap((before) => alternatives.map((alternative) => [...before, ...alternative]));
  }
  return cases.map(caseOf);
}

function alternativesOf(formula: Formula): readonly (readonly Formula[])[] | undefined {
  if (formula.kind === 'and') {
    let products: (readonly Formula[])[] = [[]];
    for (const item of formula.items) {
      const alternatives = alternativesOf(item);
      if (alternatives === undefined || products.length * alternatives.length > CASES_MAX) return undefined;
      products = products.flatMap((before) => alternatives.map((next) => [...before, ...next]));
    }
    return products;
  }
  if (formula.kind !== 'or' || reactionOf(formula) !== undefined) return [[formula]];
  // What recurs joins the first item that persists, and makes a reaction with it.
  const recurrence = formula.items.find((item) => recurrenceOf(item) !== undefined);
  const persistence = formula.items.find((item) => persistenceOf(item) !== undefined);
  if (recurrence === undefined || persistence === undefined) return each(formula.items);
  const rest = formula.items.filter((item) => item !== recurrence && item !== persistence);
  const pair: Formula = {
    kind: 'or',
    key: `|{${[persistence.key, recurrence.key].sort().join(' ')}}`,
    items: [recurrence, persistence],
  };
  return each([pair, ...rest]);
}

function each(items: readonly Formula[]): readonly (readonly Formula[])[] | undefined {
  const found: (readonly Formula[])[] = [];
  for (const item of items) {
    const alternatives = alternativesOf(item);
    if (alternatives === undefined) return undefined;
    found.push(...alternatives);
  }
  return found;
}

/** P of `[]<>P`. */
function recurrenceOf(formula: Formula): Proposition | undefined {
  if (formula.kind !== 'always' || formula.body.kind !== 'eventually') return undefined;
  const { body } = formula.body;
  return body.kind === 'now' ? body.proposition : undefined;
}

/** P of `<>[]P`. */
function persistenceOf(formula: Formula): Proposition | undefined {
  if (formula.kind !== 'eventually' || formula.body.kind !== 'always') return undefined;
  const { body } = formula.body;
  return body.kind === 'now' ? body.proposition : undefined;
}

/** `[]<>P \/ <>[]Q`: whoever is infinitely often not Q is infinitely often P. */
function reactionOf(formula: Formula): Reaction | undefined {
  if (formula.kind !== 'or' || formula.items.length !== 2) return undefined;
  const [recurrence] = formula.items.flatMap((item) => recurrenceOf(item) ?? []);
  const [persistence] = formula.items.flatMap((item) => persistenceOf(item) ?? []);
  if (recurrence === undefined || persistence === undefined) return undefined;
  return { infinitely: not(persistence), then: recurrence };
}

function caseOf(conjuncts: readonly Formula[]): Case {
  const automaton: Formula[] = [];
  const persistences: Proposition[] = [];
  const recurrences = new Map<string, Proposition>();
  const reactions = new Map<string, Reaction>();
  for (const conjunct of conjuncts) {
    const recurrence = recurrenceOf(conjunct);
    const persistence = persistenceOf(conjunct);
    const reaction = reactionOf(conjunct);
    if (recurrence !== undefined) recurrences.set(conjunct.key, recurrence);
    else if (persistence !== undefined) persistences.push(persistence);
    else if (reaction !== undefined) reactions.set(conjunct.key, reaction);
    else automaton.push(conjunct);
  }
  return {
    automaton: automaton.length === 0 ? now(TRUE) : both(automaton),
    finally: joined('and', persistences),
    recurrences: [...recurrences.values()],
    reactions: [...reactions.values()],
  };
}
