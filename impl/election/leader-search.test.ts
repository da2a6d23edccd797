import { describe, expect, it } from 'vitest';

import { serverId, type ServerId } from '../protocol/ensemble.ts';
import { LeaderSearch } from './leader-search.ts';
import type { Role } from './vote.ts';

const VOTERS = [1, 2, 3].map(serverId);

/** What a server says: its state, the leader it names, and that one's epoch. */
type Saying = readonly [from: number, state: Role, leader: number, epoch: number];

function found(sayings: readonly Saying[]): ServerId | undefined {
  const search = new LeaderSearch(VOTERS);
  const answers = sayings.map(([from, state, leader, epoch], index) =>
    search.hear(serverId(from), {
      state,
      round: index + 1,
      vote: { leader: serverId(leader), epoch, zxid: { epoch: 0, counter: index } },
    }),
  );
  expect(answers.slice(0, -1).every((answer) => answer === undefined)).toBe(true);
  return answers.at(-1);
}

describe('an observer follows', () => {
  it.each<[string, ...Saying[]]>([
    [
      'the leader that a quorum has, whatever round each of them left',
      [1, 'FOLLOWING', 3, 2],
      [3, 'LEADING', 3, 2],
    ],
    ['in whichever order they say so', [3, 'LEADING', 3, 2], [2, 'FOLLOWING', 3, 2]],
    ['whom they have come to since', [3, 'LEADING', 3, 2], [1, 'FOLLOWING', 2, 3], [2, 'LEADING', 2, 3]],
  ])('%s', (_what, ...sayings) => {
    expect(found(sayings)).toBe(sayings.at(-1)?.[2]);
  });

  it.each<[string, ...Saying[]]>([
    ['its word alone', [3, 'LEADING', 3, 2]],
    ['without its own word', [1, 'FOLLOWING', 3, 2], [2, 'FOLLOWING', 3, 2]],
    ['when they mean different epochs', [1, 'FOLLOWING', 3, 1], [3, 'LEADING', 3, 2]],
    ['when one of them looks again', [3, 'LEADING', 3, 2], [3, 'LOOKING', 3, 2], [1, 'FOLLOWING', 3, 2]],
    ['by votes', [1, 'LOOKING', 3, 2], [2, 'LOOKING', 3, 2], [3, 'LOOKING', 3, 2]],
    ['by what one says for another', [2, 'LEADING', 3, 2], [1, 'FOLLOWING', 3, 2]],
    ['by the word of one that has no vote', [4, 'FOLLOWING', 3, 2], [3, 'LEADING', 3, 2]],
    ['that has no vote', [4, 'LEADING', 4, 2], [1, 'FOLLOWING', 4, 2], [2, 'FOLLOWING', 4, 2]],
  ])('no leader %s', (_what, ...sayings) => {
    expect(found(sayings)).toBeUndefined();
  });
});
