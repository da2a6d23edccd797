import { describe, expect, it } from 'vitest';

import type { DirectResult } from '../macro/direct-scenario.ts';
import type { KillLeaderResult } from '../macro/kill-leader-scenario.ts';
import type { LogSizeResult } from '../macro/log-size-scenario.ts';
import type { PauseFollowerResult } from '../macro/pause-follower-scenario.ts';
import type { ScenarioResult } from '../macro/results.ts';
import { summaryOf } from '../macro/summary.ts';
import type { SweepResult } from '../macro/sweep-scenario.ts';
import { machine, resultOf, runOf, runs } from '../macro/testing/results.ts';
import { draw } from './draw.ts';
import { makePage } from './page.ts';
import { parseResults } from './parse-results.ts';
import type { Plot } from './plot.ts';
import { plotsOf } from './plots.ts';

const load = resultOf(runs);
const { options } = load;
const run = { ...runOf('zab', 1, 4000, 2), seconds: 10 };

const sweep: SweepResult = {
  scenario: 'sweep',
  sweptBy: 'outstanding',
  options,
  machine,
  levels: [10, 100].map((level) => ({
    level,
    ...summaryOf('zab', [runOf('zab', 1, 100 * level, level / 10)]),
  })),
  leastToMost: [{ target: 'zab', ratio: 0.1 }],
  runs: [],
};

const killed: KillLeaderResult = {
  scenario: 'kill-leader',
  options,
  machine,
  targets: [
    {
      target: 'zab',
      killedAtSeconds: 1,
      outageMs: 900,
      recoveredMs: 1200,
      opsPerSecBefore: 5000,
      opsPerSecAfter: 4900,
      run: { ...run, events: [{ atSeconds: 1, what: 'leader 1 is <killed> & gone' }] },
    },
  ],
};

const paused: PauseFollowerResult = {
  scenario: 'pause-follower',
  options,
  pauseSeconds: 1,
  machine,
  targets: [{ target: 'zab', pausedAtSeconds: 1, resumedAtSeconds: 2, caughtUpMs: 1, run }],
};

const grown: LogSizeResult = {
  scenario: 'log-size',
  options,
  logBytes: 1e7,
  machine,
  targets: [
    {
      target: 'zab',
      sizes: [
        { logBytes: 1e6, opsPerSec: 4000, warmingUp: false },
        { logBytes: 1e7, opsPerSec: 3900, warmingUp: false },
      ],
      leastToMost: 0.975,
      run,
    },
  ],
};

const direct: DirectResult = {
  scenario: 'direct',
  options,
  pipelineSync: 'dsync',
  machine,
  runs: (['pipeline', 'transactions', 'requests'] as const).map((subject, index) => ({
    ...run,
    subject,
    opsPerSec: 1000 / (index + 1),
  })),
  toPipeline: { transactions: 0.5, requests: 0.333 },
};

const all: readonly ScenarioResult[] = [load, sweep, grown, paused, killed, direct];

const plot: Plot = {
  title: 'A plot',
  caption: 'It shows.',
  x: { title: 'seconds' },
  y: { title: 'milliseconds', logarithmic: true },
  shape: 'lines',
  lines: [
    {
      name: 'a line',
      colour: 'blue',
      points: [1, 10, null, 100, 0, 1000].map((y, x) => ({ x, y })),
    },
  ],
  rules: [{ x: 2, text: 'it happened' }],
};

describe('a plot', () => {
  it('is SVG, with what its axes, lines and rules say', async () => {
    const svg = await draw(plot);
    expect(svg).toMatch(/^<svg [^>]*viewBox/);
    for (const text of ['seconds', 'milliseconds', 'a line', 'it happened', '1,000']) {
      expect(svg).toContain(`>${text}</text>`);
    }
  });

  it('interrupts a line where there is no value, or none that has a logarithm', async () => {
    const svg = await draw(plot);
    const path = /stroke="#0072b2"[^>]*/.exec(svg.replace(/legend[\s\S]*?<\/g><\/g>/g, ''))?.[0];
    expect(path).toBeDefined();
    const drawn = [...svg.matchAll(/<path[^>]* d="(M[^"]*)"[^>]*stroke="#0072b2"/g)].map(([, d = '']) => d);
    // From 1 to 10, 100 alone, 1000 alone.
    expect(drawn.some((d) => d.split('M').length - 1 === 3)).toBe(true);
  });
});

describe('the page of results', () => {
  it('has a section for each, with its plots and its figures', async () => {
    const page = await makePage(all);
    expect(page.match(/<section id="[a-z-]+">/g)).toHaveLength(all.length);
    expect(page.match(/<svg /g)).toHaveLength(all.flatMap(plotsOf).length);
    expect(page.match(/<figcaption>/g)).toHaveLength(all.flatMap(plotsOf).length);
    expect(page).toContain('zab to zookeeper: 3 × ops/s');
    expect(page).toContain('<h3>Latency against throughput</h3>');
  });

  it('stands by itself: nothing is loaded, and nothing runs', async () => {
    const page = await makePage(all);
    expect(page).not.toMatch(/<script|<link|<img|@import|url\((?!#)|src=/);
    const addresses = page.match(/https?:\/\/[^"' <]+/g) ?? [];
    // What SVG is called by: names, not places.
    expect(new Set(addresses)).toEqual(
      new Set(['http://www.w3.org/2000/svg', 'http://www.w3.org/1999/xlink']),
    );
  });

  it('shows text as text', async () => {
    const page = await makePage([killed]);
    expect(page).toContain('leader 1 is &lt;killed&gt; &amp; gone');
    expect(page).not.toContain('<killed>');
  });
});

describe('what zab bench --json printed', () => {
  it('is one result, or several', () => {
    const back = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;
    expect(parseResults(JSON.stringify(load))).toEqual([back(load)]);
    expect(parseResults(JSON.stringify({ scenarios: all }))).toEqual(back(all));
  });

  it('is nothing else', () => {
    expect(parseResults('x')).toMatch(/^it is no JSON: /);
    for (const text of ['1', 'null', '[]', '{}', '{"scenario":"other","options":{}}', '{"scenarios":[1]}']) {
      expect(parseResults(text), text).toBe('it is not what zab bench --json prints');
    }
  });
});
