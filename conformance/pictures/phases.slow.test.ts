import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, it } from 'vitest';

import { findModel, readModel } from '../cli/models.ts';
import { loadModel } from '../tla/explore/model-check.ts';
import { PHASES_FILE, phasesPicture, PICTURES_FOLDER } from './committed.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

it('the picture of the phases is what npm run pictures makes', async () => {
  const load = async (name: string): ReturnType<typeof loadModel> =>
    loadModel(await readModel(findModel(name)), () => undefined);
  const made = await phasesPicture(load, 2);
  expect(readFileSync(join(ROOT, PICTURES_FOLDER, PHASES_FILE), 'utf8')).toBe(made);
  for (const action of ['ReceiveSnap', 'ReceiveTrunc', 'CrashUncut'])
    expect(made).toContain(`>${action}</text>`);
});
