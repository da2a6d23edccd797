import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { readConfigurationFile } from '../config/configuration-file.ts';
import { loadModel, modelCheck, type LoadedModel, type ModelCheckOptions } from './model-check.ts';
import type { Outcome } from './outcome.ts';

const FOLDER = join(import.meta.dirname, '..', 'testmodels');

async function load(module: string, config: string): Promise<LoadedModel> {
  const configuration = await readConfigurationFile(join(FOLDER, `${config}.cfg`));
  return loadModel({ tla: join(FOLDER, `${module}.tla`), configuration, libraries: [] }, () => undefined);
}

async function explore(
  module: string,
  config: string,
  options: Partial<ModelCheckOptions>,
): Promise<{ outcome: Outcome; printed: string[] }> {
  const printed: string[] = [];
  const outcome = await modelCheck(await load(module, config), {
    workers: 1,
    print: (line) => printed.push(line),
    ...options,
  });
  return { outcome, printed };
}

/** Everything by worker threads, a few states at a time. */
const threads = { workers: 2, aloneStates: 0, blockStatesMax: 3 };

describe('worker threads', () => {
  it.each([
    ['Ring', 'RingSymmetric'],
    ['Ring', 'RingViolated'],
    ['Ring', 'RingOutside'],
    ['Ring', 'RingInvariantFails'],
    ['Stairs', 'StairsFaulty'],
  ])('come to the outcome of a single thread for %s with %s', async (module, config) => {
    const alone = await explore(module, config, {});
    const together = await explore(module, config, threads);
    expect(JSON.stringify(together.outcome)).toBe(JSON.stringify(alone.outcome));
  });

  it('carry a companion along, each its own', async () => {
    const companion = {
      url: new URL('../testmodels/reciting-companion.ts', import.meta.url).href,
      options: { stumblesAt: '' },
    };
    const alone = await explore('Ring', 'RingViolated', { companion });
    const together = await explore('Ring', 'RingViolated', { companion, ...threads });
    expect(alone.outcome.figures.counters['edges']).toBeGreaterThan(100);
    expect(together.outcome.figures).toEqual(alone.outcome.figures);
  });

  it('tell of a mismatch as a single thread does', async () => {
    const companion = {
      url: new URL('../testmodels/reciting-companion.ts', import.meta.url).href,
      options: { stumblesAt: 'Pass' },
    };
    const alone = await explore('Ring', 'Ring', { companion });
    const together = await explore('Ring', 'Ring', { companion, ...threads });
    expect(alone.outcome.verdict).toMatchObject({ kind: 'found', finding: { kind: 'mismatch' } });
    expect(JSON.stringify(together.outcome)).toBe(JSON.stringify(alone.outcome));
  });

  it('that cannot load the model end the exploration with their reason', async () => {
    const model = await load('Ring', 'Ring');
    const elsewhere = { ...model, source: { ...model.source, tla: join(FOLDER, 'Gone.tla') } };
    await expect(modelCheck(elsewhere, threads)).rejects.toThrow(/Gone\.tla/);
  });
});
