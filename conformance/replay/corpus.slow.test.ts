import { fileURLToPath } from 'node:url';

import { expect, it } from 'vitest';

import { findModel, readModel } from '../cli/models.ts';
import { loadModel } from '../tla/explore/model-check.ts';
import { compareCorpus, makeCorpus } from './corpus.ts';

it('the committed corpus is what the present specification makes, and every scenario is found', async () => {
  const corpus = await makeCorpus({
    load: async (name) => loadModel(await readModel(findModel(name)), () => undefined),
  });
  expect(corpus.missing).toEqual([]);
  expect(compareCorpus(fileURLToPath(new URL('../../traces', import.meta.url)), corpus)).toEqual([]);
});
