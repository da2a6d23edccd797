import { beforeAll, describe, expect, it } from 'vitest';

import { findModel, readModel } from '../cli/models.ts';
import { loadModel } from '../tla/explore/model-check.ts';
import { findWitnesses, type Edge } from '../tla/explore/witness.ts';
import { stepTeller, type Step } from './scenario-step.ts';
import { SCENARIOS } from './scenarios.ts';
import { Vocabulary } from './vocabulary.ts';

interface Told {
  readonly steps: readonly Step[];
  /** For each milestone, the number of its step, from 0. */
  readonly milestones: readonly number[];
}

// What milestones cannot say, since each sees one step: what happens between them.
const told = new Map<string, Told>();

beforeAll(async () => {
  for (const name of new Set(SCENARIOS.map(({ model }) => model))) {
    const { specification, codec } = await loadModel(await readModel(findModel(name)), () => undefined);
    const tell = stepTeller(specification, new Vocabulary(specification).servers);
    const scenarios = SCENARIOS.filter(({ model }) => model === name).map((scenario) => ({
      name: scenario.name,
      milestones: scenario.milestones.map((milestone) => (edge: Edge) => milestone(tell(edge))),
    }));
    for (const witness of await findWitnesses(specification, codec, scenarios)) {
      if (witness.kind === 'missing') continue;
      const steps = witness.path.flatMap(({ action, args, state }, index): Step[] => {
        const source = witness.path[index - 1]?.state;
        return action === undefined || source === undefined
          ? []
          : [tell({ source, action, args: args ?? [], target: state })];
      });
      told.set(witness.name, { steps, milestones: witness.milestones.map((position) => position - 1) });
    }
  }
}, 300_000);

function story(name: string): Told {
  const found = told.get(name);
  if (found === undefined) throw new Error(`${name} is not found`);
  return found;
}

/** The step of a milestone; -1 is the last one. */
function milestone(name: string, at: number): Step {
  const { steps, milestones } = story(name);
  const step = steps[milestones.at(at) ?? NaN];
  if (step === undefined) throw new Error(`${name} has no milestone ${at}`);
  return step;
}

/** The actions that a server takes in the steps from one number up to, and without, another. */
function actionsOf(steps: readonly Step[], server: string, from = 0, to = Infinity): string[] {
  return steps
    .slice(from, to)
    .filter((step) => step.server === step.before.named(server))
    .map(({ action }) => action);
}

const log = (step: Step, server: string): string[] =>
  step.after.history(step.after.named(server)).map(({ epoch, counter }) => `${epoch}.${counter}`);
const logBefore = (step: Step, server: string): string[] =>
  step.before.history(step.before.named(server)).map(({ epoch, counter }) => `${epoch}.${counter}`);
const FAULTS = ['LoseLearner', 'Abandon', 'Crash', 'CrashUncut'];
const ENDS = FAULTS.slice(1);

it('every scenario is found in its model', () => {
  expect([...told.keys()].sort()).toEqual(SCENARIOS.map(({ name }) => name).sort());
});

describe('the witness tells the story of its sentence', () => {
  it('two leaders: neither of them gives up, and they are of different epochs', () => {
    const { steps } = story('two-leaders');
    const { after } = milestone('two-leaders', -1);
    const epochs = after.servers
      .filter((server) => after.text('role', server) === 'LEADING')
      .map((server) => after.number('acceptedEpoch', server));
    expect(epochs.sort()).toEqual([1, 2]);
    for (const leader of ['s1', 's2']) {
      expect(actionsOf(steps, leader).filter((action) => ENDS.includes(action))).toEqual([]);
    }
  });

  it('delivered by all: nothing breaks, the leader delivers first, and the disk of a quorum is before it', () => {
    const { steps } = story('delivered-by-all');
    expect(steps.filter(({ action }) => FAULTS.includes(action))).toEqual([]);
    const delivers = steps.findIndex(({ after }) => after.number('committed', after.named('s1')) === 1);
    const syncs = steps.flatMap(({ action }, index) => (action === 'Sync' ? [index] : []));
    expect(syncs).toHaveLength(2);
    expect(Math.max(...syncs)).toBeLessThanOrEqual(delivers);
    expect(delivers).toBeLessThan(steps.length - 1);
  });

  it('a divergent tail: s1 ends with the log of s2', () => {
    const cut = milestone('divergent-tail-truncated', 0);
    const end = milestone('divergent-tail-truncated', -1);
    expect(logBefore(cut, 's1')).toEqual(['1.1', '1.2']);
    expect(logBefore(cut, 's2')).toEqual(['1.1', '2.1']);
    expect(log(cut, 's1')).toEqual(['1.1']);
    expect(log(end, 's1')).toEqual(['1.1', '2.1']);
    const { steps, milestones } = story('divergent-tail-truncated');
    const between = actionsOf(steps, 's1', milestones[0], milestones[2]);
    expect(between.filter((action) => ENDS.includes(action))).toEqual([]);
  });

  it('a truncated tail: s1 starts again with exactly what it had before the cut', () => {
    const cut = milestone('truncated-tail-returns', 0);
    const crash = milestone('truncated-tail-returns', 1);
    expect(log(cut, 's1').length).toBeLessThan(logBefore(cut, 's1').length);
    expect(logBefore(crash, 's1')).toEqual(log(cut, 's1'));
    expect(log(crash, 's1')).toEqual(logBefore(cut, 's1'));
  });

  it('a replaced log: s1 starts again with the first of the two transactions that it had', () => {
    const replaced = milestone('replaced-log-returns-in-part', 0);
    const crash = milestone('replaced-log-returns-in-part', 1);
    expect(logBefore(replaced, 's1')).toEqual(['1.1', '1.2']);
    expect(log(replaced, 's1')).toEqual([]);
    expect(log(crash, 's1')).toEqual(['1.1']);
  });

  it('a late join: s3 never talked to anybody before, and stays until UPTODATE', () => {
    const { steps, milestones } = story('joins-late');
    expect(actionsOf(steps, 's3', 0, milestones[0])).toEqual(['Elected']);
    const since = actionsOf(steps, 's3', milestones[0]);
    expect(since.filter((action) => FAULTS.includes(action))).toEqual([]);
    expect(since.at(0)).toBe('Connect');
    expect(since.at(-1)).toBe('ReceiveUpToDate');
    expect(log(milestone('joins-late', -1), 's3')).toEqual(['1.1']);
  });

  it('a proposal before UPTODATE: on one connection, after NEWLEADER', () => {
    const actions = actionsOf(story('proposal-before-uptodate').steps, 's2');
    expect(actions.filter((action) => FAULTS.includes(action))).toEqual([]);
    const order = ['ReceiveNewLeader', 'ReceiveProposal', 'ReceiveUpToDate'];
    expect(actions.filter((action) => order.includes(action))).toEqual(order);
  });

  it.each(['survives', 'is-lost'])('a proposal that %s: the dead leader stays dead', (fate) => {
    const name = `proposal-of-dead-leader-${fate}`;
    const { steps, milestones } = story(name);
    expect(actionsOf(steps, 's1', (milestones[0] ?? NaN) + 1)).toEqual([]);
    const { after } = milestone(name, -1);
    expect(after.number('acceptedEpoch', after.named('s1'))).toBe(1);
    const fresh = fate === 'survives' ? ['1.1'] : [];
    for (const server of ['s2', 's3']) expect(log(milestone(name, -1), server)).toEqual(fresh);
    const committed = steps.flatMap((step) =>
      step.after.servers.map((server) => step.after.number('committed', server)),
    );
    expect(Math.max(...committed)).toBe(fresh.length);
  });

  it.each([
    ['s1-s2', 's3'],
    ['s1-s3', 's2'],
    ['s2-s3', 's1'],
  ])('a committed transaction: the quorum of %s has it again, and %s stays down', (quorum, absent) => {
    const name = `committed-survives-crash-of-all-${quorum}`;
    const { steps, milestones } = story(name);
    const restart = (milestones[3] ?? NaN) + 1;
    expect(actionsOf(steps, absent, restart)).toEqual([]);
    for (const server of quorum.split('-')) {
      expect(actionsOf(steps, server, milestones[0], restart)).toContain('Crash');
      expect(log(milestone(name, -1), server)).toEqual(['1.1']);
    }
  });

  it('a crash between history and epoch: s3 keeps its log, and does not crash again', () => {
    const name = 'crash-between-history-and-epoch';
    const { steps, milestones } = story(name);
    const [crash = NaN] = milestones;
    const since = actionsOf(steps, 's3', crash + 1);
    expect(since.filter((action) => FAULTS.includes(action))).toEqual([]);
    for (const { before, after } of steps.slice(crash)) {
      expect(after.at('history', after.named('s3'))).toEqual(before.at('history', before.named('s3')));
    }
  });

  it.each(['DISCOVERY', 'SYNCHRONIZATION', 'BROADCAST'])(
    'a connection that breaks in phase %s: on one connection, and nobody crashes',
    (phase) => {
      const name = `connection-breaks-in-${phase.toLowerCase()}`;
      const { steps } = story(name);
      expect(steps.map(({ action }) => action).filter((action) => FAULTS.includes(action))).toEqual([
        'LoseLearner',
        'Abandon',
      ]);
      const { before, after } = milestone(name, -1);
      const [s1, s2] = [before.named('s1'), before.named('s2')];
      expect([before.text('phase', s1), before.text('phase', s2)]).toEqual([phase, phase]);
      expect(before.underWay(s1, s2)).toBeGreaterThan(0);
      expect(after.underWay(s1, s2)).toBe(0);
      expect(before.learnerStage(s1, s2)).toBe('NONE');
    },
  );
});
