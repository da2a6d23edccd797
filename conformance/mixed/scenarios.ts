/** The scenarios of mixed ensembles: each starts an ensemble of its own. */
import { useKazoo } from './kazoo.ts';
import type { MixedOptions } from './mixed-ensemble.ts';
import {
  compareLogs,
  cutTail,
  loseLearner,
  loseLeader,
  missOut,
  moveSession,
  reportRoles,
  writeThroughAll,
  type Stage,
} from './parts.ts';

/** More than ours keeps behind its snapshots when it takes one every twenty transactions. */
const TRANSACTIONS_MISSED = 100;

export interface Scenario {
  readonly name: string;
  readonly about: string;
  readonly options: Omit<MixedOptions, 'directory'>;
  readonly play: (stage: Stage) => Promise<void>;
}

/** What every ensemble must do, whoever leads first: the two largest servers are of different kinds, and lead in turn. */
async function lifeOfAnEnsemble(stage: Stage): Promise<void> {
  const { ensemble } = stage;
  const [one, two, three] = [1, 2, 3].map((id) => ensemble.server(id));
  if (one === undefined || two === undefined || three === undefined) throw new RangeError('three servers');
  await reportRoles(stage, 3);
  await writeThroughAll(stage);
  await moveSession(stage, three, two);
  await loseLearner(stage, one);
  await loseLearner(stage, two);
  await loseLeader(stage, three, two);
  await moveSession(stage, three, two);
  await loseLeader(stage, two, three);
  await writeThroughAll(stage);
  await compareLogs(stage);
}

/** Learners are brought up to date by a snapshot: a follower and an observer, which come for the first time and come back. */
async function snapshots(stage: Stage): Promise<void> {
  const { ensemble } = stage;
  await ensemble.leader();
  await writeThroughAll(stage);
  for (const id of [1, 4, 1]) {
    await missOut(stage, ensemble.server(id), TRANSACTIONS_MISSED);
    await writeThroughAll(stage);
  }
  await loseLeader(stage, ensemble.server(3), ensemble.server(2));
  await writeThroughAll(stage);
  await compareLogs(stage);
}

/** An observer of the other kind than the first leader, under leaders of both kinds, and one that comes back to each. */
async function observed(stage: Stage): Promise<void> {
  const { ensemble } = stage;
  const [two, three, observer] = [2, 3, 4].map((id) => ensemble.server(id));
  if (two === undefined || three === undefined || observer === undefined)
    throw new RangeError('four servers');
  await reportRoles(stage, 3);
  await writeThroughAll(stage);
  await moveSession(stage, observer, three);
  await loseLearner(stage, observer, ['DIFF', 'unsaid']);
  await loseLeader(stage, three, two);
  await writeThroughAll(stage);
  await moveSession(stage, observer, two);
  await loseLearner(stage, observer, ['DIFF', 'unsaid']);
  await compareLogs(stage);
}

async function otherClients(stage: Stage): Promise<void> {
  await reportRoles(stage, 3);
  await useKazoo(stage);
  await writeThroughAll(stage);
  await compareLogs(stage);
}

/** The leader's log diverges from those of the servers of the other kind, one of which cuts it. */
async function divergentTail(stage: Stage): Promise<void> {
  const { ensemble } = stage;
  await reportRoles(stage, 3);
  await writeThroughAll(stage);
  await cutTail(stage, ensemble.server(3), ensemble.server(2));
  await compareLogs(stage);
}

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'apache-first',
    about: 'Apache leads, then ours, then Apache; one of ours follows',
    options: { kinds: ['apache', 'ours', 'apache'], leader: 3 },
    play: lifeOfAnEnsemble,
  },
  {
    name: 'ours-first',
    about: 'Ours leads, then Apache, then ours; one of Apache follows',
    options: { kinds: ['ours', 'apache', 'ours'], leader: 3 },
    play: lifeOfAnEnsemble,
  },
  {
    name: 'apache-cut',
    about: 'Apache leads with a tail that nobody else has; ours leads next and sends TRUNC',
    options: { kinds: ['ours', 'ours', 'apache'], leader: 3 },
    play: divergentTail,
  },
  {
    name: 'ours-cut',
    about: 'Ours leads with a tail that nobody else has; Apache leads next and sends TRUNC',
    options: { kinds: ['apache', 'apache', 'ours'], leader: 3 },
    play: divergentTail,
  },
  {
    name: 'apache-snap',
    about: 'Apache leads, and brings ours up to date by SNAP',
    options: {
      kinds: ['ours', 'ours', 'apache', 'ours'],
      observers: 1,
      leader: 3,
      apacheProperties: ['zookeeper.forceSnapshotSync=true'],
    },
    play: snapshots,
  },
  {
    name: 'ours-snap',
    about: 'Ours leads, has forgotten the beginning of its history, and brings Apache up to date by SNAP',
    options: {
      kinds: ['apache', 'apache', 'ours', 'apache'],
      observers: 1,
      leader: 3,
      ourSettings: ['snapCount=20'],
    },
    play: snapshots,
  },
  {
    name: 'apache-observed',
    about: 'Apache leads, then ours; ours observes',
    options: { kinds: ['apache', 'ours', 'apache', 'ours'], observers: 1, leader: 3 },
    play: observed,
  },
  {
    name: 'ours-observed',
    about: 'Ours leads, then Apache; Apache observes',
    options: { kinds: ['ours', 'apache', 'ours', 'apache'], observers: 1, leader: 3 },
    play: observed,
  },
  {
    name: 'apache-kazoo',
    about: 'Apache leads; kazoo is the client',
    options: { kinds: ['ours', 'apache', 'apache'], leader: 3 },
    play: otherClients,
  },
  {
    name: 'ours-kazoo',
    about: 'Ours leads; kazoo is the client',
    options: { kinds: ['apache', 'ours', 'ours'], leader: 3 },
    play: otherClients,
  },
];
