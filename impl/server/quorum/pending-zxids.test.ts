import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { fractions } from '../../broadcast/testing/fractions.ts';
import type { ZxidRun } from '../../broadcast/transaction-run.ts';
import { MAX_UINT32, zxidLess, zxidOf, type Zxid } from '../../broadcast/zxid.ts';
import { PendingZxids } from './pending-zxids.ts';

function zxidsOf(runs: readonly ZxidRun[]): Zxid[] {
  return runs.flatMap(({ epoch, from, to }) =>
    Array.from({ length: to - from + 1 }, (_, index) => zxidOf(epoch, from + index)),
  );
}

const one = (epoch: number, counter: number): ZxidRun => ({ epoch, from: counter, to: counter });

/** Adds so many zxids, `gap` counters or an epoch behind the last, the first ones together; or takes some. */
const actions = fc.oneof(
  fc.record({
    do: fc.constant('add' as const),
    count: fc.integer({ min: 1, max: 9 }),
    together: fc.nat(4),
    gap: fc.constantFrom(0, 0, 0, 1, 5),
    epochs: fc.constantFrom(0, 0, 0, 1, 2),
  }),
  /** Up to the place `of` the way to the last one, or `beyond` the one there. */
  fc.record({
    do: fc.constant('take' as const),
    of: fractions,
    beyond: fc.integer({ min: -1, max: 3 }),
  }),
);

/** The counters of one epoch end soon, or go on for long. */
const counters = fc.constantFrom(1, MAX_UINT32 - 40);

describe('zxids that pend', () => {
  it('are taken as from a list, and what was taken does not change', () => {
    fc.assert(
      fc.property(counters, fc.array(actions, { maxLength: 60 }), (first, list) => {
        const pending = new PendingZxids();
        let model: Zxid[] = [];
        const taken: { readonly runs: readonly ZxidRun[]; readonly zxids: readonly Zxid[] }[] = [];
        let epoch = 1;
        let next = first;
        for (const action of list) {
          if (action.do === 'take') {
            const { epoch: at, counter } =
              model[Math.floor(action.of * (model.length - 1))] ?? zxidOf(epoch, next);
            const upTo = zxidOf(at, Math.min(Math.max(0, counter + action.beyond), MAX_UINT32));
            const zxids = model.filter((zxid) => !zxidLess(upTo, zxid));
            model = model.filter((zxid) => zxidLess(upTo, zxid));
            taken.push({ runs: pending.takeUpTo(upTo), zxids });
            continue;
          }
          epoch += action.epochs;
          next = action.epochs > 0 ? first : next + action.gap;
          const to = Math.min(next + action.count - 1, MAX_UINT32);
          if (next > to) continue;
          const middle = Math.min(next + action.together, to);
          pending.add({ epoch, from: next, to: middle });
          for (let counter = middle + 1; counter <= to; counter++) pending.add(one(epoch, counter));
          model.push(...zxidsOf([{ epoch, from: next, to }]));
          next = to + 1;
        }
        taken.push({ runs: pending.takeUpTo(zxidOf(MAX_UINT32, MAX_UINT32)), zxids: model });
        for (const { runs, zxids } of taken) expect(zxidsOf(runs)).toEqual(zxids);
      }),
    );
  });

  it('are one run as long as the counters are consecutive', () => {
    const pending = new PendingZxids();
    for (let counter = 1; counter <= 200; counter++) pending.add(one(3, counter));
    pending.add(one(3, 202));
    pending.add(one(4, 203));
    expect(pending.takeUpTo(zxidOf(3, 150))).toEqual([{ epoch: 3, from: 1, to: 150 }]);
    expect(pending.takeUpTo(zxidOf(5, 0))).toEqual([
      { epoch: 3, from: 151, to: 200 },
      { epoch: 3, from: 202, to: 202 },
      { epoch: 4, from: 203, to: 203 },
    ]);
  });
});
