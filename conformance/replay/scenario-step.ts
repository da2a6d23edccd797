/** A step of the specification, in a form that scenarios can be told in. */
import type { Edge } from '../tla/explore/witness.ts';
import type { Specification, State } from '../tla/specification.ts';
import { apply, tabulated } from '../tla/values/functions.ts';
import { isFunction, type Value } from '../tla/values/value.ts';
import { boundActionOf } from './model-actions.ts';

export interface Txn {
  readonly epoch: number;
  readonly counter: number;
  readonly value: Value;
}

/** One state, its variables by their names. */
export class Moment {
  private readonly state: State;
  private readonly specification: Specification;
  readonly servers: readonly Value[];

  constructor(specification: Specification, servers: readonly Value[], state: State) {
    this.specification = specification;
    this.servers = servers;
    this.state = state;
  }

  /** The server that the model calls so; without symmetry each name stands for a server of its own. */
  named(name: string): Value {
    const found = this.servers.find((server) => nameOf(server) === name);
    if (found === undefined) throw new RangeError(`there is no server ${name}`);
    return found;
  }

  /** The value of a variable at a server: text of a string, a number, or the value itself. */
  text(variable: string, server: Value): string {
    const value = this.at(variable, server);
    return typeof value === 'object' && value.kind === 'string' ? value.text : '';
  }

  number(variable: string, server: Value): number {
    const value = this.at(variable, server);
    return typeof value === 'number' ? value : NaN;
  }

  at(variable: string, server: Value): Value {
    const value = this.state[this.specification.variables.indexOf(variable)];
    if (value === undefined) throw new RangeError(`there is no variable ${variable}`);
    return apply(value, server);
  }

  history(server: Value): Txn[] {
    return this.log('history', server);
  }

  cutTail(server: Value): Txn[] {
    return this.log('cutTail', server);
  }

  /** The stage of the leader's end of a connection. */
  learnerStage(leader: Value, follower: Value): string {
    return this.textOf(this.field(apply(this.at('learner', leader), follower), 'stage'));
  }

  /** How many messages from a to b are under way. */
  underWay(from: Value, to: Value): number {
    const channel = apply(this.at('messages', from), to);
    return isFunction(channel) ? elements(channel).length : 0;
  }

  field(record: Value, name: string): Value {
    return apply(record, this.specification.interner.string(name));
  }

  private log(variable: string, server: Value): Txn[] {
    const value = this.at(variable, server);
    if (!isFunction(value)) return [];
    return elements(value).map((txn) => {
      const zxid = this.field(txn, 'zxid');
      return {
        epoch: Number(this.field(zxid, 'epoch')),
        counter: Number(this.field(zxid, 'counter')),
        value: this.field(txn, 'value'),
      };
    });
  }

  private textOf(value: Value): string {
    return typeof value === 'object' && value.kind === 'string' ? value.text : '';
  }
}

/** A step: the state before, the action of Zab.tla with its parameters, the state after. */
export interface Step {
  readonly action: string;
  /** The acting server. */
  readonly server: Value;
  /** The other server of the action's parameters, or the acting one. */
  readonly other: Value;
  /** The last parameter, where it is a number: how much of a log. */
  readonly length: number;
  readonly before: Moment;
  readonly after: Moment;
}

/** Tells edges as steps. */
export function stepTeller(specification: Specification, servers: readonly Value[]): (edge: Edge) => Step {
  return ({ source, action, args, target }) => {
    const [server, second] = args;
    const fallback = servers[0] ?? false;
    return {
      action: boundActionOf(action.name),
      server: server ?? fallback,
      other: second !== undefined && servers.includes(second) ? second : (server ?? fallback),
      length: typeof second === 'number' ? second : NaN,
      before: new Moment(specification, servers, source),
      after: new Moment(specification, servers, target),
    };
  };
}

function nameOf(server: Value): string {
  return typeof server === 'object' && server.kind === 'model' ? server.name : '';
}

function elements(f: Value): readonly Value[] {
  if (!isFunction(f)) return [];
  const spelled = tabulated(f);
  return spelled.kind === 'tuple' ? spelled.elements : spelled.values;
}
