/**
 * A peer that forgets what lies before its snapshots, beside one that remembers everything: the same events, the same
 * messages and deliveries, but for SNAP in the place of DIFF or TRUNC.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lastZxidOf, type HistoryContent } from '../broadcast/history.ts';
import type { Transaction } from '../broadcast/transaction.ts';
import { ZERO_ZXID, zxidLess, zxidsEqual, type Zxid } from '../broadcast/zxid.ts';
import type { Effect } from './effects.ts';
import { serverId, type ServerId } from './ensemble.ts';
import type { Event } from './events.ts';
import type { Message } from './messages.ts';
import { Peer } from './peer.ts';

const [one, two, three] = [serverId(1), serverId(2), serverId(3)];
const ensemble = [one, two, three];

/** Two peers that are given the same events, of which the first alone is told of snapshots. */
class Twins {
  readonly forgetful: Peer;
  readonly mindful: Peer;
  /** How often the first one forgot something. */
  forgot = 0;
  readonly delivered: Zxid[] = [];

  constructor(id: ServerId, epoch: number, log: readonly Transaction[]) {
    const disk = { acceptedEpoch: epoch, currentEpoch: epoch, history: whole(log), durable: log.length };
    this.forgetful = Peer.recover({ id, ensemble }, disk);
    this.mindful = Peer.recover({ id, ensemble }, disk);
  }

  /** Gives both the event; `same` says whether their effects are as they should be. */
  step(
    event: Event,
    same = (a: readonly Effect[], b: readonly Effect[]) => {
      expect(a).toEqual(b);
    },
  ): Effect[] {
    const effects = this.mindful.step(event);
    same(this.forgetful.step(event), effects);
    for (const effect of effects) {
      if (effect.type === 'deliver') this.delivered.push(...[...effect.transactions].map(({ zxid }) => zxid));
      else if (effect.type === 'deliverSnapshot') this.delivered.push(effect.zxid);
    }
    expect(this.forgetful.deliveredZxid).toEqual(this.mindful.deliveredZxid);
    expect(this.forgetful.lastZxid).toEqual(this.mindful.lastZxid);
    return [...effects];
  }

  hear(
    from: ServerId,
    message: Message,
    same?: (a: readonly Effect[], b: readonly Effect[]) => void,
  ): Effect[] {
    return this.step({ type: 'message', from, message }, same);
  }

  /** A snapshot of something that was delivered is on disk. */
  compact(part: number): void {
    const zxid = pick(this.delivered, part);
    if (zxid === undefined) return;
    const { base } = this.forgetful.snapshot().history;
    expect(this.forgetful.step({ type: 'compacted', zxid })).toEqual([]);
    if (zxidLess(base, this.forgetful.snapshot().history.base)) this.forgot++;
  }
}

const whole = (transactions: readonly Transaction[]): HistoryContent => ({ base: ZERO_ZXID, transactions });

const transaction = (epoch: number, counter: number): Transaction => ({
  zxid: { epoch, counter },
  payload: Uint8Array.of(epoch, counter),
});

function pick<T>(list: readonly T[], part: number): T | undefined {
  return list[Math.floor(part * list.length)];
}

function upTo(log: readonly Transaction[], zxid: Zxid): readonly Transaction[] {
  return log.slice(0, log.findIndex((t) => zxidsEqual(t.zxid, zxid)) + 1);
}

/** From 0 to less than 1, evenly: doubles would be small for the most part. */
const part = fc.nat(999).map((n) => n / 1000);

const leaderCommands = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.constant({ do: 'propose' } as const) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('sync' as const), part }) },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('ack' as const), part, of: fc.constantFrom(two, three) }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('compact' as const), part }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('rejoin' as const),
        part,
        of: fc.constantFrom(two, three),
        astray: fc.boolean(),
      }),
    },
  ),
  { maxLength: 60, size: 'max' },
);

it('a leader that forgets says the same, but sends SNAP to whoever lacks what it has forgotten', () => {
  let forgot = 0;
  let snaps = 0;
  fc.assert(
    fc.property(fc.nat(5), leaderCommands, (length, commands) => {
      const log = Array.from({ length }, (_, i) => transaction(1, i + 1));
      const twins = new Twins(one, 1, [...log]);
      twins.step({ type: 'elected', leader: one });
      /** A learner whose history is `theirs` comes and is brought up to date. */
      const join = (learner: ServerId, theirs: readonly Transaction[], last: Zxid): void => {
        twins.step({ type: 'disconnected', peer: learner });
        twins.step({ type: 'connected', peer: learner });
        twins.hear(learner, { type: 'FOLLOWERINFO', epoch: 1 });
        const same = (a: readonly Effect[], b: readonly Effect[]): void => {
          expect(brought(a, log, theirs)).toEqual(brought(b, log, theirs));
          if (a.some((effect) => effect.type === 'send' && effect.message.type === 'SNAP')) snaps++;
        };
        twins.hear(learner, { type: 'ACKEPOCH', epoch: 1, zxid: last }, same);
        twins.step({ type: 'currentEpochStored', epoch: 2 }, same);
        twins.hear(learner, { type: 'ACK', zxid: { epoch: 2, counter: 0 } });
      };
      join(two, log, lastZxidOf(whole(log)));
      expect(twins.mindful.phase).toBe('BROADCAST');
      for (const command of commands) {
        const ours = log.filter(({ zxid }) => zxid.epoch === 2);
        switch (command.do) {
          case 'propose': {
            const next = transaction(2, ours.length + 1);
            log.push(next);
            twins.step({ type: 'propose', payloads: [next.payload] });
            break;
          }
          case 'sync': {
            const zxid = pick(log, command.part)?.zxid;
            if (zxid !== undefined) twins.step({ type: 'logDurable', zxid });
            break;
          }
          case 'ack': {
            const zxid = pick(ours, command.part)?.zxid;
            if (zxid !== undefined) twins.hear(command.of, { type: 'ACK', zxid });
            break;
          }
          case 'compact':
            twins.compact(command.part);
            break;
          case 'rejoin': {
            const theirs = log.slice(0, Math.floor(command.part * (log.length + 1)));
            const last = lastZxidOf(whole(theirs));
            // A proposal of epoch 1 that nobody here has, behind all those of epoch 1.
            const astray = command.astray && last.epoch < 2 && theirs.length === length;
            join(command.of, theirs, astray ? { epoch: 1, counter: length + 1 } : last);
          }
        }
      }
      forgot += twins.forgot;
    }),
    { numRuns: 150 },
  );
  expect(forgot).toBeGreaterThan(20);
  expect(snaps).toBeGreaterThan(5);
});

/** What the learner ends with, and all the rest: equal for DIFF, TRUNC and SNAP that do the same. */
function brought(
  effects: readonly Effect[],
  log: readonly Transaction[],
  theirs: readonly Transaction[],
): { learned: readonly Transaction[]; rest: readonly Effect[] } {
  let learned = theirs;
  const rest: Effect[] = [];
  for (const effect of effects) {
    const message = effect.type === 'send' ? effect.message : undefined;
    if (message?.type === 'TRUNC') learned = upTo(log, message.zxid);
    else if (message?.type === 'PROPOSAL') learned = [...learned, ...message.transactions];
    else if (message?.type === 'SNAP') {
      learned = [...upTo(log, message.history.base), ...message.history.transactions];
    } else if (message?.type !== 'DIFF') rest.push(effect);
  }
  return { learned, rest };
}

const followerCommands = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.constant({ do: 'proposal' } as const) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('commit' as const), part }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('sync' as const), part }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('compact' as const), part }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('follow' as const),
        way: fc.constantFrom('DIFF', 'TRUNC', 'SNAP'),
        /** How much of what was not delivered the new leader has, how much its snapshot stands for, what else it has. */
        kept: part,
        base: part,
        more: fc.nat(2),
        goesOn: fc.nat(3),
      }),
    },
  ),
  { maxLength: 60, size: 'max' },
);

it('a follower that forgets answers and delivers the same', () => {
  let forgot = 0;
  let snapshots = 0;
  fc.assert(
    fc.property(followerCommands, (commands) => {
      const twins = new Twins(two, 0, []);
      let log: Transaction[] = [];
      let epoch = 0;
      /** How many transactions the snapshot stands for that was taken last. */
      let taken = 0;
      const deliveries = (): number => upTo(log, twins.mindful.deliveredZxid).length;
      const read = (message: Message): Effect[] => twins.hear(one, message);
      const propose = (): void => {
        const last = lastZxidOf(whole(log));
        const next = transaction(epoch, last.epoch === epoch ? last.counter + 1 : 1);
        log.push(next);
        read({ type: 'PROPOSAL', transactions: [next] });
      };
      const syncAll = (): void => {
        twins.step({ type: 'logDurable', zxid: lastZxidOf(whole(log)) });
      };
      for (const command of commands) {
        if (epoch === 0 && command.do !== 'follow') continue;
        switch (command.do) {
          case 'proposal':
            propose();
            break;
          case 'commit': {
            // What is told twice, and what was forgotten since, says nothing.
            const zxid = pick(log, command.part)?.zxid;
            if (zxid !== undefined) read({ type: 'COMMIT', zxid });
            break;
          }
          case 'sync': {
            const zxid = pick(log, command.part)?.zxid;
            if (zxid !== undefined) twins.step({ type: 'logDurable', zxid });
            break;
          }
          case 'compact':
            twins.compact(command.part);
            break;
          case 'follow': {
            syncAll();
            twins.step({ type: 'timeout' });
            epoch++;
            twins.step({ type: 'elected', leader: one });
            twins.step({ type: 'connected', peer: one });
            read({ type: 'LEADERINFO', epoch });
            // What a snapshot from a leader stands for is committed: every later leader has it.
            const least = Math.max(deliveries(), command.way === 'TRUNC' ? taken : 0);
            if (command.way !== 'DIFF')
              log = log.slice(0, least + Math.floor(command.kept * (log.length - least + 1)));
            if (command.way === 'DIFF') read({ type: 'DIFF' });
            else if (command.way === 'TRUNC') read({ type: 'TRUNC', zxid: lastZxidOf(whole(log)) });
            else {
              for (let i = 1; i <= command.more; i++) log.push(transaction(epoch, i));
              const base = Math.floor(command.base * (log.length + 1));
              const before = whole(log.slice(0, base));
              read({
                type: 'SNAP',
                history: { base: lastZxidOf(before), transactions: log.slice(base) },
              });
              if (base > least) snapshots++;
              taken = base;
            }
            if (command.goesOn === 0) break;
            for (let i = 0; i < command.more; i++) propose();
            const zxid = lastZxidOf(whole(log));
            if (!zxidsEqual(zxid, ZERO_ZXID)) read({ type: 'COMMIT', zxid });
            read({ type: 'NEWLEADER', zxid: { epoch, counter: 0 } });
            syncAll();
            twins.step({ type: 'currentEpochStored', epoch });
            read({ type: 'UPTODATE' });
            expect(twins.mindful.phase).toBe('BROADCAST');
          }
        }
      }
      forgot += twins.forgot;
    }),
    { numRuns: 150 },
  );
  expect(forgot).toBeGreaterThan(20);
  expect(snapshots).toBeGreaterThan(5);
});
