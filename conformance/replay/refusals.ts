/**
 * Nothing more: in every state every peer meets every stimulus of the closed list. Either the specification has a step
 * for it, which is an edge of the state and compared there; or the peer does not act: no effect and the same snapshot, or
 * the end of the connection that an unexpected message came on.
 *
 * What a peer does depends on its snapshot and the stimulus alone, so each distinct snapshot meets the list once; the
 * refusals are counted in every state in which it stands. A model may leave steps of the specification out. Where a peer
 * acts and the model has no edge for it, the specification's own action must hold of what was done.
 */
import type { ServerId } from '../../impl/protocol/ensemble.ts';
import type { Effect } from '../../impl/protocol/effects.ts';
import type { Event } from '../../impl/protocol/events.ts';
import type { PeerSnapshot } from '../../impl/protocol/snapshot.ts';
import type { Mismatch } from '../tla/explore/companion.ts';
import type { State } from '../tla/specification.ts';
import { format } from '../tla/values/format.ts';
import type { Value } from '../tla/values/value.ts';
import { CannotPerform, RECEIVED } from './binding.ts';
import { mismatch } from './mismatch.ts';
import { stepPeer } from './peer-under-test.ts';
import { plainText } from './plain-text.ts';
import type { Scene } from './scene.ts';
import { stimuliOf, type Stimulus } from './stimuli.ts';
import type { PeerPart, World } from './world.ts';

/** How a peer with some snapshot takes the stimuli. */
interface Manner {
  readonly refused: number;
  /** Actions that it takes part in when they happen, by key. */
  readonly acts: readonly {
    readonly key: string;
    readonly action: string;
    readonly args: readonly Value[];
  }[];
  /**
   * Those that are steps of the specification although the model leaves them out. Found in one state and good for all in
   * which the snapshot stands: the guard of an action, and what it does to its server, read that server alone.
   */
  readonly confirmed: Set<string>;
  readonly failure: Mismatch | undefined;
}

interface Answer {
  readonly effects: readonly Effect[];
  readonly text: string;
}

export class Refusals {
  private readonly scene: Scene;
  private readonly manners: WeakMap<PeerPart, Manner>[];
  /** Steps that the model has from the present state. */
  private readonly covered = new Set<string>();
  private count = 0;

  constructor(scene: Scene) {
    this.scene = scene;
    this.manners = scene.draft.configs.map(() => new WeakMap<PeerPart, Manner>());
  }

  takeCount(): number {
    const { count } = this;
    this.count = 0;
    return count;
  }

  begin(): void {
    this.covered.clear();
  }

  /** The model has this step, and it was compared. */
  cover(action: string, args: readonly Value[]): void {
    const read = RECEIVED[action];
    this.covered.add(keyOf(read === undefined ? action : `Receive:${read}`, args));
  }

  /** All steps of the state were given: nothing else may happen in it. */
  end(state: State, world: World): Mismatch | undefined {
    for (const [server, part] of world.peers.entries()) {
      const manner = this.mannerOf(server, part, state);
      if (manner.failure !== undefined) return manner.failure;
      this.count += manner.refused;
      for (const { key, action, args } of manner.acts) {
        if (this.covered.has(key) || manner.confirmed.has(key)) continue;
        const failure = this.notInModel(state, world, action, args);
        if (failure !== undefined) return failure;
        manner.confirmed.add(key);
      }
      const pending = world.hosts[server]?.content.pendingEpoch ?? null;
      if (pending !== null && !this.covered.has(keyOf('StoreCurrentEpoch', [this.server(server)]))) {
        return mismatch(`StoreCurrentEpoch(${this.nameOf(server)})`, {
          kind: 'effect',
          what: 'storeCurrentEpoch',
          specified: 'that it is not enabled',
          actual: `has begun to store epoch ${pending}`,
        });
      }
    }
    return this.unreadMessages(state, world);
  }

  private mannerOf(server: number, part: PeerPart, state: State): Manner {
    const manners = this.manners[server];
    let manner = manners?.get(part);
    if (manner === undefined) {
      manner = this.examine(server, part, state);
      manners?.set(part, manner);
    }
    return manner;
  }

  /** Gives every stimulus to a peer with this snapshot. */
  private examine(server: number, part: PeerPart, state: State): Manner {
    const { draft, vocabulary } = this.scene;
    const ids = draft.configs.map(({ id }) => id);
    const acts: { key: string; action: string; args: readonly Value[] }[] = [];
    let refused = 0;
    let failure: Mismatch | undefined;
    for (const stimulus of stimuliOf(server, part.content, ids, vocabulary)) {
      if (stimulus.kind === 'message' && this.expects(state, server, stimulus)) continue;
      const answer = this.answer(server, part.content, stimulus.event);
      if (typeof answer === 'string') {
        failure = this.refusalMismatch(server, stimulus, `throws ${answer}`);
        break;
      }
      if (answer.effects.length === 0 && answer.text === part.text) {
        refused += 1;
        continue;
      }
      if (stimulus.kind === 'action') {
        if (stimulus.action === 'Abandon' && !this.isLike(server, part, answer, { type: 'timeout' })) {
          failure = this.refusalMismatch(server, stimulus, 'does something else than at a timeout');
          break;
        }
        acts.push({
          key: keyOf(stimulus.action, stimulus.args),
          action: stimulus.action,
          args: stimulus.args,
        });
        continue;
      }
      if (stimulus.kind === 'message' && this.endsConnection(server, part, answer, stimulus.event)) {
        refused += 1;
        continue;
      }
      failure = this.refusalMismatch(server, stimulus, inWords(answer));
      break;
    }
    return { refused, acts, confirmed: new Set(), failure };
  }

  /** Is the message one that the specification expects of a peer that is where this one is? */
  private expects(state: State, server: number, stimulus: Stimulus & { kind: 'message' }): boolean {
    const { vocabulary } = this.scene;
    const args = [this.server(server), this.server(stimulus.from), vocabulary.message(stimulus.message)];
    return vocabulary.specification.evaluateIn(state, 'Expects', args) === true;
  }

  private answer(server: number, snapshot: PeerSnapshot, event: Event): Answer | string {
    const config = this.scene.draft.configs[server];
    if (config === undefined) throw new RangeError(`there is no server ${server}`);
    try {
      const step = stepPeer(config, snapshot, event);
      return { effects: step.effects, text: plainText(step.snapshot) };
    } catch (error) {
      return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    }
  }

  /** The connection ends and nothing else happens, as when it breaks. */
  private endsConnection(server: number, part: PeerPart, answer: Answer, event: Event): boolean {
    if (event.type !== 'message' || answer.effects.length !== 1) return false;
    const [effect] = answer.effects;
    switch (effect?.type) {
      case 'disconnect': {
        const lost = this.answer(server, part.content, { type: 'disconnected', peer: event.from });
        return (
          effect.peer === event.from &&
          this.hasOpen(server, part, event.from) &&
          typeof lost !== 'string' &&
          lost.text === answer.text
        );
      }
      case 'abandon':
        return (
          part.content.role.role === 'FOLLOWING' &&
          part.content.role.leader === event.from &&
          this.isLike(server, part, answer, { type: 'timeout' })
        );
      default:
        return false;
    }
  }

  /** Has the leader its end of the connection with that learner open? */
  private hasOpen(server: number, { content: { role } }: PeerPart, peer: ServerId): boolean {
    const ids = this.scene.draft.configs[server]?.ensemble ?? [];
    return role.role === 'LEADING' && (role.learners[ids.indexOf(peer)]?.stage ?? 'NONE') !== 'NONE';
  }

  private isLike(server: number, part: PeerPart, answer: Answer, event: Event): boolean {
    const other = this.answer(server, part.content, event);
    if (typeof other === 'string') return false;
    const types = (effects: readonly Effect[]): string => effects.map(({ type }) => type).join();
    return other.text === answer.text && types(other.effects) === types(answer.effects);
  }

  /** A step that the model has not. It may be one that the model leaves out, but then the specification has it. */
  private notInModel(
    state: State,
    world: World,
    action: string,
    args: readonly Value[],
  ): Mismatch | undefined {
    const { binding, draft, projection, vocabulary } = this.scene;
    const step = `${action}(${args.map((value) => format(value)).join(', ')})`;
    draft.load(world);
    try {
      binding.perform(action, args);
    } catch (error) {
      if (!(error instanceof CannotPerform)) throw error;
      return mismatch(step, {
        kind: 'refusal',
        what: error.kind,
        specified: 'that it is not enabled',
        actual: error.actual,
      });
    }
    const next = projection.state(draft.finish());
    if (vocabulary.specification.evaluateStep(state, next, action, args) === true) return undefined;
    const effects = binding.lastEffects();
    return mismatch(step, {
      kind: 'refusal',
      what: 'a step that is not enabled',
      specified: 'that it is not enabled',
      actual:
        effects.length === 0 ? 'changes its state' : `answers ${effects.map(({ type }) => type).join(', ')}`,
    });
  }

  /** Every message that can be read is one that some step reads; else it must be refused. */
  private unreadMessages(state: State, world: World): Mismatch | undefined {
    const size = world.peers.length;
    for (const [at, channel] of world.channels.entries()) {
      const [message] = channel.content;
      if (message === undefined) continue;
      const from = Math.floor(at / size);
      const to = at % size;
      if (this.covered.has(keyOf(`Receive:${message.type}`, [this.server(to), this.server(from)]))) continue;
      const part = world.peers[to];
      const id = this.scene.draft.configs[from]?.id;
      if (part === undefined || id === undefined) continue;
      const stimulus = {
        kind: 'message',
        event: { type: 'message', from: id, message },
        from,
        message,
      } as const;
      const answer = this.answer(to, part.content, stimulus.event);
      const quiet = typeof answer !== 'string' && answer.effects.length === 0 && answer.text === part.text;
      if (quiet || (typeof answer !== 'string' && this.endsConnection(to, part, answer, stimulus.event))) {
        this.count += 1;
        continue;
      }
      return this.refusalMismatch(
        to,
        stimulus,
        typeof answer === 'string' ? `throws ${answer}` : inWords(answer),
      );
    }
    return undefined;
  }

  private refusalMismatch(server: number, stimulus: Stimulus, actual: string): Mismatch {
    const what = stimulus.kind === 'message' ? plainText(stimulus.message) : stimulus.event.type;
    const from = stimulus.kind === 'message' ? ` from ${this.nameOf(stimulus.from)}` : '';
    return mismatch(`${what}${from} at ${this.nameOf(server)}`, {
      kind: 'refusal',
      what: 'a stimulus that the specification has no step for',
      specified: 'nothing happens, or the connection ends',
      actual,
    });
  }

  private server(server: number): Value {
    const value = this.scene.vocabulary.servers[server];
    if (value === undefined) throw new RangeError(`there is no server ${server}`);
    return value;
  }

  private nameOf(server: number): string {
    return format(this.server(server));
  }
}

function inWords({ effects }: Answer): string {
  return effects.length === 0 ? 'changes its state' : `answers ${effects.map(({ type }) => type).join(', ')}`;
}

function keyOf(action: string, args: readonly Value[]): string {
  let key = action;
  for (const arg of args)
    key += `|${typeof arg === 'object' && arg.kind === 'model' ? arg.name : format(arg)}`;
  return key;
}
