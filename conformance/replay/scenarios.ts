/**
 * What the protocol is for, told as scenarios: each a list of milestones, met in order by a behaviour of the
 * specification. Between two milestones anything may happen; the witness is the shortest to each in turn.
 */
import type { Value } from '../tla/values/value.ts';
import type { Moment, Step } from './scenario-step.ts';

export interface ScenarioTold {
  /** Also the name of the trace. */
  readonly name: string;
  readonly sentence: string;
  /** The model in which it is found. */
  readonly model: string;
  readonly milestones: readonly ((step: Step) => boolean)[];
}

type Phase = 'DISCOVERY' | 'SYNCHRONIZATION' | 'BROADCAST';

const PHASES: readonly Phase[] = ['DISCOVERY', 'SYNCHRONIZATION', 'BROADCAST'];

const leads = (moment: Moment, server: Value): boolean => moment.text('role', server) === 'LEADING';
const follows = (moment: Moment, server: Value): boolean => moment.text('role', server) === 'FOLLOWING';
const isIn = (moment: Moment, server: Value, phase: Phase): boolean => moment.text('phase', server) === phase;
const established = (moment: Moment, server: Value): boolean =>
  leads(moment, server) && !isIn(moment, server, 'DISCOVERY');
const crashes = ({ action }: Step): boolean => action === 'Crash' || action === 'CrashUncut';
const others = ({ servers }: Moment, server: Value): readonly Value[] =>
  servers.filter((one) => one !== server);

/** A connection that is up at both ends: the follower has begun, and the leader has heard of it. */
const connected = (moment: Moment, leader: Value, follower: Value): boolean =>
  follows(moment, follower) &&
  moment.at('leader', follower) === leader &&
  moment.text('stage', follower) !== 'NONE' &&
  moment.learnerStage(leader, follower) !== 'NONE';

const nobodyDelivered = (moment: Moment): boolean =>
  moment.servers.every((server) => moment.number('committed', server) === 0);

/** A leader of epoch 1 dies with a transaction that nobody delivered, and which others have. */
const diesWithProposal = (step: Step): boolean =>
  crashes(step) &&
  leads(step.before, step.server) &&
  step.before.history(step.server).some(({ epoch }) => epoch === 1) &&
  nobodyDelivered(step.before);

/** Somebody delivers a transaction that was committed in a later epoch than it was proposed in. */
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

/** The crash of the server with this number, from 0. */
const crashOf =
  (index: number) =>
  (step: Step): boolean =>
    crashes(step) && step.server === step.before.servers[index];

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
      (step): boolean =>
        isCommitted(step) &&
        step.after.servers.filter((server) => established(step.after, server)).length === 2,
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
    sentence: 'A follower’s tail that its leader does not have is cut off, and the cut reaches the disk.',
    model: 'succession',
    milestones: [
      ({ action }): boolean => action === 'ReceiveTrunc',
      (step): boolean => step.action === 'Sync' && step.before.cutTail(step.server).length > 0,
    ],
  },
  {
    name: 'truncated-tail-returns',
    sentence: 'A crash brings a truncated tail back, since the cut had not reached the disk.',
    model: 'succession',
    milestones: [
      (step): boolean =>
        step.action === 'CrashUncut' &&
        step.after.history(step.server).length > step.before.history(step.server).length,
    ],
  },
  {
    name: 'joins-late',
    sentence: 'A server joins a leader in phase BROADCAST, and delivers what was committed meanwhile.',
    model: 'trio',
    milestones: [
      (step): boolean =>
        step.action === 'ReceiveAckEpoch' &&
        isIn(step.before, step.server, 'BROADCAST') &&
        step.before.number('committed', step.server) > 0 &&
        step.before.history(step.other).length === 0,
      (step): boolean => step.action === 'ReceiveUpToDate' && step.after.number('committed', step.server) > 0,
    ],
  },
  {
    name: 'proposal-before-uptodate',
    sentence: 'A proposal reaches a learner between NEWLEADER and UPTODATE.',
    model: 'trio',
    milestones: [
      (step): boolean =>
        step.action === 'ReceiveProposal' &&
        ['NEWLEADER', 'ACKED'].includes(step.before.text('stage', step.server)),
      ({ action }): boolean => action === 'ReceiveUpToDate',
    ],
  },
  {
    name: 'proposal-of-dead-leader-survives',
    sentence:
      'A transaction that a dead leader proposed and nobody committed is committed in the next epoch.',
    model: 'quick',
    milestones: [
      (step): boolean =>
        diesWithProposal(step) &&
        others(step.after, step.server).some((server) => step.after.history(server).length > 0),
      deliversOlder,
    ],
  },
  {
    name: 'proposal-of-dead-leader-is-lost',
    sentence:
      'A transaction that a dead leader proposed and nobody committed is in no history of the next epoch.',
    model: 'quick',
    milestones: [
      (step): boolean => diesWithProposal(step),
      ({ action, after }): boolean =>
        action === 'ReceiveUpToDate' &&
        after.servers.every(
          (server) => after.history(server).length === 0 && after.number('acceptedEpoch', server) === 2,
        ),
    ],
  },
  ...([0, 1, 2] as const).map((absent): ScenarioTold => {
    const quorum = [1, 2, 3].filter((id) => id !== absent + 1);
    return {
      name: `committed-survives-crash-of-all-s${quorum.join('-s')}`,
      sentence: `A transaction is committed, all servers crash, and the quorum of s${quorum.join(' and s')} commits it again.`,
      model: 'restart',
      milestones: [
        isCommitted,
        crashOf(0),
        crashOf(1),
        crashOf(2),
        (step): boolean => {
          const idle = step.after.servers[absent];
          return deliversOlder(step) && idle !== undefined && step.after.number('acceptedEpoch', idle) < 2;
        },
      ],
    };
  }),
  {
    name: 'crash-between-history-and-epoch',
    sentence:
      'A server crashes when the history it was sent is durable and currentEpoch is not stored: the last epoch of its ' +
      'log is above its currentEpoch. It starts again, and takes part.',
    model: 'restart',
    milestones: [
      (step): boolean => {
        const { before, server } = step;
        const length = before.number('newLeaderAt', server);
        return (
          crashes(step) &&
          before.text('stage', server) === 'NEWLEADER' &&
          length > 0 &&
          before.number('durable', server) >= length &&
          logIsAhead(before, server)
        );
      },
      (step): boolean => step.action === 'Elected' && logIsAhead(step.before, step.server),
      (step): boolean => step.action === 'StoreCurrentEpoch' && logIsAhead(step.before, step.server),
    ],
  },
  ...perPhase((phase) => ({
    stem: 'connection-breaks',
    sentence: `The connection of a leader in phase ${phase} with a follower breaks, messages being under way.`,
    model: 'quick',
    milestones: [
      (step): boolean =>
        step.action === 'LoseLearner' &&
        isIn(step.before, step.server, phase) &&
        connected(step.before, step.server, step.other) &&
        step.before.underWay(step.other, step.server) > 0,
    ],
  })),
];
