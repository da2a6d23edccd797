/** How long nothing was answered after the leader was killed, as the timeline of a run tells. */
import type { TimelineFigures } from '../load/timeline.ts';

export interface Outage {
  /** From the kill to the first answer behind the last gap; undefined when none came any more. */
  readonly outageMs: number | undefined;
  /** From the kill until as much was answered, over a second, as nine tenths of what it was before. */
  readonly recoveredMs: number | undefined;
  /** Answers a second before, and after the recovery. */
  readonly opsPerSecBefore: number;
  readonly opsPerSecAfter: number;
}

const SECOND_MS = 1000;
const RECOVERED = 0.9;
/** As long without an answer is an outage, and not one bin between two batches. */
const GAP_MS = 300;

/** `killedAtSeconds`: since the begin of the measured time. */
export function outageOf({ binMs, answered }: TimelineFigures, killedAtSeconds: number): Outage {
  const killedAtMs = killedAtSeconds * SECOND_MS;
  const killBin = Math.floor(killedAtMs / binMs);
  const before = answered.slice(0, killBin);
  const opsPerSecBefore = mean(before, binMs);
  const gapEnd = endOfGap(answered, killBin, Math.ceil(GAP_MS / binMs));
  const bins = SECOND_MS / binMs;
  const start = gapEnd ?? answered.length;
  let recovered: number | undefined;
  for (let bin = start; bin + bins <= answered.length && recovered === undefined; bin++) {
    if (mean(answered.slice(bin, bin + bins), binMs) >= RECOVERED * opsPerSecBefore) recovered = bin;
  }
  return {
    outageMs: gapEnd === undefined ? undefined : Math.max(0, gapEnd * binMs - killedAtMs),
    recoveredMs: recovered === undefined ? undefined : Math.max(0, recovered * binMs - killedAtMs),
    opsPerSecBefore: Math.round(opsPerSecBefore),
    opsPerSecAfter: Math.round(recovered === undefined ? 0 : mean(answered.slice(recovered), binMs)),
  };
}

/** The first bin with answers behind the last long gap; that of the kill itself where there is no such gap. */
function endOfGap(answered: readonly number[], from: number, gapBins: number): number | undefined {
  let end: number | undefined = from;
  let empty = 0;
  for (let bin = from; bin < answered.length; bin++) {
    if (answered[bin] === 0) {
      empty++;
      if (empty >= gapBins) end = undefined;
    } else {
      end ??= bin;
      empty = 0;
    }
  }
  return end;
}

/** A second. */
function mean(answered: readonly number[], binMs: number): number {
  const sum = answered.reduce((total, count) => total + count, 0);
  return answered.length === 0 ? 0 : (sum * SECOND_MS) / (answered.length * binMs);
}
