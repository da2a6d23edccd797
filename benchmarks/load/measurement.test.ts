import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { fractionsOf } from '../../impl/broadcast/testing/fractions.ts';
import { Measurement } from './measurement.ts';
import { perSecond } from './timeline.ts';

describe('the measured time', () => {
  // From 3000 to 5000 ms.
  const begin = (binMs = 1000): Measurement => new Measurement(1000, 2, 2, binMs);

  it('counts answers that came within it, in their second', () => {
    const measurement = begin();
    for (const now of [2999, 3000, 3999.9, 4000, 4999, 5000]) measurement.record(now, now);
    expect(measurement.answered).toBe(4);
    expect(measurement.timeline().answered).toEqual([2, 2]);
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

  it('is the same whether answers are recorded one by one or in runs', () => {
    // About the measured time, in order; latencies from under a microsecond to over an hour.
    const run = fc.record({
      afterMs: fractionsOf(700),
      latencyMs: fc.oneof(fractionsOf(0.01), fractionsOf(3), fractionsOf(4_000_000)),
      count: fc.integer({ min: 1, max: 300 }),
    });
    fc.assert(
      fc.property(fc.array(run, { maxLength: 12 }), (runs) => {
        const together = begin(100);
        const single = begin(100);
        let now = 2500;
        for (const { afterMs, latencyMs, count } of runs) {
          now += afterMs;
          together.record(now - latencyMs, now, count);
          for (let left = count; left > 0; left--) single.record(now - latencyMs, now);
        }
        expect(together.answered).toBe(single.answered);
        expect(together.latencies.encoded).toBe(single.latencies.encoded);
        expect(together.latencies.figures).toEqual(single.latencies.figures);
        expect(together.timeline()).toEqual(single.timeline());
      }),
    );
  });

  it('can end before its time, at the end of a bin', () => {
    const measurement = begin(100);
    measurement.record(3000, 3001);
    measurement.endSoon(3150);
    expect(measurement.seconds).toBeCloseTo(0.2);
    measurement.record(3180, 3199);
    measurement.record(3180, 3201);
    expect(measurement.answered).toBe(2);
    expect(measurement.timeline().answered).toEqual([1, 1]);
    measurement.endSoon(4000);
    expect(measurement.to).toBe(3200);
  });

  it('tells of each bin how long its answers took, and of one without answers nothing', () => {
    const measurement = begin(500);
    for (const [sent, now] of [
      [2990, 3000],
      [3100, 3499],
      [3400, 4100],
    ] as const) {
      measurement.record(sent, now);
    }
    const { answered, p50us, p99us, maxUs, ...rest } = measurement.timeline();
    expect({ answered, rest }).toEqual({ answered: [2, 0, 1, 0], rest: { binMs: 500 } });
    const milliseconds = [p50us, p99us, maxUs].map((figures) =>
      figures.map((us) => (us === null ? null : Math.round(us / 1000))),
    );
    expect(milliseconds).toEqual([
      [10, null, 700, null],
      [399, null, 700, null],
      [399, null, 700, null],
    ]);
    expect(perSecond(measurement.timeline())).toEqual([2, 1]);
  });
});
