import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { NO_PARENT, StateTable, StateTableView } from './state-table.ts';

const word = fc.integer({ min: 0, max: 0xffff_ffff });

describe('a state table', () => {
  it('finds every state that was added, and no other, however alike their fingerprints', () => {
    // Few low words, so that most states meet in the same slots.
    const fingerprint = fc.tuple(fc.constantFrom(0, 1, 0x10000, 0xffff_ffff), word);
    fc.assert(
      fc.property(fc.array(fingerprint), fc.array(fingerprint), (added, others) => {
        const table = new StateTable(false);
        const indices = new Map<string, number>();
        for (const [low, high] of added) {
          if (table.find(low, high) < 0) indices.set(`${low} ${high}`, table.add(low, high, NO_PARENT));
        }
        expect(table.size).toBe(indices.size);
        const view = new StateTableView(table.memory());
        for (const [low, high] of [...added, ...others]) {
          const index = indices.get(`${low} ${high}`) ?? -1;
          expect(table.find(low, high)).toBe(index);
          expect(view.find(low, high)).toBe(index);
        }
      }),
    );
  });

  it('keeps parents and digests while it grows beyond its segments, and old views never lie', () => {
    const table = new StateTable(true);
    const early = new StateTableView(table.memory());
    const count = 300_000;
    const digest = new Uint32Array(4);
    for (let index = 0; index < count; index += 1) {
      digest.fill(index);
      table.add(Math.imul(index, 0x9e3779b1) >>> 0, index, Math.max(0, index - 1), digest);
    }
    const late = new StateTableView(table.memory());
    for (let index = 0; index < count; index += 997) {
      const low = Math.imul(index, 0x9e3779b1) >>> 0;
      expect(late.find(low, index)).toBe(index);
      expect([-1, index]).toContain(early.find(low, index));
      expect(table.parentOf(index)).toBe(Math.max(0, index - 1));
      digest.fill(index);
      expect(late.digestEquals(index, digest, 0)).toBe(true);
      digest[3] = index + 1;
      expect(late.digestEquals(index, digest, 0)).toBe(false);
    }
  });

  it('is the same again from its rows', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(word, word), { selector: String }), (fingerprints) => {
        const table = new StateTable(true);
        for (const [low, high] of fingerprints)
          table.add(low, high, NO_PARENT, Uint32Array.of(low, high, 1, 2));
        const copy = new StateTable(true);
        for (const rows of table.rows()) copy.addRows(rows);
        expect([...copy.rows()]).toEqual([...table.rows()]);
        for (const [index, [low, high]] of fingerprints.entries()) expect(copy.find(low, high)).toBe(index);
      }),
    );
  });
});
