/** Keeps what is made of a formula from growing without bound, and the work on it too. */

/**
 * What may be spent on a formula, in alternatives compared or made. It is what keeps a formula of a few lines from running
 * for hours: alternatives multiply with every junction inside another one.
 */
export class Effort {
  private left: number;

  constructor(limit: number) {
    this.left = limit;
  }

  /** @throws TooMuchEffort when there is none left */
  spend(amount: number): void {
    this.left -= amount;
    if (this.left < 0) throw new TooMuchEffort();
  }
}

/** The formula is larger than a search can bear, or it takes too long to find out. */
export class TooMuchEffort extends Error {
  constructor() {
    super('the formula is too large');
  }
}

/** Gathers alternatives, but none that asks for at least as much as another one. */
export class Alternatives<Alternative> {
  /** In the order in which they came. */
  readonly kept: Alternative[] = [];
  private readonly asksNoMore: (a: Alternative, b: Alternative) => boolean;
  private readonly effort: Effort;

  /** @param asksNoMore whether whatever satisfies b satisfies a */
  constructor(asksNoMore: (a: Alternative, b: Alternative) => boolean, effort: Effort) {
    this.asksNoMore = asksNoMore;
    this.effort = effort;
  }

  addAll(alternatives: readonly Alternative[]): this {
    for (const alternative of alternatives) this.add(alternative);
    return this;
  }

  add(alternative: Alternative): void {
    this.effort.spend(1 + this.kept.length);
    // Of two that ask for the same the first stays.
    if (this.kept.some((other) => this.asksNoMore(other, alternative))) return;
    let length = 0;
    for (const other of this.kept) {
      if (!this.asksNoMore(alternative, other)) this.kept[length++] = other;
    }
    this.kept.length = length;
    this.kept.push(alternative);
  }
}

interface Keys {
  readonly size: number;
  keys(): Iterable<string>;
  has(key: string): boolean;
}

/** Whether all keys of a are keys of b. */
export function within(a: Keys, b: Keys): boolean {
  if (a.size > b.size) return false;
  for (const key of a.keys()) if (!b.has(key)) return false;
  return true;
}
