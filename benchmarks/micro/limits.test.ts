import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { leastRate, parseLimits, strayNames } from './limits.ts';
import { PARTS } from './parts.ts';

const limits = { factorInMemory: 2.5, factorOnDisk: 4, relativeRates: { order: 10, log: 2 } };

describe('the limits of the parts', () => {
  it('allow a part to be slower than it was by a factor, which is larger where the disk is measured', () => {
    expect(leastRate(limits, { name: 'order', onDisk: false })).toBe(4);
    expect(leastRate(limits, { name: 'log', onDisk: true })).toBe(0.5);
    expect(leastRate(limits, { name: 'other', onDisk: false })).toBeUndefined();
  });

  it('are read from a file, and what is wrong with it is said', () => {
    expect(parseLimits(JSON.stringify(limits))).toEqual(limits);
    const refused = (change: object): unknown => parseLimits(JSON.stringify({ ...limits, ...change }));
    expect(parseLimits('{')).toMatch(/^it is no JSON/);
    expect(parseLimits('[]')).toBe('an object is expected');
    expect(refused({ factorInMemory: 1 })).toBe('factorInMemory is no number above 1');
    expect(refused({ factorOnDisk: '4' })).toBe('factorOnDisk is no number above 1');
    expect(refused({ relativeRates: [] })).toBe('relativeRates is no object');
    expect(refused({ relativeRates: { order: 0 } })).toBe('the rate of "order" is no positive number');
  });

  it('name parts that are gone', () => {
    expect(strayNames(limits, ['order'])).toEqual(['log']);
  });

  it('stand in the file for every part, and for nothing else', () => {
    const kept = parseLimits(readFileSync(new URL('../limits.json', import.meta.url), 'utf8'));
    if (typeof kept === 'string') throw new Error(kept);
    const names = PARTS.map(({ name }) => name);
    expect(Object.keys(kept.relativeRates).sort()).toEqual(names.toSorted());
  });
});
