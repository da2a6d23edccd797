import { Buffer } from 'node:buffer';

import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';

import { EMPTY_HISTORY, History, isAscending, lastZxidOf, type HistoryContent } from './history.ts';
import { bytesOf, Slice } from './payload.ts';
import { fractions } from './testing/fractions.ts';
import { kinds, ofKind } from './testing/payloads.ts';
import { transactionAt } from './transaction-list.ts';
import type { Transactions } from './transaction-run.ts';
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

const whole = (transactions: readonly Transaction[]): HistoryContent => ({ base: ZERO_ZXID, transactions });

/** A list, and a history of it that has forgotten the first `forgotten` transactions. */
const compacted = fc.tuple(histories, fc.nat(12)).map(([list, n]) => {
  const history = new History(whole(list));
  const forgotten = Math.min(n, list.length);
  history.compact(forgotten);
  return { list, forgotten, history };
});

describe('history', () => {
  it('counts the transactions up to a zxid as a scan would, and finds a zxid only where it is', () => {
    fc.assert(
      fc.property(compacted, anyZxid, ({ list, forgotten, history }, z) => {
        const count = list.filter((t) => !zxidLess(z, t.zxid)).length;
        const there = zxidsEqual(z, ZERO_ZXID) || list.some((t) => zxidsEqual(t.zxid, z));
        const before = count < forgotten;
        expect(history.isBeforeBase(z)).toBe(before);
        if (!before) expect(history.countUpTo(z)).toBe(count);
        expect(history.positionOf(z)).toBe(there && !before ? count : -1);
      }),
      { numRuns: 1000 },
    );
  });

  it('appends, cuts and forgets as a list does whose beginning is covered, and what was shared never changes', () => {
    const commands = fc.array(
      fc.oneof(
        fc.constant('append' as const),
        fc.constant('share' as const),
        fc.record({ cut: fc.nat(12) }),
        fc.record({ forget: fc.nat(12) }),
        fc.record({ prefix: fc.nat(12) }),
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(histories, commands, kinds, (start, steps, kind) => {
        const history = new History(whole(start));
        let model = [...start];
        let forgotten = 0;
        const content = (): HistoryContent => ({
          base: model[forgotten - 1]?.zxid ?? ZERO_ZXID,
          transactions: model.slice(forgotten),
        });
        /** What was shared, and what it was then. */
        const shared: [HistoryContent, HistoryContent][] = [[whole(start), whole([...start])]];
        for (const step of steps) {
          if (step === 'append') {
            const transaction = { zxid: { epoch: 4, counter: model.length + 1 }, payload: new Uint8Array() };
            if (!zxidLess(history.lastZxid, transaction.zxid)) continue;
            history.append(ofKind([transaction], kind));
            model = [...model, transaction];
          } else if (step === 'share') {
            shared.push([history.share(), content()]);
          } else if ('forget' in step) {
            if (step.forget > model.length) continue;
            history.compact(step.forget);
            forgotten = Math.max(forgotten, step.forget);
          } else if ('prefix' in step) {
            if (step.prefix < forgotten || step.prefix > model.length) continue;
            const { base, transactions } = content();
            const expected = { base, transactions: transactions.slice(0, step.prefix - forgotten) };
            shared.push([history.contentUpTo(step.prefix), expected]);
          } else if (step.cut >= forgotten && step.cut <= model.length) {
            history.truncate(step.cut);
            model = model.slice(0, step.cut);
          }
          expect(history.length).toBe(model.length);
          expect(history.basePosition).toBe(forgotten);
          expect(history.lastZxid).toEqual(lastZxidOf(whole(model)));
        }
        expect(history.share()).toEqual(content());
        for (const [now, then] of shared) expect(now).toEqual(then);
      }),
    );
  });

  it('does the same when it is so long that most of it is packed, whatever is appended, cut and forgotten', () => {
    const commands = fc.array(
      fc.record({
        what: fc.constantFrom(
          'append',
          'append',
          'append',
          'pack',
          'pack',
          'cut',
          'forget',
          'share',
          'recover',
        ),
        part: fractions,
      }),
      { minLength: 8, maxLength: 20 },
    );
    fc.assert(
      fc.property(commands, kinds, fc.nat(), (steps, kind, seed) => {
        let history = new History();
        let model: Transaction[] = [];
        let forgotten = 0;
        let counter = 0;
        /** What was handed on, and what it was then. */
        const handedOn: [Transactions, readonly Transaction[]][] = [];
        const content = (): HistoryContent => ({
          base: model[forgotten - 1]?.zxid ?? ZERO_ZXID,
          transactions: model.slice(forgotten),
        });
        const [begun, packed] = [
          { what: 'append', part: 1 },
          { what: 'pack', part: 0.7 },
        ];
        for (const { what, part } of [begun, packed, ...steps]) {
          const place = forgotten + Math.floor(part * (model.length - forgotten));
          if (what === 'append') {
            const transactions = Array.from({ length: Math.ceil(part * 3000) }, () => {
              // Now and then a counter is left out.
              counter += (seed + counter) % 97 === 0 ? 2 : 1;
              // Most blocks have short payloads, some have long ones, which are not copied.
              const bytes = new Uint8Array(counter % 2000 < 1400 ? counter % 5 : 4200).fill(counter % 251);
              const payload = new Slice(bytes, 0, bytes.length);
              return { zxid: { epoch: 1, counter }, payload };
            });
            history.append(ofKind(transactions, kind));
            model.push(...transactions);
          } else if (what === 'pack') {
            history.pack(place);
          } else if (what === 'cut') {
            history.truncate(place);
            model = model.slice(0, place);
          } else if (what === 'forget') {
            history.compact(place);
            forgotten = place;
          } else if (what === 'recover') {
            history = new History(content(), forgotten);
          } else {
            expect(history.share()).toEqual(content());
          }
          expect([history.length, history.basePosition]).toEqual([model.length, forgotten]);
          expect(history.lastZxid).toEqual(lastZxidOf(content()));
          const end = Math.min(model.length, place + 700);
          const between = history.between(place, end);
          expect(between).toEqual(model.slice(place, end));
          handedOn.push([between, model.slice(place, end)]);
          expect(history.contentUpTo(place).transactions).toEqual(model.slice(forgotten, place));
          const zxid = history.zxidAt(place);
          expect(zxid).toEqual(model[place - 1]?.zxid ?? ZERO_ZXID);
          expect([history.positionOf(zxid), history.countUpTo(zxid)]).toEqual([place, place]);
        }
        for (const [transactions, then] of handedOn) expect(transactions).toEqual(then);
      }),
      { numRuns: 60 },
    );
    // Comparing so much takes half a minute on a slow machine.
  }, 120_000);

  it('takes nothing that does not come after what it has, whatever part it is of', () => {
    const at = (...counters: readonly number[]): Transaction[] =>
      counters.map((counter) => ({ zxid: { epoch: 1, counter }, payload: new Uint8Array(0) }));
    const history = new History();
    history.append(at(1, 2, 3));
    for (const wrong of [at(3), at(3, 4, 5), at(5, 6, 6), at(5, 6, 4, 5, 6, 7)]) {
      expect(() => {
        history.append(wrong);
      }).toThrow('comes after the last zxid');
    }
    expect(history.length).toBe(3);
  });

  it('packs what is not under way any more once it is half of the rest, and leaves what was shared', () => {
    const transactions = Array.from({ length: 1000 }, (_, at) => ({
      zxid: { epoch: 1, counter: at + 1 },
      payload: Uint8Array.of(at % 256),
    }));
    const history = new History();
    history.append(transactions);
    const shared = history.share();
    /** How many of the first are not the objects that were appended. */
    const packed = (): number =>
      transactions.filter((one, at) => history.between(at, at + 1).at(0) !== one).length;
    history.pack(400);
    expect(packed()).toBe(0);
    history.pack(767);
    expect(packed()).toBe(512);
    expect(bytesOf(transactionAt(history.between(0, 1), 0).payload).buffer).not.toBe(
      transactions[0]?.payload.buffer,
    );
    expect(shared.transactions.every((one, at) => one === transactions[at])).toBe(true);
    expect(history.share().transactions).toEqual(transactions);
    expect(() => {
      history.pack(1001);
    }).toThrow('within the history');
  });

  it('uses the memory of what it forgets for what is packed later', () => {
    const allocate = vi.spyOn(Buffer, 'allocUnsafeSlow');
    const history = new History();
    let counter = 0;
    /** As many transactions, packed, and all but as many forgotten; how often memory was asked for. */
    const round = (count: number): number => {
      allocate.mockClear();
      history.append(
        Array.from({ length: count }, () => ({
          zxid: { epoch: 1, counter: ++counter },
          payload: new Uint8Array(100),
        })),
      );
      history.pack(counter);
      history.compact(counter - count);
      return allocate.mock.calls.length;
    };
    expect(round(2560)).toBe(10);
    expect(round(2560)).toBe(10);
    expect(round(2560)).toBe(0);
    // Of what is forgotten no more is kept than is left.
    round(256);
    expect(round(2560)).toBe(9);
    allocate.mockRestore();
  });

  it('agrees with another history up to the end of the longest common prefix, payloads included', () => {
    fc.assert(
      fc.property(histories, fc.nat(12), fc.boolean(), (list, at, other) => {
        const n = Math.min(at, list.length);
        const changed = list
          .slice(n)
          .map(({ zxid }) => ({ zxid, payload: Uint8Array.of(other ? 99 : 100, 1) }));
        const end = lastZxidOf(whole(list.slice(0, n)));
        const history = new History(whole(list));
        expect(history.agreedUpTo(whole([...list.slice(0, n), ...changed]))).toEqual(end);
        expect(history.agreedUpTo(whole(list.slice(0, n)))).toEqual(end);
        expect(new History(whole(list.slice(0, n))).agreedUpTo(whole(list))).toEqual(end);
      }),
    );
  });

  it('agrees with another history from the later base on, where both have it, and else on nothing', () => {
    fc.assert(
      fc.property(compacted, fc.nat(12), fc.nat(12), ({ list, forgotten, history }, base, cut) => {
        const other = new History(whole(list));
        other.compact(Math.min(base, list.length));
        other.truncate(Math.max(other.basePosition, Math.min(cut, list.length)));
        const start = Math.max(forgotten, other.basePosition);
        const known = start <= other.length;
        expect(history.agreedUpTo(other.share())).toEqual(known ? other.lastZxid : ZERO_ZXID);
      }),
    );
  });

  it('takes nothing that does not come after its last zxid', () => {
    const transaction = { zxid: { epoch: 1, counter: 1 }, payload: new Uint8Array() };
    for (const content of [whole([transaction]), { base: transaction.zxid, transactions: [] }]) {
      const history = new History(content);
      expect(() => {
        history.append([transaction]);
      }).toThrow('after the last zxid');
    }
  });

  it('zxids ascend when each is larger than the one before, and the first than the base', () => {
    fc.assert(
      fc.property(anyZxid, fc.array(zxids, { maxLength: 5 }), (base, list) => {
        const ascending = list.every((z, i) => zxidLess(list[i - 1] ?? base, z));
        const transactions = list.map((zxid) => ({ zxid, payload: new Uint8Array() }));
        expect(isAscending({ base, transactions })).toBe(ascending);
      }),
    );
    expect(isAscending(EMPTY_HISTORY)).toBe(true);
  });
});
