/** Elections in lockstep with their specification, on a model small enough for the fast loop, and with bugs on purpose. */
import { fileURLToPath } from 'node:url';

import { beforeAll, describe, expect, it } from 'vitest';

import { parseConfiguration } from '../../tla/config/configuration-file.ts';
import { loadModel, type LoadedModel } from '../../tla/explore/model-check.ts';
import { runModel } from '../model-conformance.ts';
import { ELECTION_ACTIONS } from './election-binding.ts';
import { ELECTION_VARIABLES } from './election-vocabulary.ts';

const SPEC = fileURLToPath(new URL('../../../spec/', import.meta.url));

/** Two servers, logs that differ and grow, two rounds, older words under way. */
const PAIR = `
SPECIFICATION Spec
CONSTANTS
  Server = {1, 2}
  Claim <- TwoClaims
  Flight = 1
  None = None
  MaxRound = 2
CONSTRAINT Bounds
CHECK_DEADLOCK FALSE
`;

let pair: LoadedModel;

beforeAll(async () => {
  pair = await loadModel(
    {
      tla: `${SPEC}models/election.tla`,
      configuration: parseConfiguration(PAIR, 'pair.cfg'),
      libraries: [SPEC],
    },
    () => undefined,
  );
});

describe('elections in lockstep', () => {
  it('follow every edge, remember nothing more, and do nothing else', async () => {
    const run = await runModel('pair', pair, { workers: 1 });
    expect(run.mismatch).toBeUndefined();
    expect(run.verdict).toEqual({ kind: 'ok' });
    expect(run.edges).toBeGreaterThan(1000);
    expect(run.edgesReplayed).toBe(run.edges);
    expect(run.refusals).toBeGreaterThan(run.figures.distinct);
    expect([...run.taken.keys()].sort()).toEqual([...ELECTION_ACTIONS].sort());
    expect(Math.min(...run.taken.values())).toBeGreaterThan(0);
  });

  it.each(ELECTION_VARIABLES)('a falsified %s is found', async (variable) => {
    const { mismatch } = await runModel('pair', pair, { workers: 1, lockstep: { falsified: variable } });
    expect(mismatch?.detail).toMatchObject({ kind: 'variable', what: variable });
  });
});
