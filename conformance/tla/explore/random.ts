/**
 * Random choices that a seed repeats on any machine.
 *
 * The generator is xoshiro128** 1.1 of Blackman and Vigna (2018), its four words of state filled by SplitMix32 steps from
 * a 32-bit seed. Choices below a bound reject the tail of the 32-bit range, so that each is equally likely.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  /** @param seed a whole number; its low 32 bits count */
  constructor(seed: number) {
    let counter = seed | 0;
    const word = (): number => {
      counter = (counter + 0x9e37_79b9) | 0;
      let mixed = Math.imul(counter ^ (counter >>> 16), 0x85eb_ca6b);
      mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
      return mixed ^ (mixed >>> 16);
    };
    this.a = word();
    this.b = word();
    this.c = word();
    // Four zeroes would be a fixed point.
    this.d = word() | 1;
  }

  /** The next 32 bits, as a number from 0 to 2^32 - 1. */
  next(): number {
    const result = Math.imul(rotateLeft(Math.imul(this.b, 5), 7), 9);
    const shifted = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= shifted;
    this.d = rotateLeft(this.d, 11);
    return result >>> 0;
  }

  /** A whole number from 0 to `bound` - 1; `bound` is from 1 to 2^32. */
  below(bound: number): number {
    const limit = 0x1_0000_0000 - (0x1_0000_0000 % bound);
    for (;;) {
      const value = this.next();
      if (value < limit) return value % bound;
    }
  }
}

function rotateLeft(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
