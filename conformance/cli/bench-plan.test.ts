import { describe, expect, it } from 'vitest';

import { SCENARIOS, type ScenarioName } from '../../benchmarks/macro/results.ts';
import { ascending, bytes, plansOf, type BenchArguments } from './bench-plan.ts';

const defaults: BenchArguments = { op: 'setData', payload: 100, warmup: 3, servers: 3, dir: '/data' };

function refusal(names: readonly ScenarioName[], given: Partial<BenchArguments>): string {
  try {
    plansOf(names, { ...defaults, ...given });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('it was accepted');
}

describe('what zab bench is asked to do', () => {
  it('is one load of 6 × 200 when nothing is said', () => {
    expect(plansOf([], defaults)).toEqual([
      {
        scenario: 'load',
        options: {
          servers: 3,
          runs: 1,
          against: undefined,
          directory: '/data',
          connections: 6,
          outstanding: 200,
          ratePerSecond: undefined,
          payloadBytes: 100,
          warmupSeconds: 3,
          seconds: 10,
        },
      },
    ]);
  });

  it('alternates two runs where ours is compared, lets many wait in an open loop, and takes minutes', () => {
    const [plan] = plansOf([], { ...defaults, against: 'zookeeper', rate: 5000, minutes: 1.5 });
    expect(plan?.options).toMatchObject({ runs: 2, outstanding: 10_000, ratePerSecond: 5000, seconds: 90 });
  });

  it('has defaults for each scenario', () => {
    expect(plansOf(SCENARIOS, defaults)).toMatchObject([
      { scenario: 'load', options: { seconds: 10 } },
      { scenario: 'sweep', sweptBy: 'outstanding', levels: [10, 30, 100, 300, 1000, 3000, 10_000] },
      { scenario: 'log-size', logBytes: 1e9 },
      { scenario: 'pause-follower', pauseSeconds: 10 },
      { scenario: 'kill-leader', options: { seconds: 20 } },
      { scenario: 'direct', options: { seconds: 5, runs: 2 } },
    ]);
  });

  it('sweeps over rates instead', () => {
    const [plan] = plansOf(['sweep'], { ...defaults, rates: [1000, 2000] });
    expect(plan).toMatchObject({ sweptBy: 'rate', levels: [1000, 2000], options: { outstanding: 10_000 } });
  });

  it('gives an option to those scenarios that know it, and refuses one that none knows', () => {
    const [load, direct] = plansOf(['load', 'direct'], { ...defaults, against: 'zookeeper', rate: 1000 });
    expect(load?.options).toMatchObject({ against: 'zookeeper', ratePerSecond: 1000 });
    expect(direct?.options).toMatchObject({ against: undefined, ratePerSecond: undefined, outstanding: 200 });
    expect(refusal(['direct'], { against: 'zookeeper' })).toBe('--against means nothing to direct');
    expect(refusal([], { logSize: 1e9 })).toBe('--log-size means nothing to load');
    expect(refusal(['pause-follower', 'log-size'], { seconds: 5 })).toBe(
      '--seconds means nothing to pause-follower, log-size',
    );
  });

  it('is refused when it contradicts itself', () => {
    expect(refusal(['load', 'load'], {})).toBe('a scenario is named twice');
    expect(refusal([], { seconds: 5, minutes: 1 })).toBe(
      '--seconds and --minutes say the same: give one of them',
    );
    expect(refusal(['sweep'], { levels: [1], rates: [1] })).toBe(
      '--levels and --rates are two ways to sweep: give one of them',
    );
  });
});

describe('values of options', () => {
  it('are sizes with a unit', () => {
    expect(['500MB', '10GB', '1.5GB', '2000000'].map(bytes)).toEqual([5e8, 1e10, 1.5e9, 2e6]);
    for (const text of ['', '10 GB', '1GiB', '10kB', '-1GB', '1e9', 'GB', '1XB', '10K']) {
      expect(() => bytes(text), text).toThrow('It must be a size of 1MB or more, such as 500MB or 10GB.');
    }
  });

  it('are numbers that ascend', () => {
    const read = ascending(1, 1000);
    expect(read('1,10,1000')).toEqual([1, 10, 1000]);
    for (const text of ['', '0', '10,1', '1,1', '1,,2', '1001', '1, 2', 'x']) {
      expect(() => read(text), text).toThrow('It must be whole numbers from 1 to 1000, ascending');
    }
  });
});
