import { describe, expect, it } from 'vitest';

import { counters, handWritten, type HandWritten } from '../testmodels/hand-written.ts';
import { Explorer, type ExplorerOptions } from './explorer.ts';
import type { Outcome } from './outcome.ts';
import { StateCodec } from './state-codec.ts';

function explore(given: HandWritten, options: Partial<ExplorerOptions> = {}): Promise<Outcome> {
  const specification = handWritten(given);
  return new Explorer({ specification, codec: new StateCodec(specification), ...options }).explore();
}

describe('an exploration', () => {
  it('counts states, duplicates and states outside the constraint as TLC does', async () => {
    const { verdict, figures } = await explore(counters(3));
    expect(verdict).toEqual({ kind: 'ok' });
    // 16 states within bounds; each has two steps up, eight of them can also be reset.
    expect(figures).toMatchObject({ distinct: 16, generated: 1 + 32 + 8, depth: 7, queue: 0, outside: 8 });
    expect(figures.actions.map(({ generated, distinct }) => [generated, distinct])).toEqual([
      [32, 15],
      [8, 0],
    ]);
  });

  it('finds the shortest path to a violation, also outside the constraint', async () => {
    const { verdict, figures } = await explore({
      ...counters(3),
      invariants: { Small: ([a]) => typeof a === 'number' && a < 4 },
    });
    expect(verdict.kind === 'found' ? verdict.finding : verdict).toEqual({
      kind: 'invariant',
      name: 'Small',
      property: 'Small',
    });
    expect(verdict.kind === 'found' ? verdict.path.map(({ state }) => state) : []).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
      [3, 0],
      [4, 0],
    ]);
    expect(figures.queue).toBe(figures.distinct - 7);
  });

  it('reports a deadlock with the path to it', async () => {
    const { verdict } = await explore({
      variables: ['x'],
      initial: [[0]],
      actions: {
        *Step([x]) {
          if (typeof x === 'number' && x < 2) yield { next: [x + 1], args: [] };
        },
      },
      checkDeadlock: true,
    });
    expect(verdict).toMatchObject({ kind: 'found', finding: { kind: 'deadlock' } });
    expect(verdict.kind === 'found' ? verdict.path.length : 0).toBe(3);
  });
});
