/**
 * How an action of the specification is done to the world: from its name and parameters to what happens to disks and
 * connections, and to the one event that the acting peer is given. Neither the state before nor the state after is
 * known here; what is read is the world itself.
 */
import { ZERO_ZXID } from '../../impl/broadcast/zxid.ts';
import type { Effect } from '../../impl/protocol/effects.ts';
import type { Event } from '../../impl/protocol/events.ts';
import type { Message } from '../../impl/protocol/messages.ts';
import type { Value } from '../tla/values/value.ts';
import { TlaError } from '../tla/errors.ts';
import { HostRefusal, type Host } from './disk.ts';
import type { Draft } from './draft.ts';
import type { Vocabulary } from './vocabulary.ts';

/** What a peer answered to its event, and how its host stood before each effect was carried out. */
export interface Performed {
  readonly server: number;
  readonly effects: readonly Effect[];
  readonly before: readonly Moment[];
}

/** A server between two effects. */
export interface Moment {
  readonly host: Host;
  /** Messages that it has sent since the event and that can still be read. */
  readonly sent: number;
}

/** The action cannot be done to this world: what should happen to it cannot happen, or the peer asks for nonsense. */
export class CannotPerform extends Error {
  override readonly name = 'CannotPerform';
  /** What kind of thing is wrong: an effect, an event without cause, an exception. */
  readonly kind: 'effect' | 'event' | 'exception';
  readonly expected: string;
  readonly actual: string;

  constructor(kind: CannotPerform['kind'], expected: string, actual: string) {
    super(`${expected}, but ${actual}`);
    this.kind = kind;
    this.expected = expected;
    this.actual = actual;
  }
}

/** The messages that `Receive…` actions read. */
export const RECEIVED: Readonly<Record<string, Message['type']>> = {
  ReceiveFollowerInfo: 'FOLLOWERINFO',
  ReceiveLeaderInfo: 'LEADERINFO',
  ReceiveAckEpoch: 'ACKEPOCH',
  ReceiveDiff: 'DIFF',
  ReceiveTrunc: 'TRUNC',
  ReceiveSnap: 'SNAP',
  ReceiveNewLeader: 'NEWLEADER',
  ReceiveUpToDate: 'UPTODATE',
  ReceiveProposal: 'PROPOSAL',
  ReceiveAck: 'ACK',
  ReceiveCommit: 'COMMIT',
};

/** Every action that can be performed. */
export const BOUND_ACTIONS: readonly string[] = [
  'Elected',
  'Connect',
  ...Object.keys(RECEIVED),
  'Propose',
  'Sync',
  'StoreCurrentEpoch',
  'LoseLearner',
  'Abandon',
  'Crash',
  'CrashUncut',
];

export class Binding {
  private readonly vocabulary: Vocabulary;
  private readonly draft: Draft;
  private performed: Performed[] = [];

  constructor(vocabulary: Vocabulary, draft: Draft) {
    this.vocabulary = vocabulary;
    this.draft = draft;
  }

  /**
   * Performs an action in the draft: what happens to the world, one event for each acting peer, its effects in order.
   * @returns what the peers answered
   * @throws CannotPerform when it cannot be done
   */
  perform(action: string, args: readonly Value[]): readonly Performed[] {
    const { draft, vocabulary } = this;
    this.performed = [];
    const first = vocabulary.serverIndex(args[0]);
    const received = RECEIVED[action];
    if (received !== undefined) {
      this.receive(first, vocabulary.serverIndex(args[1]), received);
      return this.performed;
    }
    switch (action) {
      case 'Elected':
        this.give(first, { type: 'elected', leader: draft.id(vocabulary.serverIndex(args[1])) });
        break;
      case 'Connect': {
        const leader = vocabulary.serverIndex(args[1]);
        draft.connect(first, leader);
        this.give(leader, { type: 'connected', peer: draft.id(first) });
        this.give(first, { type: 'connected', peer: draft.id(leader) });
        break;
      }
      case 'Propose':
        this.give(first, { type: 'propose', payloads: vocabulary.requestOf(args[1]) });
        break;
      case 'Sync': {
        const length = lengthOf(args[1]);
        draft.sync(first, length);
        this.give(first, { type: 'logDurable', zxid: this.zxidAt(first, length) });
        break;
      }
      case 'StoreCurrentEpoch': {
        const epoch = draft.completeCurrentEpoch(first);
        if (epoch === undefined) {
          throw new CannotPerform(
            'effect',
            'the storing of currentEpoch has begun',
            'no effect storeCurrentEpoch began it',
          );
        }
        this.give(first, { type: 'currentEpochStored', epoch });
        break;
      }
      case 'LoseLearner': {
        const follower = vocabulary.serverIndex(args[1]);
        draft.closeEnd(first, follower);
        this.give(first, { type: 'disconnected', peer: draft.id(follower) });
        break;
      }
      case 'Abandon':
        this.give(first, { type: 'timeout' });
        break;
      case 'Crash':
        draft.crash(first, { kind: 'keep', length: lengthOf(args[1]) });
        break;
      case 'CrashUncut':
        draft.crash(first, { kind: 'uncut', length: lengthOf(args[1]) });
        break;
      default:
        throw new TlaError('configuration', `nothing in the implementation stands for the action ${action}`);
    }
    return this.performed;
  }

  /** Gives one event to one peer, and carries out what it asks for. */
  stimulate(server: number, event: Event): Performed {
    this.performed = [];
    return this.give(server, event);
  }

  /** All effects of the last action. */
  lastEffects(): readonly Effect[] {
    return this.performed.flatMap(({ effects }) => effects);
  }

  private receive(server: number, from: number, type: Message['type']): void {
    const message = this.draft.take(from, server);
    if (message?.type !== type) {
      throw new CannotPerform('event', `${type} is the next message`, `it is ${message?.type ?? 'none'}`);
    }
    this.give(server, { type: 'message', from: this.draft.id(from), message });
  }

  private give(server: number, event: Event): Performed {
    const { draft } = this;
    let effects: readonly Effect[];
    try {
      effects = draft.step(server, event);
    } catch (error) {
      const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      throw new CannotPerform('exception', `the peer takes the event ${event.type}`, `it throws ${what}`);
    }
    const before: Moment[] = [];
    let sent = 0;
    for (const effect of effects) {
      before.push({ host: draft.host(server), sent });
      try {
        if (draft.carryOut(server, effect)) sent += 1;
      } catch (error) {
        if (!(error instanceof HostRefusal)) throw error;
        throw new CannotPerform(
          'effect',
          `the host can carry out the effect ${effect.type}`,
          `the peer ${error.message}`,
        );
      }
    }
    const performed = { server, effects, before };
    this.performed.push(performed);
    return performed;
  }

  private zxidAt(server: number, length: number): typeof ZERO_ZXID {
    return this.draft.host(server).disk.history[length - 1]?.zxid ?? ZERO_ZXID;
  }
}

function lengthOf(value: Value | undefined): number {
  if (typeof value !== 'number')
    throw new TlaError('configuration', 'an action’s parameter is no length of a log');
  return value;
}
