import { describe, expect, it } from 'vitest';

import { shapeAt, warmupShape } from './sweep-scenario.ts';

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

  it('comes after a warm-up at the largest of all, if there is any', () => {
    expect(warmupShape(shape, 'outstanding', [10, 100, 3000])).toEqual({
      ...shapeAt(shape, 'outstanding', 3000),
      warmupSeconds: 0,
      seconds: 1,
    });
    expect(warmupShape({ ...shape, warmupSeconds: 0 }, 'outstanding', [10])).toBeUndefined();
  });

  it('may be a rate', () => {
    expect(shapeAt(shape, 'rate', 5000)).toMatchObject({ connections: 10, ratePerSecond: 5000 });
  });
});
