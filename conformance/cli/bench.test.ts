import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { BenchmarkError } from '../../benchmarks/load/benchmark-error.ts';
import type { ScenarioName, ScenarioResult } from '../../benchmarks/macro/results.ts';
import type { ScenarioPlan } from '../../benchmarks/macro/scenarios.ts';
import { resultOf, runs } from '../../benchmarks/macro/testing/results.ts';
import { capture, type CapturedTerminal } from './captured-terminal.ts';
import { runZab } from './program.ts';

/** In the place of the scenarios, which take seconds and do not fail when a test would have it. */
const scenarios = vi.hoisted(() => ({
  run: (plan: ScenarioPlan): ScenarioResult => {
    throw new Error(plan.scenario);
  },
}));
vi.mock('../../benchmarks/macro/scenarios.ts', () => ({
  runScenario: (plan: ScenarioPlan) => Promise.resolve().then(() => scenarios.run(plan)),
}));

const load = resultOf(runs);

let folder: string;
let page: string;
let captured: CapturedTerminal;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zab-bench-test-'));
  page = join(folder, 'page.html');
  captured = capture();
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** `zab bench` of scenarios, of which `load` is measured and others throw. */
function bench(
  names: readonly ScenarioName[],
  error: () => Error,
  ...more: readonly string[]
): Promise<number> {
  scenarios.run = ({ scenario }) => {
    if (scenario === 'load') return load;
    throw error();
  };
  return runZab(['bench', ...names, '--dir', folder, ...more], captured.terminal);
}

const ended = (): Error => new BenchmarkError('server 1 has ended');
const described = { kind: 'benchmark', message: 'server 1 has ended' };

/** The one object that stands on standard output, as another process reads it. */
function printed(): unknown {
  return JSON.parse(captured.output());
}

describe('when a scenario of zab bench fails, what was measured before it', () => {
  it('is printed, and makes a page, which can be made again', async () => {
    expect(await bench(['load', 'sweep'], ended, '--json', '--html', page)).toBe(1);
    expect(captured.errors()).toContain('zab: server 1 has ended\n');
    expect(printed()).toEqual({ scenarios: JSON.parse(JSON.stringify([load])) as unknown, error: described });
    const text = readFileSync(page, 'utf8');
    expect(text.match(/<section id=/g)).toHaveLength(1);

    const saved = join(folder, 'saved.json');
    writeFileSync(saved, captured.output());
    rmSync(page);
    expect(await runZab(['bench', '--results', saved, '--html', page], capture().terminal)).toBe(0);
    expect(readFileSync(page, 'utf8').match(/<section id=/g)).toHaveLength(1);
  });

  it('is nothing if the first one does, and no page takes the place of another', async () => {
    writeFileSync(page, 'of yesterday');
    expect(await bench(['sweep', 'load'], ended, '--json', '--html', page)).toBe(1);
    expect(captured.errors()).toContain('zab: server 1 has ended\n');
    expect(printed()).toEqual({ error: described });
    expect(readFileSync(page, 'utf8')).toBe('of yesterday');
  });

  it('is printed once, where tables are', async () => {
    expect(await bench(['load', 'sweep'], ended, '--html', page)).toBe(1);
    expect(captured.output().match(/setData/g)).toHaveLength(1);
    expect(existsSync(page)).toBe(true);
  });

  it('is kept when someone interrupts it', async () => {
    const interrupted = (): Error => {
      captured.interrupt();
      // Servers that are stopped with it have ended, too.
      return ended();
    };
    expect(await bench(['load', 'sweep'], interrupted, '--json', '--html', page)).toBe(130);
    expect(printed()).toEqual({ scenarios: JSON.parse(JSON.stringify([load])) as unknown });
    expect(existsSync(page)).toBe(true);
  });

  it('is kept when there is a bug, which is told as it is', async () => {
    const bug = (): Error => new TypeError('a bug');
    await expect(bench(['load', 'sweep'], bug, '--json')).rejects.toThrow('a bug');
    expect(printed()).toMatchObject({ scenarios: [{ scenario: 'load' }] });
  });

  it('is printed, and the failure told, even if no page can be made', async () => {
    const full = (): Error => {
      rmSync(folder, { recursive: true, force: true });
      return ended();
    };
    expect(await bench(['load', 'sweep'], full, '--json', '--html', page)).toBe(1);
    expect(captured.errors()).toMatch(/zab: --html .*ENOENT.*\n.*zab: server 1 has ended\n/);
    expect(printed()).toMatchObject({ scenarios: [{ scenario: 'load' }], error: described });
  });
});
