/**
 * Splits a formula into cases, each a question that a search of the graph answers: is there a behaviour that a small
 * automaton accepts, whose cycle stays within some steps, passes others again and again, and reacts?
 */
import { Alternatives, TooMuchEffort, within, type Effort } from './effort.ts';
import { both, now, type Formula } from './normal-form.ts';
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

/** Formulas of a conjunction, by key. */
type Conjuncts = ReadonlyMap<string, Formula>;

/**
 * The cases of a formula, at least one of which holds where the formula holds.
 * @throws TooMuchEffort if there are too many, or to find them takes more than is left of the effort
 */
export function casesOf(formula: Formula, effort: Effort): readonly Case[] {
  return alternativesOf(formula, effort).map((conjuncts) => caseOf([...conjuncts.values()]));
}

function alternativesOf(formula: Formula, effort: Effort): readonly Conjuncts[] {
  switch (formula.kind) {
    case 'and': {
      let products: readonly Conjuncts[] = [new Map()];
      for (const item of formula.items) {
        const alternatives = alternativesOf(item, effort);
        const next = new Alternatives<Conjuncts>(within, effort);
        for (const before of products) {
          for (const alternative of alternatives) {
            next.add(new Map([...before, ...alternative]));
            if (next.kept.length > CASES_MAX) throw new TooMuchEffort();
          }
        }
        products = next.kept;
      }
      return products;
    }
    case 'or': {
      if (reactionOf(formula) !== undefined) return [alone(formula)];
      const found = new Alternatives<Conjuncts>(within, effort);
      for (const item of withReaction(formula.items)) found.addAll(alternativesOf(item, effort));
      return found.kept;
    }
    default:
      return [alone(formula)];
  }
}

function alone(formula: Formula): Conjuncts {
  return new Map([[formula.key, formula]]);
}

/** Joins what recurs with the first item that persists: the two are one reaction, and one case instead of two. */
function withReaction(items: readonly Formula[]): readonly Formula[] {
  const recurrence = items.find((item) => recurrenceOf(item) !== undefined);
  const persistence = items.find((item) => persistenceOf(item) !== undefined);
  if (recurrence === undefined || persistence === undefined) return items;
  const pair: Formula = {
    kind: 'or',
    key: `|{${[persistence.key, recurrence.key].sort().join(' ')}}`,
    items: [recurrence, persistence],
  };
  return [pair, ...items.filter((item) => item !== recurrence && item !== persistence)];
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
