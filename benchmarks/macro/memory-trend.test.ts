import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { memoryTrend, slope } from './memory-trend.ts';

const MB = 1e6;

/** A sample a second. */
function samples(seconds: number, at: (second: number) => number): number[] {
  return Array.from({ length: seconds }, (_, second) => at(second));
}

describe('the trend of memory', () => {
  it('is that of the second half: what a process needs to find its size does not count', () => {
    const rises = memoryTrend(samples(120, (second) => Math.min(100 + 5 * second, 200) * MB));
    expect(rises).toEqual({ meanBytes: 200 * MB, bytesPerMinute: 0, flat: true });
  });

  it('is flat where memory goes up and down, and not where it goes up', () => {
    expect(memoryTrend(samples(600, (second) => (200 + (second % 7)) * MB))?.flat).toBe(true);
    const leak = memoryTrend(samples(600, (second) => (200 + second / 10) * MB));
    expect(leak?.flat).toBe(false);
    expect(leak?.bytesPerMinute).toBeCloseTo(6 * MB);
  });

  it('is not told of a few seconds', () => {
    expect(memoryTrend(samples(119, () => MB))).toBeUndefined();
  });

  it('is the slope of any straight line', () => {
    const numbers = fc.integer({ min: -1000, max: 1000 });
    fc.assert(
      fc.property(numbers, numbers, fc.integer({ min: 2, max: 100 }), (start, rise, count) => {
        expect(slope(samples(count, (second) => start + rise * second))).toBeCloseTo(rise);
      }),
    );
    expect(slope([7])).toBe(0);
  });
});
