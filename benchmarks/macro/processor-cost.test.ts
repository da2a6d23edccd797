import { expect, it } from 'vitest';

import { cpuMicrosecondsPerOp } from './processor-cost.ts';

it('processor time of an operation is that of all servers, the load left out', () => {
  const processes = [
    { name: 'leader 1', cpuPercent: 80 },
    { name: 'follower 2', cpuPercent: 40 },
    { name: 'load', cpuPercent: 90 },
  ];
  expect(cpuMicrosecondsPerOp(processes, 60_000)).toBe(20);
  expect(cpuMicrosecondsPerOp(processes, 0)).toBeUndefined();
  expect(cpuMicrosecondsPerOp([], 60_000)).toBeUndefined();
});
