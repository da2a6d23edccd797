import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Frontier, visitBlock, type FrontierBlock } from './frontier.ts';

const NOTHING = new Uint8Array(0);

function contents(block: FrontierBlock): string[] {
  const found: string[] = [];
  visitBlock(block, (position, state, payload) => {
    found.push(`${block.first + position} ${state.join()} ${payload.join()}`);
    return true;
  });
  return found;
}

describe('a frontier', () => {
  it('gives states back in their order, from memory or from disk', () => {
    const bytes = fc.uint8Array({ maxLength: 20 });
    const step = fc.oneof(fc.tuple(bytes, bytes), fc.constant('take' as const));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.constantFrom(0, 40, 1000), (steps, memory) => {
        const frontier = new Frontier(memory, 3);
        const put: string[] = [];
        const taken: string[] = [];
        try {
          for (const what of steps) {
            if (what === 'take') {
              const block = frontier.take(true);
              if (block !== undefined) taken.push(...contents(block));
            } else {
              frontier.push(put.length, what[0], what[1]);
              put.push(`${put.length} ${what[0].join()} ${what[1].join()}`);
            }
            expect(frontier.size).toBe(put.length - taken.length);
          }
          expect([...frontier.blocks()].flatMap(contents)).toEqual(put.slice(taken.length));
          for (let block = frontier.take(true); block !== undefined; block = frontier.take(true)) {
            taken.push(...contents(block));
          }
          expect(taken).toEqual(put);
        } finally {
          frontier.dispose();
        }
      }),
      { numRuns: 50 },
    );
  });

  it('goes to disk when memory is short, and uses the space there again', () => {
    const frontier = new Frontier(10, 1);
    for (let index = 0; index < 5; index += 1) frontier.push(index, Uint8Array.of(index), NOTHING);
    expect(frontier.blocksOnDisk).toBe(3);
    expect(frontier.take(false)?.first).toBe(0);
    expect(frontier.take(false)?.first).toBe(1);
    expect(frontier.blocksOnDisk).toBe(2);
    frontier.dispose();
  });
});
