import { tmpdir } from 'node:os';

import { describe, expect, it } from 'vitest';

import { UsageError } from '../../conformance/cli/failure.ts';
import { PARTS, partsNamed } from './parts.ts';
import { withPart } from './with-part.ts';

describe('the parts of the hot path', () => {
  it.each(PARTS.map((part) => [part.name, part] as const))(
    '%s: can be run again and again',
    async (_, part) => {
      const operations = await withPart(part, tmpdir(), async (opened) => {
        for (let runs = 0; runs < 3; runs++) await opened.run();
        return opened.operations;
      });
      expect(operations).toBeGreaterThan(0);
    },
  );

  it('have names of their own, and are found by them', () => {
    expect(new Set(PARTS.map(({ name }) => name)).size).toBe(PARTS.length);
    expect(partsNamed(undefined)).toEqual(PARTS);
    expect(partsNamed('zxid').map(({ name }) => name)).toEqual(['zxid: assign and compare']);
    expect(() => partsNamed('no such part')).toThrow(UsageError);
  });
});
