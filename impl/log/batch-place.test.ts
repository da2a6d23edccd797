import { describe, expect, it } from 'vitest';

import { BatchPlace } from './batch-place.ts';
import { createNode } from './testing/transactions.ts';

const one = [createNode(1, 1)];

describe('a batch', () => {
  it('is written on the main thread when it is small, in the thread pool when it is not', () => {
    const place = new BatchPlace();
    expect(place.isHere(one, 0)).toBe(true);
    expect(
      place.isHere(
        Array.from({ length: 100 }, (_, at) => createNode(1, 1 + at)),
        0,
      ),
    ).toBe(false);
    expect(place.isHere([createNode(1, 1, 100_000)], 0)).toBe(false);
    expect(place.isHere([createNode(1, 1), createNode(1, 2, 10_000)], 0)).toBe(false);
  });

  it('goes to the thread pool for a while after the disk was slow', () => {
    const place = new BatchPlace();
    place.took(1000, 1001);
    expect(place.isHere(one, 1001)).toBe(true);
    place.took(1001, 1101);
    expect(place.isHere(one, 1101)).toBe(false);
    expect(place.isHere(one, 1102)).toBe(false);
    expect(place.isHere(one, 3000)).toBe(true);
  });
});
