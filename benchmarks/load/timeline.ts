/** How a run went: what was answered in each of many short times of one length, and how long it had taken. */
import { Latencies } from './latencies.ts';

const SECOND_MS = 1000;

/** Of the answers that came in each bin; null where none came. */
export interface TimelineFigures {
  /** Length of a bin; a second is a whole number of them. */
  readonly binMs: number;
  readonly answered: readonly number[];
  readonly p50us: readonly (number | null)[];
  readonly p99us: readonly (number | null)[];
  readonly maxUs: readonly (number | null)[];
}

export class Timeline {
  readonly #binMs: number;
  readonly #answered: number[] = [];
  readonly #p50us: (number | null)[] = [];
  readonly #p99us: (number | null)[] = [];
  readonly #maxUs: (number | null)[] = [];
  /** Of the bin that is not over yet. */
  readonly #present = Latencies.empty();

  constructor(binMs: number) {
    if (SECOND_MS % binMs !== 0) throw new RangeError(`a second is no whole number of bins of ${binMs} ms`);
    this.#binMs = binMs;
  }

  /** `count` answers came `atMs` after the begin, no earlier than those before, `latencyMs` after they were asked for. */
  record(atMs: number, latencyMs: number, count = 1): void {
    this.#closeUpTo(Math.floor(atMs / this.#binMs));
    this.#present.record(latencyMs, count);
  }

  /** The bins up to `endMs`, which ends one. */
  figures(endMs: number): TimelineFigures {
    this.#closeUpTo(Math.round(endMs / this.#binMs));
    return {
      binMs: this.#binMs,
      answered: this.#answered,
      p50us: this.#p50us,
      p99us: this.#p99us,
      maxUs: this.#maxUs,
    };
  }

  #closeUpTo(bin: number): void {
    while (this.#answered.length < bin) {
      const { count } = this.#present;
      const { p50us, p99us, maxUs } = this.#present.figures;
      this.#answered.push(count);
      this.#p50us.push(count === 0 ? null : p50us);
      this.#p99us.push(count === 0 ? null : p99us);
      this.#maxUs.push(count === 0 ? null : maxUs);
      this.#present.clear();
    }
  }
}

/** Answers in each whole second. */
export function perSecond({ binMs, answered }: TimelineFigures): number[] {
  const bins = SECOND_MS / binMs;
  return Array.from({ length: Math.floor(answered.length / bins) }, (_, second) =>
    answered.slice(second * bins, (second + 1) * bins).reduce((sum, count) => sum + count, 0),
  );
}
