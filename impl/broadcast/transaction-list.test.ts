import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { fractions } from './testing/fractions.ts';
import { kinds, ofKind, payloads, runOf, transactionsOf } from './testing/payloads.ts';
import { arrayOf, lastZxidIn, TransactionList, zxidAt, zxidRunsOf } from './transaction-list.ts';
import { TransactionRun, type Transactions } from './transaction-run.ts';
import type { Transaction } from './transaction.ts';
import { MAX_UINT32, zxidOf } from './zxid.ts';

/** Transactions with payloads of all kinds; now and then a counter is left out, or an epoch begins. */
const arrays = fc
  .tuple(payloads, fc.array(fc.constantFrom('next', 'next', 'next', 'left out', 'epoch', 'epoch goes on')))
  .map(([list, steps]) => {
    let [epoch, counter] = [1, 0];
    return transactionsOf(list).map(({ payload }, at): Transaction => {
      if (steps[at] === 'epoch') [epoch, counter] = [epoch + 1, 0];
      if (steps[at] === 'epoch goes on') epoch++;
      counter += steps[at] === 'left out' ? 2 : 1;
      return { zxid: { epoch, counter }, payload };
    });
  });

/** Says the same as the array, in every way. */
function expectSame(
  transactions: Transactions,
  array: readonly Transaction[],
  from: number,
  to: number,
): void {
  expect(transactions.length).toBe(array.length);
  expect(arrayOf(transactions)).toEqual(array);
  expect(arrayOf(transactions.slice(from, to))).toEqual(array.slice(from, to));
  expect([...transactions]).toEqual(array);
  array.forEach((one, at) => {
    expect(transactions.at(at)).toEqual(one);
    expect(transactions.at(at - array.length)).toEqual(one);
    expect(zxidAt(transactions, at)).toEqual(one.zxid);
  });
  for (const beyond of [array.length, -array.length - 1]) expect(transactions.at(beyond)).toBeUndefined();
  expect(lastZxidIn(transactions)).toEqual(array.at(-1)?.zxid);
  const zxids = zxidRunsOf(transactions).flatMap(({ epoch, from: first, to: last }) =>
    Array.from({ length: last - first + 1 }, (_, at) => zxidOf(epoch, first + at)),
  );
  expect(zxids).toEqual(array.map(({ zxid }) => zxid));
}

describe('transactions', () => {
  it('are the same as an array, a run or a list, and in every part', () => {
    fc.assert(
      fc.property(arrays, kinds, fractions, fractions, (array, kind, one, other) => {
        fc.pre(array.length > 0);
        const from = Math.floor(Math.min(one, other) * (array.length - 1));
        const to = 1 + Math.floor(Math.max(one, other) * (array.length - 1));
        expectSame(ofKind(array, kind), array, from, to);
      }),
      { numRuns: 500 },
    );
  });

  it('are a list that grows, is cut and forgets as an array does, while what was taken of it stays', () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ do: fc.constant('append' as const), count: fc.nat(20), kind: kinds }),
        fc.record({
          do: fc.constantFrom('keep' as const, 'drop' as const, 'take' as const),
          part: fractions,
        }),
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(arrays, steps, (source, list) => {
        const transactions = new TransactionList();
        let model: Transaction[] = [];
        let counter = 0;
        const taken: [Transactions, readonly Transaction[]][] = [];
        for (const step of list) {
          if (step.do === 'append') {
            const more = source
              .slice(0, step.count)
              .map(({ payload }) => ({ zxid: zxidOf(1, ++counter), payload }));
            transactions.append(ofKind(more, step.kind));
            model = [...model, ...more];
            continue;
          }
          const n = Math.round(step.part * model.length);
          if (step.do === 'take') taken.push([transactions.slice(0, n), model.slice(0, n)]);
          if (step.do === 'keep') transactions.keep(n);
          if (step.do === 'drop') transactions.drop(n);
          model = step.do === 'keep' ? model.slice(0, n) : step.do === 'drop' ? model.slice(n) : model;
          expectSame(transactions, model, Math.floor(model.length / 3), model.length);
        }
        for (const [part, then] of taken) expect(arrayOf(part)).toEqual(then);
      }),
      { numRuns: 300 },
    );
  });

  it('have a counter each, and places within the run', () => {
    const run = new TransactionRun(zxidOf(1, MAX_UINT32), [new Uint8Array(1)]);
    expect(run.at(0)?.zxid).toEqual(zxidOf(1, MAX_UINT32));
    expect(() => new TransactionRun(zxidOf(1, MAX_UINT32), [new Uint8Array(1), new Uint8Array(1)])).toThrow(
      '32-bit',
    );
    for (const [from, to] of [
      [-1, 1],
      [0, 2],
      [0, 0],
    ] as const)
      expect(() => run.slice(from, to)).toThrow('within the run');
    const payloadRun = runOf([Uint8Array.of(1), Uint8Array.of(2)], 3);
    expect(payloadRun.at(-1)).toEqual(Uint8Array.of(2));
    for (const [from, to] of [
      [-1, 1],
      [0, 3],
      [2, 1],
    ] as const)
      expect(() => payloadRun.slice(from, to)).toThrow('within the run');
    expect(() => new TransactionList([run]).slice(0, 2)).toThrow('within the list');
    expect(() => new TransactionList([run]).zxidAt(1)).toThrow('within the run');
    expect(() => {
      new TransactionList([[], run]).drop(2);
    }).toThrow('within the list');
    expect(() => new TransactionRun(zxidOf(1, 1), [])).toThrow('has transactions');
  });
});
