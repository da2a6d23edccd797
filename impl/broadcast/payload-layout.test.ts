import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { payloadBytesOf, PayloadLayout } from './payload-layout.ts';
import { GAP_BYTES_MAX, PLACE_FIELDS } from './payload-run.ts';
import { bytesOf, payloadsEqual, Slice, viewOf } from './payload.ts';
import { kinds, ofKind, payloads, transactionsOf } from './testing/payloads.ts';

describe('a layout of payloads', () => {
  it('tells where each lies once they are copied, and what all of them take', () => {
    fc.assert(
      fc.property(payloads, kinds, fc.nat(10), fc.nat(50), (list, kind, from, at) => {
        const transactions = ofKind(transactionsOf(list), kind);
        const begun = Math.min(from, list.length);
        const places = new Uint32Array(PLACE_FIELDS * list.length);
        const layout = new PayloadLayout(places);
        layout.add(transactions, begun, list.length);
        const taken = list.slice(begun);
        const bytes = taken.reduce((sum, { length }) => sum + length, 0);
        expect(payloadBytesOf(transactions, begun, list.length)).toBeGreaterThanOrEqual(bytes);
        expect(payloadBytesOf(transactions, begun, list.length)).toBeLessThanOrEqual(
          bytes + GAP_BYTES_MAX * taken.length,
        );
        expect(layout.length).toBeGreaterThanOrEqual(bytes);
        expect(layout.length).toBeLessThanOrEqual(bytes + GAP_BYTES_MAX * taken.length);
        const into = new Uint8Array(at + layout.length + 10).fill(0xee);
        layout.copyTo(into, at);
        taken.forEach((payload, index) => {
          const [place = NaN, length = NaN] = places.subarray(PLACE_FIELDS * index);
          expect(viewOf(into, at + place, length)).toEqual(new Uint8Array(bytesOf(payload)));
        });
        const around = [...into.subarray(0, at), ...into.subarray(at + layout.length)];
        expect(around.every((byte) => byte === 0xee)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('leaves those of a chunk as they lie, in one piece, and not those that lie farther apart', () => {
    const chunk = new Uint8Array(1000);
    const lengthOf = (gap: number): number => {
      const layout = new PayloadLayout(new Uint32Array(6));
      layout.add(transactionsOf([0, 1, 2].map((n) => new Slice(chunk, n * (100 + gap), 100))), 0, 3);
      return layout.length;
    };
    expect(lengthOf(20)).toBe(340);
    expect(lengthOf(GAP_BYTES_MAX + 1)).toBe(300);
  });
});

it('payloads are the same when their bytes are, whatever those are part of', () => {
  const chunk = Uint8Array.from({ length: 20 }, (_, at) => at);
  const slice = new Slice(chunk, 5, 3);
  expect(payloadsEqual(slice, chunk.slice(5, 8))).toBe(true);
  expect(payloadsEqual(slice, new Slice(chunk.slice(4), 1, 3))).toBe(true);
  expect(payloadsEqual(slice, new Slice(chunk, 6, 3))).toBe(false);
  expect(payloadsEqual(slice, new Slice(chunk, 5, 2))).toBe(false);
});
