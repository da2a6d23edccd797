import { describe, expect, it } from 'vitest';

import { shapeAt } from './sweep-scenario.ts';

const shape = {
  connections: 10,
  outstanding: 200,
  ratePerSecond: undefined,
  payloadBytes: 100,
  warmupSeconds: 1,
  seconds: 2,
};

describe('a level of a sweep', () => {
  it('is spread over the connections, of which there are no more than requests under way', () => {
    expect(shapeAt(shape, 'outstanding', 5)).toMatchObject({ connections: 5, outstanding: 1 });
    expect(shapeAt(shape, 'outstanding', 3000)).toMatchObject({ connections: 10, outstanding: 300 });
  });

  it('may be a rate', () => {
    expect(shapeAt(shape, 'rate', 5000)).toMatchObject({ connections: 10, ratePerSecond: 5000 });
  });
});
