/** Elections in lockstep with their specification, on a model small enough for the fast loop, and with bugs on purpose. */
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { parseConfiguration } from '../../tla/config/configuration-file.ts';
import type { JsonValue } from '../../tla/explore/companion.ts';
import { loadModel, modelCheck } from '../../tla/explore/model-check.ts';
import type { Outcome } from '../../tla/explore/outcome.ts';
import { ELECTION_VARIABLES } from './election-vocabulary.ts';

const SPEC = fileURLToPath(new URL('../../../spec/', import.meta.url));
const COMPANION = new URL('./election-lockstep.ts', import.meta.url).href;

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

async function explore(options: JsonValue): Promise<Outcome> {
  const model = await loadModel(
    {
      tla: `${SPEC}models/election.tla`,
      configuration: parseConfiguration(PAIR, 'pair.cfg'),
      libraries: [SPEC],
    },
    () => undefined,
  );
  return modelCheck(model, { workers: 1, companion: { url: COMPANION, options } });
}

describe('elections in lockstep', () => {
  it('follow every edge, remember nothing more, and do nothing else', async () => {
    const { verdict, figures } = await explore({});
    expect(verdict).toEqual({ kind: 'ok' });
    expect(figures.edges).toBeGreaterThan(1000);
    expect(figures.counters['edgesReplayed']).toBe(figures.edges);
    expect(figures.counters['refusals']).toBeGreaterThan(figures.distinct);
    const taken = new Set(
      figures.actions.filter(({ generated }) => generated > 0).map(({ action }) => action.name),
    );
    expect(taken.size).toBe(13);
  });

  it.each(ELECTION_VARIABLES)('a falsified %s is found', async (variable) => {
    const { verdict } = await explore({ falsified: variable });
    expect(verdict).toMatchObject({
      kind: 'found',
      finding: { kind: 'mismatch', detail: { what: variable } },
    });
  });
});
