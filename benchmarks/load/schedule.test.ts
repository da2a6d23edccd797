import { describe, expect, it } from 'vitest';

import { Schedule } from './schedule.ts';

/** All that is due at that time, sent. */
function sendDue(schedule: Schedule, now: number): number[] {
  const times: number[] = [];
  for (let time = schedule.due(now); time !== undefined; time = schedule.due(now)) {
    times.push(time);
    schedule.sent();
  }
  return times;
}

describe('the schedule of an open loop', () => {
  it('makes requests due at even distances, and none at its end', () => {
    const schedule = new Schedule(100, 200, 50);
    expect(schedule.due(99)).toBeUndefined();
    expect(sendDue(schedule, 145)).toEqual([100, 120, 140]);
    expect(sendDue(schedule, 1000)).toEqual([160, 180]);
  });

  it('keeps the time at which a request was due while it waits', () => {
    const schedule = new Schedule(0, 1000, 1000);
    expect(schedule.due(500)).toBe(0);
    expect(schedule.waiting(500)).toBe(501);
    schedule.sent();
    expect(schedule.due(500)).toBe(1);
    expect(schedule.waiting(500)).toBe(500);
    expect(schedule.waiting(5000)).toBe(999);
  });

  it('keeps to the rate over a long time', () => {
    const schedule = new Schedule(0, 60_000, 12_345);
    expect(sendDue(schedule, 60_000)).toHaveLength(12_345 * 60);
  });
});
