import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { readTraceFile } from '../tla-json-trace/index.ts';
import { runOfFile, type Run } from './run-of-trace.ts';
import { spaceTimeDiagram } from './space-time.ts';
import { labelWidth } from './svg.ts';

const folder = fileURLToPath(new URL('../../traces/', import.meta.url));
const files = readdirSync(folder).filter((name) => /^(?!walk-).*[.]itf[.]json$|^walk-pair-1/.test(name));

const read = new Map<string, Run>();
function readRun(name: string): Run {
  const run = read.get(name) ?? runOfFile(readTraceFile(`${folder}${name}`), name);
  read.set(name, run);
  return run;
}

interface Box {
  readonly content: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Where the texts of a diagram stand, title and legend left out. */
function textBoxes(svg: string): Box[] {
  const texts =
    /<text class="(?:label|strong)[^"]*" x="([-\d.]+)" y="([-\d.]+)"(?: text-anchor="(\w+)")?>([^<]*)<\/text>/g;
  return [...svg.matchAll(texts)].map(([, x = '', y = '', anchor = 'start', escaped = '']) => {
    const content = escaped.replace(/&\w+;/g, '?');
    const width = labelWidth(content);
    const left = Number(x) - (anchor === 'end' ? width : anchor === 'middle' ? width / 2 : 0);
    return { content, left, right: left + width, top: Number(y) - 10, bottom: Number(y) + 3 };
  });
}

const meet = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

describe('a space-time diagram', () => {
  it.each(files)('of %s has no two texts that meet, and none outside the paper', (name) => {
    const run = readRun(name);
    const svg = spaceTimeDiagram(run, { from: 1, to: run.steps.length });
    const boxes = textBoxes(svg);
    expect(boxes.length).toBeGreaterThan(run.steps.length);
    const meetings = boxes.flatMap((a, index) =>
      boxes.slice(index + 1).flatMap((b) => (meet(a, b) ? [`${a.content} / ${b.content}`] : [])),
    );
    expect(meetings).toEqual([]);
    const [width, height] = (/viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? []).slice(1).map(Number);
    expect(boxes.filter(({ left, right }) => left < 0 || right > (width ?? 0))).toEqual([]);
    expect(boxes.filter(({ bottom }) => bottom > (height ?? 0))).toEqual([]);
  });

  it.each(files)('of %s shows every step of the range, and the messages that cross it', (name) => {
    const run = readRun(name);
    const range = { from: Math.ceil(run.steps.length / 3), to: Math.ceil((2 * run.steps.length) / 3) };
    const svg = spaceTimeDiagram(run, range);
    const numbers = [...svg.matchAll(/<text class="note muted" x="16" y="[\d.]+">(\d+)<\/text>/g)];
    expect(numbers.map(([, number]) => Number(number))).toEqual(
      run.steps.map((_, index) => index + 1).slice(range.from - 1, range.to),
    );
    const crossing = run.journeys.filter(
      ({ sentAt, endedAt = Infinity }) => sentAt <= range.to && endedAt >= range.from,
    );
    // A shaft is the one kind of path that has a width of line of its own.
    expect([
      ...svg.matchAll(/<path class="(?:line|lost)" d="M[^"]*L[^"]*" stroke-width="1.2"/g),
    ]).toHaveLength(crossing.length);
  });

  it('is the same every time', () => {
    const range = { from: 3, to: 20 };
    expect(spaceTimeDiagram(readRun('two-leaders.itf.json'), range)).toBe(
      spaceTimeDiagram(readRun('two-leaders.itf.json'), range),
    );
  });

  it('tells what happens in words too', () => {
    const svg = spaceTimeDiagram(readRun('two-leaders.itf.json'), { from: 1, to: 2 });
    expect(svg).toContain(
      '<desc>Servers s1, s2, s3 from top to bottom: 1 s1 Elected s1; 2 s2 Elected s2.</desc>',
    );
  });

  it('says whether the run goes on for ever', () => {
    const run = readRun('two-leaders.itf.json');
    const whole = { from: 1, to: run.steps.length };
    expect(spaceTimeDiagram({ ...run, loop: 3 }, whole)).toContain('then for ever again from after step 3');
    expect(spaceTimeDiagram({ ...run, loop: run.steps.length }, whole)).toContain('then nothing for ever');
    expect(spaceTimeDiagram(run, whole)).not.toContain('for ever');
  });

  it('writes names from outside as text', () => {
    const run = readRun('two-leaders.itf.json');
    const svg = spaceTimeDiagram({ ...run, title: '</title><script>&' }, { from: 1, to: 3 });
    expect(svg).not.toContain('<script>');
    expect(svg).toContain('&lt;/title&gt;&lt;script&gt;&amp;');
  });
});
