import { describe, expect, it } from 'vitest';

import type { TimelineFigures } from '../load/timeline.ts';
import { outageOf } from './killed-leader.ts';

/** Bins of 100 ms: so many answers in each, so often. */
function timeline(...pieces: readonly (readonly [answers: number, bins: number])[]): TimelineFigures {
  const answered = pieces.flatMap(([answers, bins]) => Array.from({ length: bins }, () => answers));
  const none = answered.map(() => null);
  return { binMs: 100, answered, p50us: none, p99us: none, maxUs: none };
}

describe('what a killed leader does to the throughput', () => {
  it('is an outage from the kill to the first answer after it, and then a recovery', () => {
    const outage = outageOf(timeline([100, 30], [0, 12], [20, 5], [110, 30]), 3);
    expect(outage).toMatchObject({ outageMs: 1200, opsPerSecBefore: 1000, opsPerSecAfter: 1044 });
    // From there on a second has nine tenths of a thousand answers: twice 20, eight times 110.
    expect(outage.recoveredMs).toBe(1500);
  });

  it('lasts until the last gap: some answers may still come from the other servers', () => {
    expect(outageOf(timeline([100, 20], [30, 2], [0, 8], [100, 20]), 2).outageMs).toBe(1000);
  });

  it('is no outage when nothing stops, and no end of one when nothing comes any more', () => {
    expect(outageOf(timeline([100, 20], [0, 1], [100, 20]), 2).outageMs).toBe(0);
    expect(outageOf(timeline([100, 20], [0, 20]), 2)).toEqual({
      outageMs: undefined,
      recoveredMs: undefined,
      opsPerSecBefore: 1000,
      opsPerSecAfter: 0,
    });
  });

  it('is not recovered from when less is answered than before', () => {
    const outage = outageOf(timeline([100, 20], [0, 5], [50, 20]), 2);
    expect(outage).toMatchObject({ outageMs: 500, recoveredMs: undefined, opsPerSecAfter: 0 });
  });
});
