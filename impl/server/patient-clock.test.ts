import { expect, it } from 'vitest';

import { PatientClock } from './patient-clock.ts';

it('a patient clock runs as time does while it ticks, and stops a step after the last tick', () => {
  const clock = new PatientClock(100, 5000);
  expect([5000, 5060, 5100].map((ms) => clock.at(ms))).toEqual([0, 60, 100]);
  clock.tick(5060);
  expect(clock.at(5110)).toBe(110);
  // A pause of this process.
  expect(clock.at(90_000)).toBe(160);
  clock.tick(90_000);
  expect([90_000, 90_040].map((ms) => clock.at(ms))).toEqual([160, 200]);
});
