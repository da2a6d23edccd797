import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Latencies } from '../../benchmarks/load/latencies.ts';
import type { LoadScenarioResult } from '../../benchmarks/macro/load-scenario.ts';
import type { ScenarioResult } from '../../benchmarks/macro/results.ts';
import { capture } from './captured-terminal.ts';
import { runZab } from './program.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zab-bench-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** The JSON that a benchmark of that load prints; that it has this shape is what is tested. */
async function bench(...load: string[]): Promise<LoadScenarioResult> {
  const captured = capture();
  const args = ['bench', '--json', '--dir', folder, '--seconds', '2', '--warmup', '1', ...load];
  expect(await runZab(args, captured.terminal)).toBe(0);
  return JSON.parse(captured.output()) as LoadScenarioResult;
}

describe('zab bench', () => {
  it('measures three servers in a closed loop, and leaves nothing behind', async () => {
    const result = await bench('--connections', '3', '--outstanding', '4');
    expect(result).toMatchObject({ op: 'setData', target: 'zab', errors: 0, unanswered: 0 });
    const { ops, opsPerSec, p50us, p99us, p999us, maxUs, runs } = result;
    expect(ops).toBeGreaterThan(0);
    expect(opsPerSec).toBe(Math.round(ops / 2));
    expect(p50us).toBeGreaterThan(0);
    expect(p99us).toBeGreaterThanOrEqual(p50us);
    expect(p999us).toBeGreaterThanOrEqual(p99us);
    expect(maxUs).toBeGreaterThanOrEqual(p999us);
    expect(runs).toHaveLength(1);
    const [run] = runs;
    expect(run?.perSecond.reduce((sum, count) => sum + count, 0)).toBe(ops);
    expect(run?.perSecond).toHaveLength(2);
    expect(run?.processes.map(({ name }) => name.split(' ')[0]).sort()).toEqual([
      'follower',
      'follower',
      'leader',
      'load',
    ]);
    for (const { rssBytesMax } of run?.processes ?? []) expect(rssBytesMax).toBeGreaterThan(10_000_000);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('keeps to a rate in an open loop', async () => {
    const { errors, unanswered, runs } = await bench('--rate', '100');
    expect({ errors, unanswered }).toEqual({ errors: 0, unanswered: 0 });
    expect(runs[0]?.lateness?.maxUs).toBeGreaterThan(0);
    // Whatever else the machine does, that many are due in the measured time, give or take one at its ends.
    const { count } = Latencies.decode(runs[0]?.histogram ?? '');
    expect(Math.abs(count - 200)).toBeLessThanOrEqual(1);
  });

  it('has scenarios, whose results make a page, and leaves nothing behind but that', async () => {
    const captured = capture();
    const page = join(folder, 'page.html');
    const small = '--seconds 4 --warmup 1 --levels 1,20 --log-size 60MB --pause 1'.split(' ');
    const names = ['sweep', 'log-size', 'pause-follower', 'kill-leader', 'direct'];
    const args = ['bench', ...names, ...small, '--json', '--dir', folder, '--html', page];
    expect(await runZab(args, captured.terminal)).toBe(0);
    const { scenarios } = JSON.parse(captured.output()) as { readonly scenarios: readonly ScenarioResult[] };
    expect(scenarios.map(({ scenario }) => scenario)).toEqual(names);
    for (const result of scenarios) expectSound(result);
    expect(readFileSync(page, 'utf8').match(/<section id=/g)).toHaveLength(names.length);
    expect(readdirSync(folder)).toEqual(['page.html']);
    const again = capture();
    const saved = join(folder, 'saved.json');
    writeFileSync(saved, captured.output());
    expect(await runZab(['bench', '--results', saved, '--html', page], again.terminal)).toBe(0);
    expect(readFileSync(page, 'utf8')).toContain('<svg');
  });
});

/** What is so on every machine, however busy it is. */
function expectSound(result: ScenarioResult): void {
  switch (result.scenario) {
    case 'load':
      break;
    case 'sweep':
      expect(result.levels.map(({ level, errors }) => [level, errors])).toEqual([
        [1, 0],
        [20, 0],
      ]);
      for (const { opsPerSec } of result.levels) expect(opsPerSec).toBeGreaterThan(0);
      break;
    case 'log-size': {
      const [target] = result.targets;
      expect(target?.sizes.at(-1)?.logBytes).toBe(60e6);
      expect(target?.run.lost).toBe(0);
      break;
    }
    case 'pause-follower': {
      const [target] = result.targets;
      expect(target?.caughtUpMs).toBeGreaterThan(0);
      expect(target?.run.events.map(({ what }) => what.replace(/\d/, 'N'))).toEqual([
        'follower N is stopped',
        'follower N goes on',
        'follower N has caught up',
      ]);
      expect(target?.run.errors).toBe(0);
      break;
    }
    case 'kill-leader': {
      const [target] = result.targets;
      expect(target?.run.lost).toBeGreaterThan(0);
      expect(target?.run.timeline).toMatchObject({ binMs: 100 });
      expect(target?.run.timeline.answered).toHaveLength(40);
      expect(target?.run.events[0]?.what).toMatch(/^leader \d is killed$/);
      break;
    }
    case 'direct':
      expect(result.runs.map(({ subject }) => subject)).toEqual([
        'pipeline',
        'transactions',
        'requests',
        'pipeline',
        'transactions',
        'requests',
      ]);
      for (const { opsPerSec } of result.runs) expect(opsPerSec).toBeGreaterThan(0);
  }
}
