import { fileURLToPath } from 'node:url';

import { beforeAll, describe, expect, it } from 'vitest';

import { findModel, readModel } from '../cli/models.ts';
import { loadModel, type LoadedModel } from '../tla/explore/model-check.ts';
import { runModel } from './model-conformance.ts';
import { VARIABLES } from './projection.ts';
import { TraceReplayer } from './trace-replay.ts';

let quick: LoadedModel;

beforeAll(async () => {
  quick = await loadModel(await readModel(findModel('quick')), () => undefined);
});

describe('lockstep over the quick model', () => {
  it('replays every edge, and nothing differs', async () => {
    const run = await runModel('quick', quick, { workers: 1 });
    expect(run.mismatch).toBeUndefined();
    expect(run.verdict.kind).toBe('ok');
    expect(run.edgesReplayed).toBe(run.edges);
    // Distinct edges cannot be more than what was generated, and here few are generated twice.
    expect(run.edges).toBeGreaterThan(0.9 * run.figures.generated);
    expect(run.refusals).toBeGreaterThan(run.figures.distinct);
    expect(run.crashPrefixes).toBeGreaterThan(0);
  });

  // The quick model cuts no log.
  it.each(VARIABLES.filter((variable) => variable !== 'cutTail'))(
    'fails when the projection of %s is falsified, and says so',
    async (variable) => {
      const { mismatch } = await runModel('quick', quick, { workers: 1, lockstep: { falsified: variable } });
      expect(mismatch?.detail).toMatchObject({ kind: 'variable', what: variable });
      expect(mismatch?.path.length).toBeGreaterThan(1);
    },
  );

  it('fails when the projection of cutTail is falsified, along a trace that cuts a log', async () => {
    const file = fileURLToPath(new URL('../../traces/divergent-tail-truncated.itf.json', import.meta.url));
    const { mismatch } = await new TraceReplayer().replay(file, { falsified: 'cutTail' });
    expect(mismatch?.detail).toMatchObject({ kind: 'variable', what: 'cutTail' });
  });
});
