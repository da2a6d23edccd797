import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { History, isAscending } from './history.ts';
import type { Transaction } from './transaction.ts';
import { ZERO_ZXID, compareZxids, zxidLess, zxidsEqual } from './zxid.ts';

const zxids = fc.record({ epoch: fc.integer({ min: 1, max: 3 }), counter: fc.integer({ min: 1, max: 6 }) });

/** Histories with and without gaps in their counters. */
const histories = fc
  .uniqueArray(zxids, { comparator: zxidsEqual, maxLength: 12 })
  .map((list) =>
    list.toSorted(compareZxids).map((zxid): Transaction => ({ zxid, payload: Uint8Array.of(zxid.counter) })),
  );

const anyZxid = fc.oneof(fc.constant(ZERO_ZXID), zxids, fc.record({ epoch: fc.nat(4), counter: fc.nat(7) }));

describe('history', () => {
  it('counts the transactions up to a zxid as a scan would, and finds a zxid only where it is', () => {
    fc.assert(
      fc.property(histories, anyZxid, (list, z) => {
        const history = new History(list);
        const count = list.filter((t) => !zxidLess(z, t.zxid)).length;
        expect(history.countUpTo(z)).toBe(count);
        const there = zxidsEqual(z, ZERO_ZXID) || list.some((t) => zxidsEqual(t.zxid, z));
        expect(history.positionOf(z)).toBe(there ? count : -1);
      }),
      { numRuns: 1000 },
    );
  });

  it('appends and cuts as an array does, and what was shared never changes', () => {
    const commands = fc.array(
      fc.oneof(fc.constant('append' as const), fc.constant('share' as const), fc.nat(12)),
      {
        maxLength: 30,
      },
    );
    fc.assert(
      fc.property(histories, commands, (start, steps) => {
        const history = new History(start);
        let model = [...start];
        const shared: [readonly Transaction[], string][] = [[start, JSON.stringify(start)]];
        for (const step of steps) {
          if (step === 'append') {
            const transaction = { zxid: { epoch: 4, counter: model.length + 1 }, payload: new Uint8Array() };
            if (!zxidLess(history.lastZxid, transaction.zxid)) continue;
            history.append(transaction);
            model = [...model, transaction];
          } else if (step === 'share') {
            shared.push([history.share(), JSON.stringify(model)]);
          } else if (step <= model.length) {
            history.truncate(step);
            model = model.slice(0, step);
          }
          expect(history.length).toBe(model.length);
          expect(history.lastZxid).toEqual(model.at(-1)?.zxid ?? ZERO_ZXID);
        }
        expect(history.share()).toEqual(model);
        for (const [array, text] of shared) expect(JSON.stringify(array)).toBe(text);
      }),
    );
  });

  it('the common prefix is the longest that both have, payloads included', () => {
    fc.assert(
      fc.property(histories, fc.nat(12), fc.boolean(), (list, at, other) => {
        const n = Math.min(at, list.length);
        const changed = list
          .slice(n)
          .map(({ zxid }) => ({ zxid, payload: Uint8Array.of(other ? 99 : 100, 1) }));
        expect(new History(list).commonPrefix([...list.slice(0, n), ...changed])).toBe(n);
        expect(new History(list).commonPrefix(list.slice(0, n))).toBe(n);
        expect(new History(list.slice(0, n)).commonPrefix(list)).toBe(n);
      }),
    );
  });

  it('takes nothing that does not come after its last zxid', () => {
    const transaction = { zxid: { epoch: 1, counter: 1 }, payload: new Uint8Array() };
    const history = new History([transaction]);
    expect(() => {
      history.append(transaction);
    }).toThrow('after the last zxid');
  });

  it('zxids ascend when each is larger than the one before', () => {
    fc.assert(
      fc.property(fc.array(zxids, { maxLength: 5 }), (list) => {
        const ascending = list.every((z, i) => zxidLess(list[i - 1] ?? ZERO_ZXID, z));
        expect(isAscending(list.map((zxid) => ({ zxid, payload: new Uint8Array() })))).toBe(ascending);
      }),
    );
  });
});
