import { describe, expect, it } from 'vitest';

import { counters, handWritten } from '../testmodels/hand-written.ts';
import { Random } from './random.ts';
import { randomWalk } from './random-walk.ts';
import { StateCodec } from './state-codec.ts';
import { findWitnesses, type Edge } from './witness.ts';

const specification = handWritten(counters(3));
const codec = new StateCodec(specification);
const resets = ({ action }: Edge): boolean => action.name === 'Reset';
const arrives =
  (...counts: number[]) =>
  ({ target }: Edge): boolean =>
    target.map(Number).join() === counts.join();

describe('a witness', () => {
  it('is shortest to each milestone in turn', async () => {
    const [first, second] = await findWitnesses(specification, codec, [
      { name: 'reset, then corner', milestones: [resets, arrives(1, 1)] },
      { name: 'corner', milestones: [arrives(1, 1)] },
    ]);
    expect(
      first?.kind === 'witness' ? first.path.map(({ state }) => state.map(Number).join(' ')) : first,
    ).toEqual(['0 0', '1 0', '2 0', '0 0', '1 0', '1 1']);
    expect(first).toMatchObject({ milestones: [3, 5] });
    expect(second?.kind === 'witness' ? second.path.length : second).toBe(3);
  });

  it('is missing when no behaviour within the bounds passes a milestone', async () => {
    const witnesses = await findWitnesses(specification, codec, [
      { name: 'beyond', milestones: [resets, arrives(4, 0)] },
    ]);
    expect(witnesses).toEqual([{ kind: 'missing', name: 'beyond', milestone: 1 }]);
  });
});

describe('a random walk', () => {
  const walk = (seed: number): string[] =>
    randomWalk(specification, new Random(seed), 30).path.map(({ state }) => state.map(Number).join(' '));

  it('is the same for the same seed, and stays within the bounds', () => {
    expect(walk(7)).toEqual(walk(7));
    expect(walk(7)).not.toEqual(walk(8));
    expect(walk(7)).toHaveLength(30);
    expect(walk(7).every((state) => state.split(' ').every((counter) => Number(counter) <= 3))).toBe(true);
  });

  it('rests on a generator whose first numbers are these', () => {
    const random = new Random(1);
    expect(Array.from({ length: 4 }, () => random.next())).toMatchInlineSnapshot(`
      [
        2442144158,
        3238099751,
        3819917871,
        2104621829,
      ]
    `);
  });
});
