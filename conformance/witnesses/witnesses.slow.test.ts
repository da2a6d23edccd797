import { describe, expect, test } from 'vitest';

import { readWitnesses, search, WITNESSES } from './witnesses.ts';

describe('every witness of spec/witnesses', () => {
  test.each(readWitnesses(WITNESSES))('$name is found', async (witness) => {
    expect(await search(WITNESSES, witness)).toMatchObject({ kind: 'shown' });
  });
});
