/** Does a process need more and more memory? */

export interface MemoryTrend {
  readonly meanBytes: number;
  /** Of the straight line that fits best. */
  readonly bytesPerMinute: number;
  /** Does the line rise by no more than a twentieth of the mean, over the time that was looked at? */
  readonly flat: boolean;
}

/** Samples, a second apart, from which something can be said: memory goes up and down as garbage is collected. */
const SAMPLES_MIN = 120;
const RISE_MAX = 0.05;
const SECONDS_PER_MINUTE = 60;

/**
 * The trend in the second half of the samples, which are a second apart: before it caches fill up and the heap finds its
 * size. Undefined when there are too few.
 */
export function memoryTrend(rssBytes: readonly number[]): MemoryTrend | undefined {
  if (rssBytes.length < SAMPLES_MIN) return undefined;
  const half = rssBytes.slice(Math.floor(rssBytes.length / 2));
  const meanBytes = mean(half);
  const bytesPerSecond = slope(half);
  const rise = bytesPerSecond * (half.length - 1);
  return {
    meanBytes: Math.round(meanBytes),
    bytesPerMinute: Math.round(SECONDS_PER_MINUTE * bytesPerSecond),
    flat: rise <= RISE_MAX * meanBytes,
  };
}

/** By how much values grow from one to the next, by least squares. */
export function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const average = mean(values);
  let above = 0;
  let below = 0;
  values.forEach((value, index) => {
    above += (index - middle) * (value - average);
    below += (index - middle) ** 2;
  });
  return below === 0 ? 0 : above / below;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
