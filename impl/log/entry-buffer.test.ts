import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { kinds, ofKind, transactionsOf } from '../broadcast/testing/payloads.ts';
import { BLOCK_BYTES, EntryBuffer } from './entry-buffer.ts';
import { entryBytes } from './log-format.ts';

const LIMIT = 1 << 22;
const HEADER = new Uint8Array(16);

/** Many of a length, a few of others. */
const lengths = fc
  .tuple(fc.constantFrom(100, 3000, 40_000), fc.array(fc.nat(100_000), { maxLength: 30 }), fc.nat(1500))
  .map(([usual, others, count]) => [...Array.from({ length: count }, () => usual), ...others]);

describe('a buffer of entries', () => {
  it('takes as many as go into 4 MiB, however they are held, and the next ones behind them', () => {
    fc.assert(
      fc.property(lengths, kinds, (list, kind) => {
        const shared = new Uint8Array(100_000);
        const transactions = ofKind(transactionsOf(list.map((length) => shared.subarray(0, length))), kind);
        const buffer = new EntryBuffer();
        buffer.begin(HEADER);
        let filled = HEADER.length;
        let position = 0;
        for (let next = 0; next < list.length;) {
          let expected = next;
          let bytes = filled;
          while (expected < list.length && bytes + entryBytes(list[expected] ?? 0) <= LIMIT) {
            bytes += entryBytes(list[expected] ?? 0);
            expected++;
          }
          next = buffer.fill(transactions, next);
          expect(next).toBe(expected);
          expect(buffer.fill(transactions, next)).toBe(next);
          const blocks = buffer.take();
          expect([blocks.position, blocks.end]).toEqual([position, position + bytes]);
          expect(blocks.bytes.length).toBe(Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES);
          filled = bytes % BLOCK_BYTES;
          position += bytes - filled;
        }
      }),
      { numRuns: 40 },
    );
  });

  it('takes one that is longer than that by itself', () => {
    const buffer = new EntryBuffer();
    buffer.begin(HEADER);
    const transactions = transactionsOf([new Uint8Array(LIMIT), new Uint8Array(1)]);
    expect(buffer.fill(transactions, 0)).toBe(1);
  });
});
