import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Fifo } from './fifo.ts';

describe('a queue', () => {
  it('gives back what was put in, in order, whatever the order of calls', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -3000, max: 3000 }), { maxLength: 20 }), (runs) => {
        const fifo = new Fifo<number>();
        const model: number[] = [];
        let pushed = 0;
        for (const run of runs) {
          for (let i = 0; i < run; i++) {
            fifo.push(pushed);
            model.push(pushed++);
          }
          for (let i = 0; i > run; i--) expect(fifo.shift()).toBe(model.shift());
          expect([fifo.length, fifo.first]).toEqual([model.length, model[0]]);
        }
        expect([...fifo]).toEqual(model);
        fifo.clear();
        expect([fifo.length, fifo.shift()]).toEqual([0, undefined]);
      }),
      { numRuns: 50 },
    );
  });
});
