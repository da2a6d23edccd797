import { describe, expect, it } from 'vitest';

import { createCompanion, type Faults } from '../testmodels/counting-companion.ts';
import { counters, handWritten, type HandWritten } from '../testmodels/hand-written.ts';
import { Explorer } from './explorer.ts';
import type { Outcome } from './outcome.ts';
import { StateCodec } from './state-codec.ts';

function explore(given: HandWritten, faults: Faults): Promise<Outcome> {
  const specification = handWritten(given);
  const companion = createCompanion(specification, { ...faults });
  return new Explorer({ specification, codec: new StateCodec(specification), companion }).explore();
}

describe('an exploration with a companion', () => {
  it('gives it every distinct edge once, those that leave the bounds included', async () => {
    const { verdict, figures } = await explore(counters(3), {});
    expect(verdict).toEqual({ kind: 'ok' });
    expect(figures).toMatchObject({ edges: 40, distinct: 16, counters: { edges: 40, states: 16 } });
  });

  it('stops where it does something else, with the shortest path', async () => {
    const { verdict, figures } = await explore(counters(3), { wrongAtSum: 3 });
    expect(verdict).toMatchObject({
      kind: 'found',
      finding: { kind: 'mismatch', summary: 'Reset gives 3,1', detail: { next: [3, 1] } },
    });
    expect(verdict.kind === 'found' ? verdict.path.map(({ state }) => state.map(Number).join()) : []).toEqual(
      ['0,0', '1,0', '2,0', '3,0', '0,0'],
    );
    expect(figures.counters['edges']).toBe(figures.edges);
  });

  it('notices that it remembers by which path it came, and gives both', async () => {
    const { verdict } = await explore(counters(3), { remembers: true });
    expect(verdict).toMatchObject({ kind: 'found', finding: { kind: 'remembered' } });
    if (verdict.kind !== 'found') return;
    expect(verdict.firstPath?.map(({ state }) => state.map(Number).join())).toEqual(['0,0', '1,0', '1,1']);
    expect(verdict.path.map(({ state }) => state.map(Number).join())).toEqual(['0,0', '0,1', '1,1']);
  });

  it('refuses a step with two outcomes', async () => {
    const { verdict } = await explore(
      {
        variables: ['a', 'b'],
        initial: [[0, 0]],
        actions: {
          *Up() {
            yield { next: [1, 0], args: [1] };
            yield { next: [0, 1], args: [1] };
          },
        },
      },
      {},
    );
    expect(verdict).toMatchObject({ kind: 'found', finding: { kind: 'ambiguous', action: 'Up' } });
  });
});
