import { describe, expect, it } from 'vitest';

import type { KillLeaderResult } from './kill-leader-scenario.ts';
import type { PauseFollowerResult } from './pause-follower-scenario.ts';
import { reportLines } from './report.ts';
import { summaryOf } from './summary.ts';
import { machine, resultOf, runOf, runs } from './testing/results.ts';

describe('the report of a benchmark', () => {
  it('sums up the runs of a target: mean throughput, latencies of all requests', () => {
    const { ops, opsPerSec, p50us, p99us } = summaryOf('zab', runs);
    expect({ ops, opsPerSec }).toEqual({ ops: 12_000, opsPerSec: 3000 });
    expect(Math.round(p50us / 100)).toBe(20);
    expect(Math.round(p99us / 100)).toBe(40);
  });

  it('compares ours with theirs', () => {
    const { ratio } = resultOf(runs);
    expect(ratio).toEqual({ opsPerSec: 3, p50: 0.25, p99: 0.5, p99ToMedian: 0.5 });
  });

  it('sets runs and sums one under the other', () => {
    const lines = reportLines(resultOf(runs));
    expect(lines).toContain(
      'zab to zookeeper: 3 × ops/s, 0.25 × p50, 0.5 × p99; p99 of zab is 0.5 × p50 of zookeeper',
    );
    const table = lines.slice(2, 9);
    expect(table.map((line) => line.split(/ {2,}/).slice(0, 5).join('|'))).toEqual([
      'target|run|ops|ops/s|p50 ms',
      'zab|1|8,000|4,000|2.00',
      'zookeeper|1|2,000|1,000|8.00',
      'zab|2|4,000|2,000|4.00',
      'zookeeper|2|2,000|1,000|8.00',
      'zab|all|12,000|3,000|2.00',
      'zookeeper|all|4,000|1,000|8.00',
    ]);
    expect(lines).toContain('zab          1  leader 1     98      128       12.5    1,200     0.50   40.0');
  });

  it('says what was not answered, or answered by an error', () => {
    const [first = runOf('zab', 1, 1, 1), ...others] = runs;
    const lines = reportLines(resultOf([{ ...first, errors: 3, unanswered: 1200 }, ...others]));
    expect(lines.slice(-2)).toEqual([
      'zab, run 1: 3 requests were answered by an error',
      'zab, run 1: 1,200 requests were never answered',
    ]);
  });

  it('says whether memory is flat, of runs that are long enough', () => {
    const [first = runOf('zab', 1, 1, 1)] = runs;
    const rssBytes = Array.from({ length: 120 }, (_, second) => (200 + second) * 1024 * 1024);
    const processes = first.processes.map((process) => ({ ...process, rssBytes }));
    expect(reportLines(resultOf([{ ...first, processes }]))).toContain(
      'zab, run 1, leader 1: memory 290 MiB in the second half, 60.00 MiB a minute: it grows',
    );
  });

  it('shows a stopped follower second by second', () => {
    const [run = runOf('zab', 1, 1, 1)] = runs;
    const { options } = resultOf(runs);
    const target = { target: 'zab', pausedAtSeconds: 1, resumedAtSeconds: 2, caughtUpMs: 1234, run } as const;
    const result: PauseFollowerResult = {
      scenario: 'pause-follower',
      options,
      pauseSeconds: 1,
      machine,
      targets: [target, { ...target, caughtUpMs: undefined }],
    };
    const lines = reportLines(result);
    expect(lines).toContain(
      'zab: the follower had caught up 1,234 ms after it went on; something happens at 1.25 s',
    );
    expect(lines.join('\n')).toContain('zab: the follower had not caught up when the run ended');
    expect(lines).toContain('          1  4,000    2.00    2.00    2.00         120');
    expect(lines).toContain('          2  4,000       -       -       -         128  something happens');
  });

  it('says how long nothing was answered after the leader was killed', () => {
    const [run = runOf('zab', 1, 1, 1)] = runs;
    const outage = { outageMs: 900, recoveredMs: undefined, opsPerSecBefore: 5000, opsPerSecAfter: 0 };
    const result: KillLeaderResult = {
      scenario: 'kill-leader',
      options: resultOf(runs).options,
      machine,
      targets: [{ target: 'zab', killedAtSeconds: 1, ...outage, run: { ...run, lost: 1200 } }],
    };
    const lines = reportLines(result);
    expect(lines).toContain('zab: answers again 900 ms after; nine tenths of the throughput before never');
    expect(lines.at(-1)).toBe('zab, run 1: 1,200 requests were lost with their connections');
  });
});
