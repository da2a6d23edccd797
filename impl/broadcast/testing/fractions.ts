/** Numbers of property tests that are to be anywhere between two others: most that `fc.double` gives are next to nothing. */
import fc from 'fast-check';

/** From 0 to 1, both included, all as likely. */
export const fractions = fc.nat(1000).map((thousandths) => thousandths / 1000);

/** From 0 to the largest, likewise. */
export const fractionsOf = (largest: number): fc.Arbitrary<number> =>
  fractions.map((fraction) => fraction * largest);
