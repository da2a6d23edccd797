import { describe, expect, it } from 'vitest';

import { Schedule } from './schedule.ts';

/** All that is due at that time, sent. */
function sendDue(schedule: Schedule, now: number, end: number): number[] {
  const times: number[] = [];
  for (let time = schedule.due(now, end); time !== undefined; time = schedule.due(now, end)) {
    times.push(time);
    schedule.sent();
  }
  return times;
}

describe('the schedule of an open loop', () => {
  it('makes requests due at even distances, and none at its end', () => {
    const schedule = new Schedule(100, 50);
    expect(schedule.due(99, 200)).toBeUndefined();
    expect(sendDue(schedule, 145, 200)).toEqual([100, 120, 140]);
    expect(sendDue(schedule, 1000, 200)).toEqual([160, 180]);
  });

  it('keeps the time at which a request was due while it waits', () => {
    const schedule = new Schedule(0, 1000);
    expect(schedule.due(500, 1000)).toBe(0);
    expect(schedule.waiting(500, 1000)).toBe(501);
    schedule.sent();
    expect(schedule.due(500, 1000)).toBe(1);
    expect(schedule.waiting(500, 1000)).toBe(500);
    expect(schedule.waiting(5000, 1000)).toBe(999);
  });

  it('may end earlier than was thought', () => {
    const schedule = new Schedule(0, 1000);
    expect(sendDue(schedule, 300, 1000)).toHaveLength(301);
    expect(schedule.waiting(500, 1000)).toBe(200);
    expect(schedule.waiting(500, 400)).toBe(99);
    expect(sendDue(schedule, 500, 400)).toHaveLength(99);
  });

  it('keeps to the rate over a long time', () => {
    const schedule = new Schedule(0, 12_345);
    expect(sendDue(schedule, 60_000, 60_000)).toHaveLength(12_345 * 60);
  });
});
