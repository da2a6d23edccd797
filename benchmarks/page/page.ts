/** Results as a page that stands by itself: plots as SVG, and the figures below them. Nothing is loaded from elsewhere. */
import { reportLines } from '../macro/report.ts';
import type { ScenarioName, ScenarioResult } from '../macro/results.ts';
import { draw } from './draw.ts';
import type { Plot } from './plot.ts';
import { plotsOf } from './plots.ts';

const TITLES: Readonly<Record<ScenarioName, string>> = {
  load: 'Load',
  sweep: 'Load rising',
  'log-size': 'The log growing',
  'pause-follower': 'A follower stopped',
  'kill-leader': 'The leader killed',
  direct: 'Broadcast without clients',
};

const STYLE = `
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 920px; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff; }
  h1 { font-size: 1.6rem; } h2 { margin-top: 3rem; border-top: 1px solid #ccc; padding-top: 1rem; }
  figure { margin: 1.5rem 0; } figcaption { color: #555; } svg { max-width: 100%; height: auto; }
  pre { overflow-x: auto; background: #f6f6f6; padding: 0.8rem; font-size: 0.8rem; }
`;

export async function makePage(results: readonly ScenarioResult[]): Promise<string> {
  const sections: string[] = [];
  for (const result of results) sections.push(await sectionOf(result));
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<title>zab bench</title>',
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    '<h1>zab bench</h1>',
    '<p>Figures hold for one machine and one hour: compare only what was measured in one run.</p>',
    ...sections,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

async function sectionOf(result: ScenarioResult): Promise<string> {
  const [headline = '', ...lines] = reportLines(result);
  const figures: string[] = [];
  for (const plot of plotsOf(result)) figures.push(await figureOf(plot));
  return [
    `<section id="${result.scenario}">`,
    `<h2>${TITLES[result.scenario]}</h2>`,
    `<p>${escaped(headline)}</p>`,
    ...figures,
    `<pre>${escaped(lines.join('\n').trim())}</pre>`,
    '</section>',
  ].join('\n');
}

async function figureOf(plot: Plot): Promise<string> {
  const svg = await draw(plot);
  return [
    '<figure>',
    `<h3>${escaped(plot.title)}</h3>`,
    svg,
    `<figcaption>${escaped(plot.caption)}</figcaption>`,
    '</figure>',
  ].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
