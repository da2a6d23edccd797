/** How the explorer sees states: as a fingerprint, and as bytes. */
import type { Specification, State } from '../specification.ts';
import { ValueReader, ValueWriter } from '../values/codec.ts';
import { fingerprint } from '../values/fingerprint.ts';
import { permuteAll, type Permutation } from '../values/symmetry.ts';
import type { Value } from '../values/value.ts';

/** One for each thread and specification; states of another specification must not be given to it. */
export class StateCodec {
  /** Low and high word of the last fingerprint, each from 0 to 2^32 - 1. */
  low = 0;
  high = 0;
  private readonly words = new Uint32Array(2);
  private readonly writer: ValueWriter;
  private readonly reader: ValueReader;
  private readonly variables: number;
  private readonly view: Specification['view'];
  private readonly symmetry: readonly Permutation[];

  constructor(specification: Specification) {
    this.writer = new ValueWriter(specification.interner);
    this.reader = new ValueReader(specification.interner);
    this.variables = specification.variables.length;
    this.view = specification.view;
    this.symmetry = specification.symmetry ?? [];
  }

  /**
   * Computes the fingerprint by which a state is found again: of the state, or of its VIEW. States that SYMMETRY
   * makes one have one fingerprint, the least of those of all their permutations.
   */
  fingerprint(state: State): void {
    this.fingerprintValues(this.seen(state));
    for (const permutation of this.symmetry) {
      const permuted = permuteAll(state, permutation);
      if (permuted === state) continue;
      const { low, high } = this;
      this.fingerprintValues(this.seen(permuted));
      if (high < this.high || (high === this.high && low < this.low)) {
        this.low = low;
        this.high = high;
      }
    }
  }

  /** The fingerprint of any values. */
  fingerprintValues(values: readonly Value[]): void {
    fingerprint(values, this.words, 0);
    this.low = this.words[0] ?? 0;
    this.high = this.words[1] ?? 0;
  }

  /** The state as bytes; the array is used again by the next call. */
  encode(state: State): Uint8Array {
    this.writer.reset();
    this.writer.state(state);
    return this.writer.view();
  }

  decode(bytes: Uint8Array): State {
    this.reader.open(bytes);
    return this.reader.state(this.variables);
  }

  private seen(state: State): readonly Value[] {
    return this.view === undefined ? state : [this.view.value(state)];
  }
}
