/**
 * Batches are the host's: requests and proposals that came together given as one run, several syncs reported as one,
 * acknowledgements and commits that came together taken as the last of them. For the peer each batch stands for a sequence of the spec's steps, and however the same events are batched, it
 * ends in the same state and has delivered the same.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ofKind, runOf } from '../broadcast/testing/payloads.ts';
import type { Transaction } from '../broadcast/transaction.ts';
import { zxid, type Zxid } from '../broadcast/zxid.ts';
import { serverId, type ServerId } from './ensemble.ts';
import type { Event } from './events.ts';
import { Peer } from './peer.ts';
import type { PeerSnapshot } from './snapshot.ts';
import { TestCluster } from './testing/cluster.ts';

const LEADER = serverId(1);
const FOLLOWER = serverId(2);
const OTHER = serverId(3);
const EPOCH = 1;

/** A peer of a cluster whose leader's epoch is established, nothing proposed yet. */
function established(id: ServerId): PeerSnapshot {
  const cluster = new TestCluster(3);
  cluster.elected(LEADER, LEADER);
  for (const follower of [FOLLOWER, OTHER]) {
    cluster.elected(follower, LEADER);
    cluster.connect(follower, LEADER);
  }
  const pairs = cluster.ensemble.flatMap((s) => cluster.ensemble.map((t) => [s, t] as const));
  while (cluster.ensemble.some((s) => cluster.server(s).peer.phase !== 'BROADCAST')) {
    for (const [s, t] of pairs) cluster.receive(s, t);
    for (const s of cluster.ensemble) {
      const { disk } = cluster.server(s);
      cluster.sync(s, disk.history.length);
      if (disk.pendingEpoch !== undefined) cluster.storeCurrentEpoch(s);
    }
  }
  for (const [s, t] of pairs) cluster.receive(s, t);
  return cluster.server(id).peer.snapshot();
}

/** An event, and by whom it is overtaken: of a run of one source, which is cumulative, the last one says it all. */
interface Step {
  readonly event: Event;
  readonly source: string | undefined;
}

/** What comes next, and how much of what may be reported is; from 0 to below 1. */
interface Choice {
  readonly what: 'new' | 'durable' | 'one' | 'other';
  readonly part: number;
}

const CHOICES = fc.array(
  fc.record({
    what: fc.constantFrom('new', 'new', 'durable', 'one', 'other'),
    part: fc.constantFrom(0, 0.2, 0.5),
  }),
  { minLength: 30, maxLength: 90 },
);

/** The cumulative counts that the events of a run report, never going back. */
class Counts {
  readonly #reached = new Map<string, number>();

  /** The zxid that the source reports next, at most that of `most`; undefined when it has reported all. */
  next(source: string, part: number, most: number): Zxid | undefined {
    const reached = this.#reached.get(source) ?? 0;
    if (reached === most) return undefined;
    const counter = reached + 1 + Math.floor(part * (most - reached - 1));
    this.#reached.set(source, counter);
    return zxid(EPOCH, counter);
  }

  of(source: string): number {
    return this.#reached.get(source) ?? 0;
  }
}

/** What a leader meets: requests, its own disk, and the acknowledgements of two followers. */
function leaderSteps(choices: readonly Choice[]): Step[] {
  const counts = new Counts();
  let proposed = 0;
  return choices.flatMap(({ what, part }): Step[] => {
    if (what === 'new') {
      proposed++;
      return [{ event: { type: 'propose', payloads: [Uint8Array.of(proposed)] }, source: undefined }];
    }
    const z = counts.next(what, part, proposed);
    if (z === undefined) return [];
    if (what === 'durable') return [{ event: { type: 'logDurable', zxid: z }, source: what }];
    const from = what === 'one' ? FOLLOWER : OTHER;
    return [{ event: { type: 'message', from, message: { type: 'ACK', zxid: z } }, source: what }];
  });
}

/** What a follower meets: proposals, its own disk, and commits of what it has. */
function followerSteps(choices: readonly Choice[]): Step[] {
  const counts = new Counts();
  let received = 0;
  return choices.flatMap(({ what, part }): Step[] => {
    if (what === 'new') {
      received++;
      const transaction = { zxid: zxid(EPOCH, received), payload: Uint8Array.of(received) };
      return [
        {
          event: {
            type: 'message',
            from: LEADER,
            message: { type: 'PROPOSAL', transactions: [transaction] },
          },
          source: undefined,
        },
      ];
    }
    const source = what === 'durable' ? what : 'commit';
    const z = counts.next(source, part, received);
    if (z === undefined) return [];
    if (source === 'durable') return [{ event: { type: 'logDurable', zxid: z }, source }];
    return [{ event: { type: 'message', from: LEADER, message: { type: 'COMMIT', zxid: z } }, source }];
  });
}

/** In each batch, drops what a later step of the same source overtakes, and makes runs of what follows one another. */
function batched(steps: readonly Step[], ends: readonly boolean[]): Step[] {
  const kept: Step[] = [];
  let batch: Step[] = [];
  const close = (): void => {
    const last = batch.filter(
      ({ source }, at) =>
        source === undefined || !batch.slice(at + 1).some((later) => later.source === source),
    );
    kept.push(...last.reduce(joined, []));
    batch = [];
  };
  steps.forEach((step, at) => {
    batch.push(step);
    if (ends[at % Math.max(ends.length, 1)] === true) close();
  });
  close();
  return kept;
}

/** Adds a step to the last one, if the two are one run. */
function joined(steps: Step[], step: Step): Step[] {
  const before = steps.at(-1)?.event;
  const { event } = step;
  if (before?.type === 'propose' && event.type === 'propose') {
    const payloads = runOf([...before.payloads, ...event.payloads], 0);
    return [...steps.slice(0, -1), { ...step, event: { ...event, payloads } }];
  }
  if (before?.type === 'message' && event.type === 'message') {
    const [first, second] = [before.message, event.message];
    if (first.type === 'PROPOSAL' && second.type === 'PROPOSAL') {
      const together = [...first.transactions, ...second.transactions];
      const transactions = ofKind(together, { begins: [], gap: 20 });
      const message = { ...second, transactions };
      return [...steps.slice(0, -1), { ...step, event: { ...event, message } }];
    }
  }
  return [...steps, step];
}

interface Outcome {
  readonly state: PeerSnapshot;
  readonly appended: readonly Transaction[];
  readonly delivered: readonly Transaction[];
  /** To each server the last of the messages that are cumulative, and each proposal. */
  readonly told: Readonly<Record<string, readonly unknown[]>>;
}

function outcome(id: ServerId, from: PeerSnapshot, steps: readonly Step[]): Outcome {
  const peer = Peer.restore({ id, ensemble: [LEADER, FOLLOWER, OTHER] }, from);
  const effects = steps.flatMap(({ event }) => peer.step(event));
  const told: Record<string, unknown[]> = {};
  for (const effect of effects) {
    if (effect.type !== 'send') continue;
    const { to, message } = effect;
    const name = `${message.type} to ${to}`;
    if (message.type === 'COMMIT' || message.type === 'ACK') told[name] = [message];
    else (told[name] ??= []).push(...(message.type === 'PROPOSAL' ? [...message.transactions] : [message]));
  }
  return {
    state: peer.snapshot(),
    appended: effects.flatMap((effect) => (effect.type === 'append' ? [...effect.transactions] : [])),
    delivered: effects.flatMap((effect) => (effect.type === 'deliver' ? [...effect.transactions] : [])),
    told,
  };
}

function isRun({ event }: Step): boolean {
  if (event.type === 'propose') return event.payloads.length > 1;
  return (
    event.type === 'message' && event.message.type === 'PROPOSAL' && event.message.transactions.length > 1
  );
}

describe('however the same events are batched,', () => {
  it.each([
    { name: 'a leader', id: LEADER, stepsOf: leaderSteps },
    { name: 'a follower', id: FOLLOWER, stepsOf: followerSteps },
  ])('$name ends in the same state, and has appended, delivered and told the same', ({ id, stepsOf }) => {
    const start = established(id);
    let overtaken = 0;
    let runs = 0;
    let delivered = 0;
    fc.assert(
      fc.property(
        CHOICES,
        fc.array(fc.constantFrom(true, false, false, false), { maxLength: 20 }),
        (choices, ends) => {
          const steps = stepsOf(choices);
          const fewer = batched(steps, ends);
          overtaken += steps.length - fewer.length;
          runs += fewer.filter(isRun).length;
          const one = outcome(id, start, steps);
          delivered += one.delivered.length;
          expect(outcome(id, start, fewer)).toEqual(one);
        },
      ),
      { numRuns: 300 },
    );
    // Otherwise nothing was tried.
    expect(overtaken).toBeGreaterThan(500);
    expect(runs).toBeGreaterThan(500);
    expect(delivered).toBeGreaterThan(500);
  });
});
