import { tmpdir } from 'node:os';

import { describe, expect, it } from 'vitest';

import { BenchmarkError } from '../load/benchmark-error.ts';
import type { ScenarioContext } from './benchmark-options.ts';
import { runLogSize } from './log-size-scenario.ts';

describe('a log that is to grow', () => {
  it('is refused, before a server is started, when the disk has no room for all', async () => {
    const started: string[] = [];
    const context: ScenarioContext = {
      options: {
        connections: 1,
        outstanding: 1,
        ratePerSecond: undefined,
        payloadBytes: 100,
        warmupSeconds: 1,
        seconds: 0,
        servers: 3,
        runs: 1,
        against: undefined,
        directory: tmpdir(),
      },
      progress: { starting: (target) => started.push(target), running: () => undefined },
      signal: AbortSignal.abort(),
    };
    const refused = runLogSize(context, 1e18);
    await expect(refused).rejects.toThrow(BenchmarkError);
    await expect(refused).rejects.toThrow(/need 3,150,000,000,000 MB of disk, and .* MB are free/);
    expect(started).toEqual([]);
  });
});
