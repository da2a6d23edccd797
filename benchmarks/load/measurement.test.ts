import { describe, expect, it } from 'vitest';

import { Measurement } from './measurement.ts';

describe('the measured time', () => {
  // From 3000 to 5000 ms.
  const begin = (): Measurement => new Measurement(1000, 2, 2);

  it('counts answers that came within it, in their second', () => {
    const measurement = begin();
    for (const now of [2999, 3000, 3999.9, 4000, 4999, 5000]) measurement.record(now, now);
    expect(measurement.answered).toBe(4);
    expect(measurement.perSecond).toEqual([2, 2]);
  });

  it('takes the latency of requests that were to be sent within it, also of those answered after it', () => {
    const measurement = begin();
    measurement.record(2999, 3500);
    expect(measurement.latencies.count).toBe(0);
    measurement.record(4999, 65_000);
    measurement.record(5000, 5001);
    expect(measurement.latencies.count).toBe(1);
    expect(Math.round(measurement.latencies.figures.maxUs / 1e6)).toBe(60);
  });
});
