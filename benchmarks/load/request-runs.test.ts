import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { RequestRuns } from './request-runs.ts';

describe('requests under way in runs', () => {
  it('are answered as one by one: each with when it was sent', () => {
    const step = fc.record({ push: fc.integer({ min: 1, max: 9 }), answer: fc.integer({ min: 0, max: 12 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const runs = new RequestRuns();
        const expected: number[] = [];
        steps.forEach(({ push, answer }, sent) => {
          runs.push(sent, push);
          for (let left = push; left > 0; left--) expected.push(sent);
          const count = Math.min(answer, expected.length);
          const found: number[] = [];
          const times: number[] = [];
          runs.answer(count, (time, many) => {
            times.push(time);
            for (let left = many; left > 0; left--) found.push(time);
          });
          expect(found).toEqual(expected.splice(0, count));
          expect(times).toEqual([...new Set(found)]);
          expect(runs.outstanding).toBe(expected.length);
        });
      }),
    );
  });

  it('are no fewer than are answered', () => {
    const runs = new RequestRuns();
    runs.push(1, 2);
    expect(() => {
      runs.answer(3, () => undefined);
    }).toThrow(RangeError);
  });
});
