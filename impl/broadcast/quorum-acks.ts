/**
 * Counts acknowledgements: which prefix of the leader's history does a quorum have?
 *
 * Acknowledgements are cumulative, so one position (length of a prefix) a member says it all, and the answer is the
 * q-th largest of them, q being the size of a quorum. They are kept sorted: one that grows moves past those that it
 * overtook, mostly none, and the history's length never matters.
 */
import { assert } from './assertion.ts';

/** The least number of members that is more than half of them. Spec: `Quorum`. */
export function quorumSize(members: number): number {
  return Math.floor(members / 2) + 1;
}

export class QuorumAcks {
  /** By member. */
  readonly #positions: number[];
  /** The same positions, the largest first. */
  readonly #descending: number[];
  readonly #quorum: number;

  /** One position for each member. */
  constructor(positions: readonly number[]) {
    assert(positions.length > 0, 'a quorum has members');
    this.#positions = positions.slice();
    this.#descending = positions.slice().sort((a, b) => b - a);
    this.#quorum = quorumSize(positions.length);
  }

  /** The position that a member acknowledged, members being counted from 0. */
  of(member: number): number {
    const position = this.#positions[member];
    assert(position !== undefined, 'an acknowledgement comes from a member');
    return position;
  }

  /** The largest position that a quorum has acknowledged. */
  get quorumPosition(): number {
    const position = this.#descending[this.#quorum - 1];
    assert(position !== undefined, 'a quorum is no larger than its members');
    return position;
  }

  /** A member acknowledges everything up to a position; what it acknowledged before stays acknowledged. */
  acknowledge(member: number, position: number): void {
    const before = this.of(member);
    if (position <= before) return;
    this.#positions[member] = position;
    const sorted = this.#descending;
    // Of equal ones the first moves, so that it overtakes smaller ones only.
    let place = sorted.indexOf(before);
    for (; place > 0; place--) {
      const ahead = sorted[place - 1];
      if (ahead === undefined || ahead >= position) break;
      sorted[place] = ahead;
    }
    sorted[place] = position;
  }

  /** By member, in an array that will not change. */
  positions(): number[] {
    return this.#positions.slice();
  }
}
