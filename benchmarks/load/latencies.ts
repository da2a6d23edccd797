/** Latencies of many requests: an HDR histogram of microseconds, from 1 µs to an hour, three significant digits. */
import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  JsHistogram,
  type Histogram,
} from 'hdr-histogram-js';

const LONGEST_US = 3_600_000_000;
const MS_TO_US = 1000;

/** In microseconds; all 0 when nothing was recorded. */
export interface LatencyFigures {
  readonly p50us: number;
  readonly p90us: number;
  readonly p99us: number;
  readonly p999us: number;
  readonly maxUs: number;
  readonly meanUs: number;
}

/** How many latencies were in a range, `toUs` not included. */
export interface LatencyRange {
  readonly fromUs: number;
  readonly toUs: number;
  readonly count: number;
}

export class Latencies {
  readonly #histogram: Histogram;

  private constructor(histogram: Histogram) {
    this.#histogram = histogram;
  }

  static empty(): Latencies {
    return new Latencies(
      build({
        bitBucketSize: 32,
        autoResize: false,
        lowestDiscernibleValue: 1,
        highestTrackableValue: LONGEST_US,
        numberOfSignificantValueDigits: 3,
      }),
    );
  }

  /** All that were recorded in any of these. */
  static together(all: readonly Latencies[]): Latencies {
    const sum = Latencies.empty();
    for (const { count, encoded } of all) {
      // Addition needs a histogram of the same layout, which one that was sent here may not have.
      if (count > 0) sum.#histogram.add(Latencies.decode(encoded).#histogram);
    }
    return sum;
  }

  /** From `encoded` of another process. */
  static decode(encoded: string): Latencies {
    return new Latencies(decodeFromCompressedBase64(encoded, 32, false));
  }

  /** `count`, one or more, took `ms` milliseconds each, which need not be whole. */
  record(ms: number, count = 1): void {
    const us = Math.round(ms * MS_TO_US);
    this.#histogram.recordValueWithCount(us < 1 ? 1 : us > LONGEST_US ? LONGEST_US : us, count);
  }

  /** Forgets what was recorded. */
  clear(): void {
    this.#histogram.reset();
  }

  get count(): number {
    return this.#histogram.totalCount;
  }

  /** The form in which HdrHistogram's tools, in all languages, exchange histograms: V2, compressed, in base 64. */
  get encoded(): string {
    return encodeIntoCompressedBase64(this.#histogram);
  }

  /** How many were where, in ranges that grow: so many from one power of ten to the next. Those at the ends are not empty. */
  spread(rangesPerDecade: number): LatencyRange[] {
    const histogram = this.#histogram;
    if (!(histogram instanceof JsHistogram) || this.count === 0) return [];
    const counts = new Map<number, number>();
    const recorded = histogram.recordedValuesIterator;
    recorded.reset();
    while (recorded.hasNext()) {
      const { valueIteratedTo, countAddedInThisIterationStep } = recorded.next();
      const range = Math.floor(rangesPerDecade * Math.log10(Math.max(1, valueIteratedTo)));
      counts.set(range, (counts.get(range) ?? 0) + countAddedInThisIterationStep);
    }
    const first = Math.min(...counts.keys());
    const last = Math.max(...counts.keys());
    const edge = (range: number): number => 10 ** (range / rangesPerDecade);
    return Array.from({ length: last - first + 1 }, (_, index) => {
      const range = first + index;
      return { fromUs: edge(range), toUs: edge(range + 1), count: counts.get(range) ?? 0 };
    });
  }

  get figures(): LatencyFigures {
    const histogram = this.#histogram;
    const at = (percentile: number): number =>
      this.count === 0 ? 0 : histogram.getValueAtPercentile(percentile);
    return {
      p50us: at(50),
      p90us: at(90),
      p99us: at(99),
      p999us: at(99.9),
      maxUs: at(100),
      meanUs: this.count === 0 ? 0 : Math.round(histogram.mean),
    };
  }
}
