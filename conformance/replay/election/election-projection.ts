/** A world of an election in the specification's values, for comparison. */
import type { Specification, State } from '../../tla/specification.ts';
import { format } from '../../tla/values/format.ts';
import { TupleValue, type Value } from '../../tla/values/value.ts';
import type { Part } from '../part.ts';
import type { Difference } from '../projection.ts';
import { same } from '../same-value.ts';
import { VOTER_VARIABLES, type ElectionVariable, type ElectionVocabulary } from './election-vocabulary.ts';
import type { ElectionWorld, Voter } from './election-world.ts';
import type { Link } from './links.ts';

export class ElectionProjection {
  readonly #vocabulary: ElectionVocabulary;
  readonly #falsified: ElectionVariable | undefined;
  /** Positions of VOTER_VARIABLES among the specification's variables. */
  readonly #positions: readonly number[];
  readonly #linkAt: number;
  /** The first state that was seen, of which a falsified variable keeps its value. */
  #initial: State | undefined;
  readonly #voters = new WeakMap<Part<Voter>, Value[]>();
  readonly #links = new WeakMap<Part<Link>, Value>();

  /** @param falsified a variable that is projected wrongly on purpose, as if it never changed */
  constructor(
    vocabulary: ElectionVocabulary,
    { variables }: Specification,
    falsified: ElectionVariable | undefined,
  ) {
    this.#vocabulary = vocabulary;
    this.#falsified = falsified;
    this.#positions = VOTER_VARIABLES.map((variable) => variables.indexOf(variable));
    this.#linkAt = variables.indexOf('link');
  }

  /** The first difference between a state of the specification and a world. */
  difference(state: State, { voters, links }: ElectionWorld): Difference | undefined {
    this.#initial ??= state;
    const size = voters.length;
    for (const [server, part] of voters.entries()) {
      const view = this.#viewOf(part);
      for (const [i, variable] of VOTER_VARIABLES.entries()) {
        const position = this.#positions[i] ?? -1;
        const specified = componentOf(state[position], server);
        const actual = variable === this.#falsified ? componentOf(this.#initial[position], server) : view[i];
        if (specified === actual) continue;
        if (actual !== undefined && same(specified, actual)) {
          // The same object next time.
          if (variable !== this.#falsified) view[i] = specified;
          continue;
        }
        return differenceOf(variable, 'server', String(server + 1), specified, actual);
      }
    }
    for (const [at, part] of links.entries()) {
      const [from, to] = [Math.floor(at / size), at % size];
      const specified = linkOf(state[this.#linkAt], from, to);
      const falsified = this.#falsified === 'link';
      const actual = falsified ? linkOf(this.#initial[this.#linkAt], from, to) : this.#linkValue(part);
      if (specified === actual || same(specified, actual)) continue;
      return differenceOf('link', 'network', `${from + 1}, ${to + 1}`, specified, actual);
    }
    return undefined;
  }

  #viewOf(part: Part<Voter>): Value[] {
    let view = this.#voters.get(part);
    if (view === undefined) {
      view = this.#vocabulary.voter(part.content.election);
      this.#voters.set(part, view);
    }
    return view;
  }

  #linkValue(part: Part<Link>): Value {
    let value = this.#links.get(part);
    if (value === undefined) {
      value = this.#vocabulary.link(part.content);
      this.#links.set(part, value);
    }
    return value;
  }
}

function differenceOf(
  variable: ElectionVariable,
  seenBy: string,
  at: string,
  specified: Value,
  actual: Value | undefined,
): Difference {
  return {
    variable,
    seenBy,
    at,
    specified: format(specified),
    actual: actual === undefined ? 'nothing' : format(actual),
  };
}

function linkOf(links: Value | undefined, from: number, to: number): Value {
  return componentOf(componentOf(links, from), to);
}

/** What a function of {1, 2, …} is at the server with that number, from 0. */
function componentOf(value: Value | undefined, server: number): Value {
  const component = value instanceof TupleValue ? value.elements[server] : undefined;
  if (component === undefined) throw new TypeError('a variable of the election is a function of {1, 2, …}');
  return component;
}
