import { afterAll, describe, expect, it } from 'vitest';

import { Falsifier } from '../mutants/falsification.ts';
import { VARIABLES } from './projection.ts';

describe('a variable that is projected as if it never changed makes lockstep fail', () => {
  const falsifier = new Falsifier();
  const seen = new Set<string>();

  it.each(VARIABLES)('%s', async (variable) => {
    const { mismatch } = await falsifier.run(variable);
    expect(mismatch?.detail).toMatchObject({ kind: 'variable', what: variable });
    seen.add(variable);
  });

  afterAll(() => {
    expect(seen.size).toBe(17);
  });
});
