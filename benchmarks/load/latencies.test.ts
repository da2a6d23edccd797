import { describe, expect, it } from 'vitest';

import { Latencies } from './latencies.ts';

function of(...ms: number[]): Latencies {
  const latencies = Latencies.empty();
  for (const value of ms) latencies.record(value);
  return latencies;
}

describe('latencies', () => {
  it('gives percentiles in microseconds, to three digits', () => {
    const { p50us, p90us, p99us, p999us, maxUs, meanUs } = of(
      ...Array.from({ length: 1000 }, (_, index) => index + 1),
    ).figures;
    const near = (value: number, expected: number): void => {
      expect(Math.abs(value / expected - 1)).toBeLessThan(0.001);
    };
    near(p50us, 500_000);
    near(p90us, 900_000);
    near(p99us, 990_000);
    near(p999us, 999_000);
    near(maxUs, 1_000_000);
    near(meanUs, 500_500);
  });

  it('is all 0 when nothing was recorded', () => {
    expect(Latencies.empty().figures).toEqual({
      p50us: 0,
      p90us: 0,
      p99us: 0,
      p999us: 0,
      maxUs: 0,
      meanUs: 0,
    });
  });

  it('takes what is under a microsecond, and over an hour, for the nearest that it knows', () => {
    expect(of(0).figures.maxUs).toBe(1);
    const { maxUs } = of(5 * 3_600_000).figures;
    expect(Math.abs(maxUs / 3.6e9 - 1)).toBeLessThan(0.001);
  });

  it('comes through its encoding unchanged', () => {
    const latencies = of(0.001, 0.47, 2, 97, 1210, 3_600_000);
    const decoded = Latencies.decode(latencies.encoded);
    expect(decoded.figures).toEqual(latencies.figures);
    expect(decoded.count).toBe(6);
  });

  it('adds up: those of several runs are as those of one', () => {
    const together = Latencies.together([
      of(1, 2, 3),
      Latencies.empty(),
      Latencies.decode(of(400, 5).encoded),
    ]);
    expect(together.count).toBe(5);
    expect(together.figures).toEqual(of(1, 2, 3, 400, 5).figures);
  });

  it('tells how many were where, in ranges that grow', () => {
    const latencies = Latencies.empty();
    for (const ms of [0.2, 0.3, 5, 5, 5, 70]) latencies.record(ms);
    const ranges = latencies.spread(1);
    expect(ranges.map(({ fromUs, toUs, count }) => [Math.round(fromUs), Math.round(toUs), count])).toEqual([
      [100, 1000, 2],
      [1000, 10_000, 3],
      [10_000, 100_000, 1],
    ]);
    const finer = Latencies.decode(latencies.encoded).spread(10);
    expect(finer.reduce((sum, { count }) => sum + count, 0)).toBe(6);
    expect(finer.at(0)?.count).toBe(1);
    expect(finer.at(-1)?.count).toBe(1);
    expect(Latencies.empty().spread(10)).toEqual([]);
  });
});
