/** Payloads as they come: slices of chunks, mostly one behind the other with a gap, and arrays of their own. */
import { Buffer } from 'node:buffer';

import fc from 'fast-check';

import { GAP_BYTES_MAX } from '../payload-layout.ts';
import { bytesOf, Slice, type Payload } from '../payload.ts';
import type { Transaction } from '../transaction.ts';

const CHUNKS = [1, 2].map((seed) => Uint8Array.from({ length: 1000 }, (_, at) => (at * seed * 37) % 251));

export const payloads = fc
  .array(
    fc.record({
      what: fc.constantFrom('next', 'next', 'next', 'jump', 'chunk', 'own'),
      gap: fc.oneof(fc.constantFrom(0, 20, GAP_BYTES_MAX, GAP_BYTES_MAX + 1), fc.nat(100)),
      length: fc.nat(60),
    }),
    { maxLength: 30 },
  )
  .map((steps) => {
    let chunk = 0;
    let at = 0;
    return steps.map(({ what, gap, length }): Payload => {
      if (what === 'own') return new Uint8Array(length).fill(gap);
      if (what === 'jump') at = gap;
      if (what === 'chunk') [chunk, at] = [1 - chunk, gap];
      if (what === 'next') at += gap;
      const bytes = CHUNKS[chunk] ?? new Uint8Array(0);
      const start = Math.min(at, bytes.length - length);
      at = start + length;
      return new Slice(bytes, start, length);
    });
  });

/** With zxids that follow one another. */
export const transactionsOf = (list: readonly Payload[]): Transaction[] =>
  list.map((payload, at) => ({ zxid: { epoch: 1, counter: at + 1 }, payload }));

/** The same bytes, as they come in one chunk, so far apart. */
export function slicesOf(list: readonly Payload[], gap: number): Slice[] {
  const chunk = Buffer.concat(list.flatMap((payload) => [Buffer.alloc(gap, 0xc3), bytesOf(payload)]));
  let end = 0;
  return list.map(({ length }) => {
    const slice = new Slice(chunk, end + gap, length);
    end += gap + length;
    return slice;
  });
}
