import { describe, expect, it } from 'vitest';

import { BLOCK, PackedTransactions } from './packed-transactions.ts';
import { SpareBlocks } from './spare-blocks.ts';
import { transactionsOf } from './testing/payloads.ts';

/** A block with memory for payloads of 4,000 bytes. */
function block(): PackedTransactions {
  const packed = new PackedTransactions();
  packed.pack(transactionsOf(Array.from({ length: BLOCK }, () => new Uint8Array(4000))), 0);
  return packed;
}

describe('spare blocks', () => {
  it('are those that were given, without their transactions, and new ones when there is none', () => {
    const spare = new SpareBlocks();
    const given = block();
    spare.give(given);
    expect(spare.take()).toBe(given);
    expect(() => given.zxidAt(0)).toThrow('within the block');
    expect(spare.take()).not.toBe(given);
  });

  it('are kept up to 64 MiB of memory, and again when some were taken', () => {
    const spare = new SpareBlocks();
    const { memoryBytes } = block();
    const most = Math.floor((64 * 1024 * 1024) / memoryBytes);
    for (let n = 0; n <= most; n++) spare.give(block());
    const kept = (): number =>
      Array.from({ length: most + 1 }, () => spare.take().memoryBytes).filter((bytes) => bytes > 0).length;
    expect(kept()).toBe(most);
    spare.give(block());
    expect(kept()).toBe(1);
  });
});
