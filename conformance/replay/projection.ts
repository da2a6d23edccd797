/**
 * A world in the specification's values, for comparison. What the peer believes and what its disk holds are compared
 * each for itself, where both know of a variable.
 */
import { TlaError } from '../tla/errors.ts';
import type { State } from '../tla/specification.ts';
import { equal } from '../tla/values/equality.ts';
import { format } from '../tla/values/format.ts';
import { tabulated } from '../tla/values/functions.ts';
import { makeSet } from '../tla/values/sets.ts';
import { emptyTuple, isFunction, type Value } from '../tla/values/value.ts';
import { peerConfigs, projectPeer } from './peer-under-test.ts';
import { same } from './same-value.ts';
import type { Vocabulary } from './vocabulary.ts';
import type { ChannelPart, HostPart, PeerPart, World } from './world.ts';

/** The variables of the specification that have a value for each server, all but `messages`. */
export const SERVER_VARIABLES = [
  'acceptedEpoch',
  'currentEpoch',
  'history',
  'durable',
  'cutTail',
  'role',
  'phase',
  'leader',
  'committed',
  'stage',
  'newLeaderAt',
  'pendingCommit',
  'learner',
  'proposedEpoch',
  'gathered',
  'acked',
] as const;
export type ServerVariable = (typeof SERVER_VARIABLES)[number];
const MESSAGES = 'messages';

/** Every variable that is compared. */
export const VARIABLES = [...SERVER_VARIABLES, MESSAGES] as const;
export type Variable = (typeof VARIABLES)[number];

/** What of one server a part of the world knows, by {@link SERVER_VARIABLES}; undefined where it knows nothing. */
type View = (Value | undefined)[];

/** A variable that differs, at one server or on one channel. */
export interface Difference {
  readonly variable: string;
  /** Whose view differs: `peer`, `disk` or `network`. */
  readonly seenBy: string;
  /** `s1`, or `s1, s2` for the channel from s1 to s2. */
  readonly at: string;
  readonly specified: string;
  readonly actual: string;
}

export class Projection {
  private readonly vocabulary: Vocabulary;
  private readonly configs;
  private readonly size: number;
  /** Positions of SERVER_VARIABLES among the specification's variables. */
  private readonly positions: readonly number[];
  private readonly messagesAt: number;
  private readonly falsified: Variable | undefined;
  /** The initial state, when something is falsified. */
  private initial: State = [];
  private readonly peerViews: WeakMap<PeerPart, View>[];
  private readonly hostViews: WeakMap<HostPart, View>[];
  private readonly channelValues = new WeakMap<ChannelPart, Value>();

  /**
   * @param falsified a variable that is projected wrongly on purpose, as if it never changed: it shows that the
   *   comparison sees it
   * @throws TlaError if the specification has a variable that is not compared
   */
  constructor(vocabulary: Vocabulary, falsified?: Variable) {
    const { variables, rootModule } = vocabulary.specification;
    const unknown = variables.find((name) => !VARIABLES.some((variable) => variable === name));
    const missing = VARIABLES.find((variable) => !variables.includes(variable));
    if (unknown !== undefined || missing !== undefined) {
      throw new TlaError(
        'configuration',
        `the peer cannot be compared with module ${rootModule}: ` +
          (unknown === undefined
            ? `it has no variable ${String(missing)}`
            : `nothing stands for its variable ${unknown}`),
      );
    }
    this.vocabulary = vocabulary;
    this.size = vocabulary.servers.length;
    this.configs = peerConfigs(this.size);
    this.positions = SERVER_VARIABLES.map((variable) => variables.indexOf(variable));
    this.messagesAt = variables.indexOf(MESSAGES);
    this.falsified = falsified;
    if (falsified !== undefined) {
      vocabulary.specification.initialStates((state) => {
        this.initial = state;
      });
    }
    this.peerViews = this.configs.map(() => new WeakMap<PeerPart, View>());
    this.hostViews = this.configs.map(() => new WeakMap<HostPart, View>());
  }

  /** The first difference between a state of the specification and a world. */
  difference(state: State, world: World): Difference | undefined {
    for (let server = 0; server < this.size; server += 1) {
      const different =
        this.compareView(state, server, this.peerView(server, world), 'peer') ??
        this.compareView(state, server, this.hostView(server, world), 'disk');
      if (different !== undefined) return different;
    }
    return this.compareMessages(state, world) ?? this.compareEnds(state, world);
  }

  /** A state whose variables are those of another one, except for one server, which is as it is in the world. */
  withServer(state: State, world: World, server: number): State {
    const peer = this.peerView(server, world);
    const host = this.hostView(server, world);
    const next = [...state];
    SERVER_VARIABLES.forEach((variable, i) => {
      const position = this.positions[i] ?? -1;
      const value = host[i] ?? peer[i];
      if (value === undefined) throw new TypeError(`nobody knows ${variable}`);
      const values = [...this.componentsOf(state, position)];
      values[server] = value;
      next[position] = this.vocabulary.perServer(values);
    });
    return next;
  }

  /** A state whose messages to one server are gone. */
  withoutMessagesTo(state: State, server: number): State {
    const next = [...state];
    const rows = this.componentsOf(state, this.messagesAt).map((row) => {
      const cells = [...this.valuesOf(row)];
      cells[server] = emptyTuple;
      return this.vocabulary.perServer(cells);
    });
    next[this.messagesAt] = this.vocabulary.perServer(rows);
    return next;
  }

  /** The whole world as a state of the specification, where the disk knows better than the peer what it holds. */
  state(world: World): State {
    const state: Value[] = [];
    SERVER_VARIABLES.forEach((_, i) => {
      const values = Array.from(
        { length: this.size },
        (_unused, server) => this.hostView(server, world)[i] ?? this.peerView(server, world)[i] ?? false,
      );
      state[this.positions[i] ?? -1] = this.vocabulary.perServer(values);
    });
    const rows = Array.from({ length: this.size }, (_, from) =>
      this.vocabulary.perServer(
        Array.from({ length: this.size }, (_unused, to) => this.channelValue(world, from, to)),
      ),
    );
    state[this.messagesAt] = this.vocabulary.perServer(rows);
    return state;
  }

  private compareView(state: State, server: number, view: View, seenBy: string): Difference | undefined {
    for (let i = 0; i < view.length; i += 1) {
      const actual = view[i];
      if (actual === undefined) continue;
      const position = this.positions[i] ?? -1;
      const specified = this.componentsOf(state, position)[server];
      if (specified === actual) continue;
      const variable = SERVER_VARIABLES[i] ?? '';
      if (specified === undefined) throw new TypeError(`${variable} has no value for a server`);
      if (variable === 'cutTail' && seenBy === 'peer') {
        // A peer knows whether something was cut, not what.
        if (actual === !equal(specified, emptyTuple)) continue;
      } else if (same(specified, actual)) {
        // The same object next time.
        view[i] = specified;
        continue;
      }
      return {
        variable,
        seenBy,
        at: this.nameOf(server),
        specified: format(specified),
        actual: format(actual),
      };
    }
    return undefined;
  }

  private compareMessages(state: State, world: World): Difference | undefined {
    const rows = this.componentsOf(state, this.messagesAt);
    for (let from = 0; from < this.size; from += 1) {
      const row = rows[from];
      const cells = row === undefined ? [] : this.valuesOf(row);
      for (let to = 0; to < this.size; to += 1) {
        const specified = cells[to];
        const actual = this.channelValue(world, from, to);
        if (specified === actual) continue;
        if (specified === undefined) throw new TypeError('messages has no value for a pair of servers');
        if (same(specified, actual)) continue;
        const at = `${this.nameOf(from)}, ${this.nameOf(to)}`;
        return {
          variable: MESSAGES,
          seenBy: 'network',
          at,
          specified: format(specified),
          actual: format(actual),
        };
      }
    }
    return undefined;
  }

  /** An end is open exactly while the server believes so, in the specification's `stage` and `learner`. */
  private compareEnds(state: State, world: World): Difference | undefined {
    for (let server = 0; server < this.size; server += 1) {
      const { role } = contentOf(world.peers[server]);
      for (let other = 0; other < this.size; other += 1) {
        const believed =
          role.role === 'FOLLOWING'
            ? role.leader === other + 1 && role.stage !== 'NONE'
            : role.role === 'LEADING' && role.learners[other]?.stage !== 'NONE';
        const open = (world.openEnds & (1 << (server * this.size + other))) !== 0;
        if (open === believed) continue;
        const words = (flag: boolean): string => (flag ? 'open' : 'closed');
        return {
          variable: role.role === 'FOLLOWING' ? 'stage' : 'learner',
          seenBy: 'network',
          at: `${this.nameOf(server)}, ${this.nameOf(other)}`,
          specified: `the end is ${words(believed)}`,
          actual: `the end is ${words(open)}`,
        };
      }
    }
    return undefined;
  }

  private peerView(server: number, world: World): View {
    const part = world.peers[server];
    if (part === undefined) throw new RangeError(`there is no server ${server}`);
    const views = this.peerViews[server];
    let view = views?.get(part);
    if (view === undefined) {
      view = this.viewOfPeer(server, part);
      views?.set(part, view);
    }
    return view;
  }

  private viewOfPeer(server: number, part: PeerPart): View {
    const config = this.configs[server];
    if (config === undefined) throw new RangeError(`there is no server ${server}`);
    const words = this.vocabulary;
    const of = projectPeer(config, part.content);
    return this.viewOf(server, {
      acceptedEpoch: of.acceptedEpoch,
      currentEpoch: of.currentEpoch,
      history: words.history(of.history),
      durable: of.durable,
      cutTail: of.cutPending,
      role: words.text(of.role),
      phase: words.text(of.phase),
      leader: of.leader === null ? words.none : words.server(of.leader),
      committed: of.committed,
      stage: words.text(of.stage),
      newLeaderAt: of.newLeaderAt,
      pendingCommit: of.pendingCommit,
      learner: words.perServer(
        of.learner.map(({ stage, lastZxid }) =>
          words.record({ stage: words.text(stage), lastZxid: words.zxid(lastZxid) }),
        ),
      ),
      proposedEpoch: of.proposedEpoch,
      gathered: makeSet(of.gathered.map((id) => words.server(id))),
      acked: words.perServer(of.acked.map((zxid) => words.zxid(zxid))),
    });
  }

  private hostView(server: number, world: World): View {
    const part = world.hosts[server];
    if (part === undefined) throw new RangeError(`there is no server ${server}`);
    const views = this.hostViews[server];
    let view = views?.get(part);
    if (view === undefined) {
      const { disk, delivered } = part.content;
      const words = this.vocabulary;
      view = this.viewOf(server, {
        acceptedEpoch: disk.acceptedEpoch,
        currentEpoch: disk.currentEpoch,
        history: words.history(disk.history),
        durable: disk.durable,
        cutTail: words.history(disk.cutTail),
        committed: delivered,
      });
      views?.set(part, view);
    }
    return view;
  }

  private viewOf(server: number, known: Readonly<Partial<Record<ServerVariable, Value>>>): View {
    return SERVER_VARIABLES.map((variable) => {
      const value = known[variable];
      if (value === undefined || variable !== this.falsified) return value;
      return this.initialValue(variable, server, value);
    });
  }

  /** What a variable is in the beginning. */
  private initialValue(variable: ServerVariable, server: number, value: Value): Value {
    if (variable === 'cutTail' && typeof value === 'boolean') return false;
    const position = this.vocabulary.specification.variables.indexOf(variable);
    return this.componentsOf(this.initial, position)[server] ?? value;
  }

  private channelValue(world: World, from: number, to: number): Value {
    const part = world.channels[from * this.size + to];
    if (part === undefined) throw new RangeError('there is no such channel');
    let value = this.channelValues.get(part);
    if (value === undefined) {
      value = this.falsified === MESSAGES ? emptyTuple : this.vocabulary.channel(part.content);
      this.channelValues.set(part, value);
    }
    return value;
  }

  private componentsOf(state: State, position: number): readonly Value[] {
    const value = state[position];
    if (value === undefined) throw new RangeError('a state with a variable missing');
    return this.valuesOf(value);
  }

  private valuesOf(value: Value): readonly Value[] {
    if (typeof value === 'object' && value.kind === 'function') return value.values;
    if (isFunction(value)) {
      const spelled = tabulated(value);
      return spelled.kind === 'tuple' ? spelled.elements : spelled.values;
    }
    throw new TypeError(`${format(value)} is not a function of the servers`);
  }

  private nameOf(server: number): string {
    const value = this.vocabulary.servers[server];
    return value === undefined ? `server ${server}` : format(value);
  }
}

function contentOf<T>(part: { readonly content: T } | undefined): T {
  if (part === undefined) throw new RangeError('there is no such server');
  return part.content;
}
