import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QuorumAcks, quorumSize } from './quorum-acks.ts';

const runs = fc.integer({ min: 1, max: 9 }).chain((members) =>
  fc.record({
    members: fc.constant(members),
    acks: fc.array(fc.tuple(fc.nat(members - 1), fc.nat(12)), { maxLength: 40 }),
  }),
);

/** As the spec defines it: the longest prefix each position of which more than half of the members have. */
function naive(positions: readonly number[]): number {
  let n = 0;
  while (2 * positions.filter((position) => position >= n + 1).length > positions.length) n++;
  return n;
}

describe('quorum acks', () => {
  it('a prefix has its quorum when more than half of the members acknowledged it, in whatever order', () => {
    fc.assert(
      fc.property(runs, ({ members, acks }) => {
        const counted = new QuorumAcks(Array.from({ length: members }, () => 0));
        const positions = Array.from({ length: members }, () => 0);
        for (const [member, position] of acks) {
          counted.acknowledge(member, position);
          positions[member] = Math.max(positions[member] ?? 0, position);
          expect(counted.quorumPosition).toBe(naive(positions));
          expect(counted.positions()).toEqual(positions);
        }
      }),
    );
  });

  it('counting goes on from where it was taken over', () => {
    fc.assert(
      fc.property(runs, fc.nat(40), ({ members, acks }, at) => {
        const whole = new QuorumAcks(Array.from({ length: members }, () => 0));
        let resumed = whole;
        acks.forEach(([member, position], i) => {
          if (i === at) resumed = new QuorumAcks(whole.positions());
          whole.acknowledge(member, position);
          if (resumed !== whole) resumed.acknowledge(member, position);
          expect(resumed.quorumPosition).toBe(whole.quorumPosition);
        });
      }),
    );
  });

  it('two quorums of the same members have a member in common, and one fewer is no quorum', () => {
    for (let members = 1; members <= 31; members++) {
      expect(2 * quorumSize(members)).toBeGreaterThan(members);
      expect(2 * (quorumSize(members) - 1)).toBeLessThanOrEqual(members);
    }
  });

  it('who is not a member cannot acknowledge', () => {
    expect(() => {
      new QuorumAcks([0, 0]).acknowledge(2, 1);
    }).toThrow('member');
  });
});
