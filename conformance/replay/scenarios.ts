/**
 * What the protocol is for, told as scenarios: each a list of milestones, met in order by a behaviour of the
 * specification. Between two milestones anything may happen; the witness is the shortest to each in turn. A milestone
 * sees one step, so where two are about the same servers, both name them: of the servers that a model treats alike, any
 * would do.
 */
import type { Value } from '../tla/values/value.ts';
import type { Moment, Step, Txn } from './scenario-step.ts';

export interface ScenarioTold {
  /** Also the name of the trace. */
  readonly name: string;
  readonly sentence: string;
  /** The model in which it is found. */
  readonly model: string;
  readonly milestones: readonly ((step: Step) => boolean)[];
}

type Name = 's1' | 's2' | 's3';
type Phase = 'DISCOVERY' | 'SYNCHRONIZATION' | 'BROADCAST';

const PHASES: readonly Phase[] = ['DISCOVERY', 'SYNCHRONIZATION', 'BROADCAST'];

const leads = (moment: Moment, server: Value): boolean => moment.text('role', server) === 'LEADING';
const follows = (moment: Moment, server: Value): boolean => moment.text('role', server) === 'FOLLOWING';
const isIn = (moment: Moment, server: Value, phase: Phase): boolean => moment.text('phase', server) === phase;
const established = (moment: Moment, server: Value): boolean =>
  leads(moment, server) && !isIn(moment, server, 'DISCOVERY');
const looks = (moment: Moment, server: Value): boolean => moment.text('role', server) === 'LOOKING';
const crashes = ({ action }: Step): boolean => action === 'Crash' || action === 'CrashUncut';
const others = ({ servers }: Moment, server: Value): readonly Value[] =>
  servers.filter((one) => one !== server);

/** Does the server take the step, towards or on a message from that other one, where it has one? */
const takenBy = ({ before, server, other }: Step, name: Name, otherName: Name = name): boolean =>
  server === before.named(name) && other === before.named(otherName);

/** A connection that is up at both ends: the follower has begun, and the leader has heard of it. */
const connected = (moment: Moment, leader: Value, follower: Value): boolean =>
  follows(moment, follower) &&
  moment.at('leader', follower) === leader &&
  moment.text('stage', follower) !== 'NONE' &&
  moment.learnerStage(leader, follower) !== 'NONE';

const nobodyDelivered = (moment: Moment): boolean =>
  moment.servers.every((server) => moment.number('committed', server) === 0);

/**
 * s1, the leader of epoch 1, crashes with a transaction of that epoch, which nobody delivered and no quorum has on disk.
 */
const diesWithProposal = (step: Step): boolean => {
  const { before, server } = step;
  const durable = before.servers.filter((one) => before.number('durable', one) > 0);
  return (
    crashes(step) &&
    takenBy(step, 's1') &&
    leads(before, server) &&
    before.history(server).some(({ epoch }) => epoch === 1) &&
    nobodyDelivered(before) &&
    2 * durable.length <= before.servers.length
  );
};

/** Does the server look for a leader, or is it down, and has it not taken part in epoch 2? */
const missesEpoch2 = (moment: Moment, server: Value): boolean =>
  looks(moment, server) && moment.number('acceptedEpoch', server) < 2;

/** The leader of epoch 2 delivers a transaction that was proposed in epoch 1. */
const deliversOlder = ({ before, after }: Step): boolean =>
  after.servers.some((server) => {
    const committed = after.number('committed', server);
    const last = after.history(server)[committed - 1];
    return (
      committed > before.number('committed', server) &&
      last?.epoch === 1 &&
      established(after, server) &&
      after.number('acceptedEpoch', server) === 2
    );
  });

const isCommitted = ({ before, after }: Step): boolean =>
  after.servers.some(
    (server) =>
      leads(after, server) && after.number('committed', server) > before.number('committed', server),
  );

/** Is the last epoch of a server's log above its currentEpoch? */
const logIsAhead = (moment: Moment, server: Value): boolean =>
  (moment.history(server).at(-1)?.epoch ?? 0) > moment.number('currentEpoch', server);

/** The transactions of a server's log that another one's has not. */
const tailBeyond = (moment: Moment, server: Value, other: Value): readonly Txn[] => {
  const has = moment.history(other);
  return moment
    .history(server)
    .filter(
      ({ epoch, counter, value }) =>
        !has.some((txn) => txn.epoch === epoch && txn.counter === counter && txn.value === value),
    );
};

const crashOf =
  (name: Name) =>
  (step: Step): boolean =>
    crashes(step) && step.server === step.before.named(name);

const perPhase = (
  tell: (phase: Phase) => Omit<ScenarioTold, 'name'> & { readonly stem: string },
): ScenarioTold[] =>
  PHASES.map((phase) => {
    const { stem, ...rest } = tell(phase);
    return { name: `${stem}-in-${phase.toLowerCase()}`, ...rest };
  });

export const SCENARIOS: readonly ScenarioTold[] = [
  ...perPhase((phase) => ({
    stem: 'leader-crashes',
    sentence: `A leader crashes in phase ${phase}, a follower being connected, and an epoch is established later.`,
    model: 'quick',
    milestones: [
      (step): boolean =>
        crashes(step) &&
        leads(step.before, step.server) &&
        isIn(step.before, step.server, phase) &&
        others(step.before, step.server).some((follower) => connected(step.before, step.server, follower)),
      ({ before, after }): boolean =>
        after.servers.some((server) => established(after, server) && !established(before, server)),
    ],
  })),
  {
    name: 'delivered-by-all',
    sentence:
      'A transaction is proposed in the broadcast phase; the leader delivers it, and its follower when told to.',
    model: 'quick',
    milestones: [
      (step): boolean =>
        step.action === 'Propose' &&
        takenBy(step, 's1') &&
        step.before.servers.every((server) => isIn(step.before, server, 'BROADCAST')),
      (step): boolean =>
        step.action === 'ReceiveCommit' &&
        takenBy(step, 's2', 's1') &&
        step.after.servers.every((server) => step.after.number('committed', server) === 1),
    ],
  },
  {
    name: 'follower-crashes-before-sync',
    sentence: 'A follower crashes after it appended a proposal and before the disk has it, which is lost.',
    model: 'quick',
    milestones: [
      (step): boolean =>
        step.action === 'Crash' &&
        follows(step.before, step.server) &&
        step.before.number('durable', step.server) < step.before.history(step.server).length &&
        step.length < step.before.history(step.server).length,
    ],
  },
  {
    name: 'two-leaders',
    sentence:
      'Two servers believe that they lead, both established; the one of the later epoch commits a transaction.',
    model: 'stale',
    milestones: [
      ({ after }): boolean => after.servers.filter((server) => established(after, server)).length === 2,
      (step): boolean => {
        const { after, server } = step;
        const rivals = others(after, server).filter((one) => established(after, one));
        return (
          isCommitted(step) &&
          established(after, server) &&
          rivals.length === 1 &&
          rivals.every((one) => after.number('acceptedEpoch', one) < after.number('acceptedEpoch', server))
        );
      },
    ],
  },
  {
    name: 'same-proposed-epoch',
    sentence:
      'Two servers hold the same proposed epoch, both accepted it, and only one of them is established.',
    model: 'rivals',
    milestones: [
      ({ after }): boolean => {
        const holders = after.servers.filter(
          (server) =>
            leads(after, server) &&
            after.number('proposedEpoch', server) > 0 &&
            after.number('acceptedEpoch', server) === after.number('proposedEpoch', server),
        );
        return (
          holders.length === 2 &&
          new Set(holders.map((server) => after.number('proposedEpoch', server))).size === 1 &&
          holders.filter((server) => established(after, server)).length === 1
        );
      },
    ],
  },
  {
    name: 'divergent-tail-truncated',
    sentence:
      'The tail of a follower’s log, in whose place its leader has another transaction, is cut off; the cut reaches ' +
      'the disk, and the follower has the leader’s log.',
    model: 'succession',
    milestones: [
      (step): boolean =>
        step.action === 'ReceiveTrunc' &&
        takenBy(step, 's1', 's2') &&
        tailBeyond(step.before, step.server, step.other).length > 0 &&
        tailBeyond(step.before, step.other, step.server).length > 0 &&
        tailBeyond(step.after, step.server, step.other).length === 0,
      (step): boolean =>
        step.action === 'Sync' &&
        takenBy(step, 's1') &&
        step.before.cutTail(step.server).length > 0 &&
        step.after.cutTail(step.server).length === 0,
      ({ action, server, after }): boolean =>
        action === 'StoreCurrentEpoch' &&
        server === after.named('s1') &&
        tailBeyond(after, server, after.named('s2')).length === 0 &&
        tailBeyond(after, after.named('s2'), server).length === 0,
    ],
  },
  {
    name: 'truncated-tail-returns',
    sentence:
      'A follower cuts a tail off that its leader does not have; it crashes before the cut has reached the disk, and ' +
      'starts again with the tail.',
    model: 'succession',
    milestones: [
      (step): boolean =>
        step.action === 'ReceiveTrunc' &&
        takenBy(step, 's1', 's2') &&
        tailBeyond(step.before, step.server, step.other).length > 0 &&
        tailBeyond(step.after, step.server, step.other).length === 0,
      (step): boolean =>
        step.action === 'CrashUncut' &&
        takenBy(step, 's1') &&
        tailBeyond(step.before, step.server, step.before.named('s2')).length === 0 &&
        tailBeyond(step.after, step.server, step.after.named('s2')).length > 0,
    ],
  },
  {
    name: 'replaced-log-returns-in-part',
    sentence:
      'A follower takes the history of its leader, which is empty, in the place of its own two transactions; it crashes ' +
      'before that has reached the disk, and starts again with the first of the two.',
    model: 'succession',
    milestones: [
      (step): boolean =>
        step.action === 'ReceiveSnap' &&
        takenBy(step, 's1', 's2') &&
        step.after.history(step.server).length === 0 &&
        step.after.cutTail(step.server).length === 2,
      (step): boolean =>
        step.action === 'CrashUncut' &&
        takenBy(step, 's1') &&
        step.before.cutTail(step.server).length === 2 &&
        step.length === 1,
    ],
  },
  {
    name: 'joins-late',
    sentence:
      'A server that has accepted no epoch and has no transaction connects to a leader which is in phase BROADCAST and ' +
      'has committed one; at UPTODATE it delivers what was committed meanwhile.',
    model: 'trio',
    milestones: [
      (step): boolean =>
        step.action === 'Connect' &&
        takenBy(step, 's3', 's1') &&
        isIn(step.before, step.other, 'BROADCAST') &&
        step.before.number('committed', step.other) > 0 &&
        step.before.number('acceptedEpoch', step.server) === 0 &&
        step.before.history(step.server).length === 0,
      (step): boolean =>
        step.action === 'ReceiveUpToDate' &&
        takenBy(step, 's3', 's1') &&
        step.before.number('committed', step.server) === 0 &&
        step.after.number('committed', step.server) > 0,
    ],
  },
  {
    name: 'proposal-before-uptodate',
    sentence:
      'A proposal reaches a learner after NEWLEADER and before UPTODATE, and is in its log when UPTODATE comes.',
    model: 'trio',
    milestones: [
      (step): boolean =>
        step.action === 'ReceiveProposal' &&
        takenBy(step, 's2', 's1') &&
        ['NEWLEADER', 'ACKED'].includes(step.before.text('stage', step.server)),
      (step): boolean =>
        step.action === 'ReceiveUpToDate' &&
        takenBy(step, 's2', 's1') &&
        step.before.history(step.server).length > 0,
    ],
  },
  {
    name: 'proposal-of-dead-leader-survives',
    sentence:
      'A leader crashes when it has proposed a transaction that nobody delivered and no quorum has on disk, but another ' +
      'server has in its log; the others commit it in the next epoch, without the dead leader.',
    model: 'restart',
    milestones: [
      (step): boolean =>
        diesWithProposal(step) &&
        others(step.after, step.server).some((server) => step.after.history(server).length > 0),
      (step): boolean => deliversOlder(step) && missesEpoch2(step.after, step.after.named('s1')),
    ],
  },
  {
    name: 'proposal-of-dead-leader-is-lost',
    sentence:
      'A leader crashes when it has proposed a transaction that nobody delivered and no other server has in its log; ' +
      'the others establish the next epoch without it, and without the dead leader, which has it still.',
    model: 'restart',
    milestones: [
      (step): boolean =>
        diesWithProposal(step) &&
        step.after.servers.every(
          (server) => step.after.history(server).length > 0 === (server === step.server),
        ),
      ({ action, after }): boolean => {
        const dead = after.named('s1');
        return (
          action === 'ReceiveUpToDate' &&
          missesEpoch2(after, dead) &&
          after.history(dead).length > 0 &&
          others(after, dead).every(
            (server) => after.history(server).length === 0 && isIn(after, server, 'BROADCAST'),
          )
        );
      },
    ],
  },
  ...(['s1', 's2', 's3'] as const).map((absent): ScenarioTold => {
    const quorum = (['s1', 's2', 's3'] as const).filter((name) => name !== absent);
    return {
      name: `committed-survives-crash-of-all-${quorum.join('-')}`,
      sentence:
        `A transaction is committed, all servers being up; all crash, none is up, and the quorum of ${quorum.join(' and ')} ` +
        'commits it again in the next epoch.',
      model: 'restart',
      milestones: [
        (step): boolean =>
          isCommitted(step) && !step.after.servers.some((server) => looks(step.after, server)),
        crashOf('s1'),
        crashOf('s2'),
        (step): boolean =>
          crashOf('s3')(step) && step.after.servers.every((server) => looks(step.after, server)),
        (step): boolean => deliversOlder(step) && missesEpoch2(step.after, step.after.named(absent)),
      ],
    };
  }),
  {
    name: 'crash-between-history-and-epoch',
    sentence:
      'A server crashes when the history it was sent is durable and currentEpoch is not stored: the last epoch of its ' +
      'log is above its currentEpoch. It starts again, follows the next leader, and with the log it had acknowledges ' +
      'NEWLEADER of epoch 2.',
    model: 'restart',
    milestones: [
      (step): boolean => {
        const { before, server } = step;
        const length = before.number('newLeaderAt', server);
        return (
          crashOf('s3')(step) &&
          before.text('stage', server) === 'NEWLEADER' &&
          length > 0 &&
          before.number('durable', server) >= length &&
          logIsAhead(before, server)
        );
      },
      (step): boolean =>
        step.action === 'Elected' &&
        takenBy(step, 's3', 's1') &&
        logIsAhead(step.before, step.server) &&
        tailBeyond(step.before, step.server, step.other).length === 0,
      (step): boolean =>
        step.action === 'StoreCurrentEpoch' &&
        takenBy(step, 's3') &&
        logIsAhead(step.before, step.server) &&
        step.before.history(step.server).at(-1)?.epoch === 1 &&
        step.after.number('currentEpoch', step.server) === 2,
    ],
  },
  ...perPhase((phase) => ({
    stem: 'connection-breaks',
    sentence:
      `The connection of a leader and a follower, both in phase ${phase}, breaks: first the leader finds out, then the ` +
      'follower, and what is under way to it is lost.',
    model: 'quick',
    milestones: [
      (step): boolean =>
        step.action === 'LoseLearner' &&
        takenBy(step, 's1', 's2') &&
        connected(step.before, step.server, step.other) &&
        isIn(step.before, step.server, phase) &&
        isIn(step.before, step.other, phase) &&
        step.before.underWay(step.server, step.other) > 0,
      (step): boolean => {
        const { before, after, server } = step;
        const leader = before.named('s1');
        return (
          step.action === 'Abandon' &&
          takenBy(step, 's2') &&
          before.at('leader', server) === leader &&
          isIn(before, leader, phase) &&
          isIn(before, server, phase) &&
          before.underWay(leader, server) > 0 &&
          after.underWay(leader, server) === 0
        );
      },
    ],
  })),
];
