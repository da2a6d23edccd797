/** Operations a second of a part, by tinybench: it warms up, takes samples of single runs, and tells how they spread. */
import { Bench } from 'tinybench';

import type { Part } from './part.ts';
import { withPart } from './with-part.ts';

export interface Rate {
  /** Of all runs together: collections of garbage, and what else the machine did meanwhile, are in it. */
  readonly opsPerSec: number;
  /** Of the median run, and of one that only a hundredth of them exceeds. */
  readonly nsPerOp: number;
  readonly p99NsPerOp: number;
  readonly samples: number;
}

const MS_TO_NS = 1e6;

/** Runs the part for that long, after a warm-up of a quarter of it. */
export async function measureRate(part: Part, directory: string, milliseconds: number): Promise<Rate> {
  return withPart(part, directory, async ({ operations, run }) => {
    const bench = new Bench({
      time: milliseconds,
      warmupTime: milliseconds / 4,
      throws: true,
      retainSamples: false,
    });
    bench.add(part.name, () => run());
    const [task] = await bench.run();
    const result = task?.result;
    if (result?.state !== 'completed') throw new Error(`${part.name}: ${result?.state ?? 'not measured'}`);
    const { mean, p50, p99, samplesCount } = result.latency;
    return {
      opsPerSec: Math.round((1000 * operations) / mean),
      nsPerOp: rounded((p50 * MS_TO_NS) / operations),
      p99NsPerOp: rounded((p99 * MS_TO_NS) / operations),
      samples: samplesCount,
    };
  });
}

function rounded(ns: number): number {
  return Math.round(10 * ns) / 10;
}
