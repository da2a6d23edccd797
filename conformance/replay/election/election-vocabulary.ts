/** What servers remember and say in an election, as values of FastLeaderElection.tla, and its constants the other way. */
import type { ElectionSnapshot } from '../../../impl/election/election.ts';
import type { Claim, Vote, Word } from '../../../impl/election/vote.ts';
import type { Zxid } from '../../../impl/broadcast/zxid.ts';
import { TlaError } from '../../tla/errors.ts';
import type { Specification, State } from '../../tla/specification.ts';
import { makeRecord } from '../../tla/values/functions.ts';
import { enumerated, makeSet } from '../../tla/values/sets.ts';
import { makeFunction } from '../../tla/values/tabulation.ts';
import { isSet, TupleValue, type EnumeratedSet, type Value } from '../../tla/values/value.ts';

/** The variables of the specification that have a value for each server, all but `link`. */
export const VOTER_VARIABLES = ['own', 'role', 'round', 'vote', 'backers', 'outcome'] as const;
/** Every variable that is compared. */
export const ELECTION_VARIABLES = [...VOTER_VARIABLES, 'link'] as const;
export type ElectionVariable = (typeof ELECTION_VARIABLES)[number];

export class ElectionVocabulary {
  readonly specification: Specification;
  readonly servers: EnumeratedSet;
  readonly flight: number;
  readonly #none: Value;

  constructor(specification: Specification) {
    this.specification = specification;
    const servers = specification.evaluateConstant('Server');
    if (!isSet(servers)) throw new TlaError('configuration', 'Server is a set of numbers in every model');
    this.servers = enumerated(servers);
    if (this.servers.elements.some((id, index) => id !== index + 1)) {
      throw new TlaError('configuration', 'Server is {1, 2, …} in a model that an implementation is held to');
    }
    this.flight = Number(specification.evaluateConstant('Flight'));
    this.#none = specification.evaluateConstant('None');
  }

  /** The number, from 0, of a server that an action has as its parameter. */
  serverIndex(id: Value | undefined): number {
    const index = typeof id === 'number' ? this.servers.elements.indexOf(id) : -1;
    if (index < 0) throw new TlaError('configuration', 'an action’s parameter is no element of Server');
    return index;
  }

  /** A claim that the specification chose. */
  claim(value: Value | undefined): Claim {
    const zxid = this.#field(value, 'zxid');
    return {
      epoch: Number(this.#field(value, 'epoch')),
      zxid: { epoch: Number(this.#field(zxid, 'epoch')), counter: Number(this.#field(zxid, 'counter')) },
    };
  }

  /** What is on the disks in an initial state, which is the specification's to choose. */
  claimsOf(state: State): Claim[] {
    const own = state[this.specification.variables.indexOf('own')];
    if (!(own instanceof TupleValue)) throw new TypeError('own is a function of {1, 2, …}');
    return own.elements.map((claim) => this.claim(claim));
  }

  /** What one server remembers, by {@link VOTER_VARIABLES}. */
  voter({ own, role, round, vote, backers, outcome }: ElectionSnapshot): Value[] {
    return [
      this.#claim(own),
      this.#text(role),
      round,
      this.#vote(vote),
      makeSet(backers),
      makeFunction(
        this.servers,
        outcome.map((word) => (word === null ? this.#none : this.#word(word))),
      ),
    ];
  }

  link(words: readonly Word[]): Value {
    return new TupleValue(words.map((word) => this.#word(word)));
  }

  #word({ state, round, vote }: Word): Value {
    return this.#record({ state: this.#text(state), round, vote: this.#vote(vote) });
  }

  #vote({ leader, epoch, zxid }: Vote): Value {
    return this.#record({ leader, epoch, zxid: this.#zxid(zxid) });
  }

  #claim({ epoch, zxid }: Claim): Value {
    return this.#record({ epoch, zxid: this.#zxid(zxid) });
  }

  #zxid({ epoch, counter }: Zxid): Value {
    return this.#record({ epoch, counter });
  }

  #text(text: string): Value {
    return this.specification.interner.string(text);
  }

  #record(fields: Readonly<Record<string, Value>>): Value {
    return makeRecord(
      Object.entries(fields).map(([name, value]) => [this.specification.interner.string(name), value]),
    );
  }

  #field(value: Value | undefined, name: string): Value {
    const field =
      typeof value === 'object' && value.kind === 'record'
        ? value.values[value.shape.fields.indexOf(this.specification.interner.string(name))]
        : undefined;
    if (field === undefined) throw new TypeError(`a record with the field ${name} is expected`);
    return field;
  }
}
