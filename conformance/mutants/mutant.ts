/** A seeded bug: one small change to the implementation, and what must catch it. */

/** Replaces a text that stands exactly once in a file, so that a change cannot go stale unnoticed. */
export interface Change {
  /** Relative to the root of the project. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** What the implementation can be caught by; the kinds of mismatch of the lockstep. */
export type CaughtBy = 'variable' | 'effect' | 'event' | 'exception' | 'refusal' | 'crash' | 'remembered';

/** What a mutant must be caught by, at least. */
export interface Expectation {
  readonly by: CaughtBy;
  /** The variable or the effect that is named; whatever it is where it is left out. */
  readonly what?: string;
}

export interface Mutant {
  readonly name: string;
  /** What is wrong, in one sentence. */
  readonly sentence: string;
  /** A bug of ZooKeeper's that it is like. */
  readonly issue?: string;
  /** The model on which it is tried first, and the smallest one that catches it, if that is another. */
  readonly models: readonly [first: string, ...others: string[]];
  readonly changes: readonly Change[];
  readonly caught: Expectation;
}

/** A change whose text does not stand exactly once in its file. */
export class StaleChange extends Error {
  override readonly name = 'StaleChange';
}

/**
 * The text with the change made.
 * @throws StaleChange unless what is looked for stands in the text exactly once, and is replaced by something else
 */
export function changed(text: string, { file, find, replace }: Change): string {
  const [before, after, ...more] = text.split(find);
  if (find === '' || before === undefined || after === undefined || more.length > 0) {
    const times =
      find === '' ? 'nothing is looked for' : `it stands there ${text.split(find).length - 1} times`;
    throw new StaleChange(`${file}: the text to change must stand there exactly once, but ${times}: ${find}`);
  }
  if (find === replace) throw new StaleChange(`${file}: the change replaces a text by itself: ${find}`);
  return before + replace + after;
}

export interface Seed {
  readonly sentence: string;
  readonly caught: Expectation;
  readonly file: string;
  /** Pairs of what to find and what to put in its place. */
  readonly changes: readonly (readonly [find: string, replace: string])[];
  /** The smallest model that catches it; the first one where nothing is said. */
  readonly model?: string;
  readonly issue?: string;
}

/** Mutants by their names; all of them are tried on the model `first`, the smallest of what they are about. */
export function seeded(first: string, seeds: Readonly<Record<string, Seed>>): readonly Mutant[] {
  return Object.entries(seeds).map(([name, { sentence, issue, model, caught, file, changes }]) => ({
    name,
    sentence,
    models: model === undefined ? [first] : [first, model],
    caught,
    changes: changes.map(([find, replace]): Change => ({ file, find, replace })),
    ...(issue === undefined ? {} : { issue }),
  }));
}
