import { expect, it } from 'vitest';

import { DefinitionReader } from '../../tla/definitions.ts';
import { assumptionsOf, PROGRESS, without } from './fairness.ts';

const signal = new AbortController().signal;
const [zab] = PROGRESS;
if (zab === undefined) throw new Error('Zab has a specification of progress');

it('knows the assumptions of a specification, without the name for all of them', async () => {
  const names = assumptionsOf(await DefinitionReader.create(), zab);
  expect(names.length).toBeGreaterThan(10);
  expect(names).toContain('FairSync');
  expect(names).not.toContain('Fairness');
});

it('finds that an assumption is needed', async () => {
  const row = await without(zab, 'FairConnect', signal);
  expect(row).toMatchObject({ model: 'progress', end: { result: 'liveness', violated: 'LeaderEmerges' } });
});

it('finds that something else than an assumption is not needed', async () => {
  // A property instead of an assumption: what is true for sure cannot fail.
  const row = await without({ ...zab, models: ['progressDisks'] }, 'EverybodyIsServed', signal);
  expect(row.model).toBeUndefined();
});
