/** Draws a plot as SVG, by Vega, which needs neither a browser nor a canvas for it. */
import { parse, View, type Data, type Mark, type Scale, type Spec } from 'vega';

import { COLOURS, type Axis, type Plot } from './plot.ts';

const WIDTH = 820;
const HEIGHT = 300;
const GREY = '#888888';
const LINE_WIDTH = 1.6;
const RULE_TEXT_HEIGHT = 15;
/** As they are, with commas between thousands. */
const NUMBERS = ',~r';
/** With more points than these none is shown. */
const DOTS_MAX = 40;

interface Datum {
  readonly line: string;
  readonly x: number;
  readonly y: number;
  readonly defined: boolean;
  readonly dot: boolean;
}

/** The text of an `svg` element. */
export async function draw(plot: Plot): Promise<string> {
  const view = new View(parse(specOf(plot)), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

function specOf(plot: Plot): Spec {
  const { x, y, lines, rules = [] } = plot;
  return {
    width: WIDTH,
    height: HEIGHT,
    padding: 8,
    background: 'white',
    config: {
      axis: { labelFontSize: 12, titleFontSize: 13 },
      legend: { labelFontSize: 12, symbolSize: 300 },
    },
    data: [
      points(plot),
      { name: 'drawn', source: 'points', transform: [{ type: 'filter', expr: 'datum.defined' }] },
      { name: 'dots', source: 'points', transform: [{ type: 'filter', expr: 'datum.dot' }] },
      { name: 'rules', values: rules.map((rule, index) => ({ ...rule, y: RULE_TEXT_HEIGHT * index })) },
    ],
    scales: [
      scale('x', x, 'width'),
      scale('y', y, 'height'),
      {
        name: 'colour',
        type: 'ordinal',
        domain: lines.map(({ name }) => name),
        range: lines.map(({ colour }) => COLOURS[colour]),
      },
      {
        name: 'dash',
        type: 'ordinal',
        domain: lines.map(({ name }) => name),
        range: lines.map(({ dashed }) => (dashed === true ? [6, 4] : [1, 0])),
      },
    ],
    axes: [
      {
        orient: 'bottom',
        scale: 'x',
        title: x.title,
        grid: true,
        gridOpacity: 0.4,
        format: NUMBERS,
        labelOverlap: true,
        tickCount: 10,
      },
      {
        orient: 'left',
        scale: 'y',
        title: y.title,
        grid: true,
        gridOpacity: 0.4,
        format: NUMBERS,
        labelOverlap: true,
        tickCount: 6,
      },
    ],
    legends: [
      {
        stroke: 'colour',
        strokeDash: 'dash',
        symbolType: 'stroke',
        symbolStrokeWidth: 2,
        orient: 'top',
        direction: 'horizontal',
      },
    ],
    marks: [lineMarks(plot), dotMarks(), ...ruleMarks()],
  };
}

function points({ lines, x, y }: Plot): Data {
  return {
    name: 'points',
    values: lines.flatMap(({ name, points: all, dots }): Datum[] =>
      all.map((point) => {
        const defined = point.y !== null && isDrawn(point.x, x) && isDrawn(point.y, y);
        const dot = defined && (dots ?? all.length <= DOTS_MAX);
        return { line: name, x: point.x, y: defined ? point.y : 1, defined, dot };
      }),
    ),
  };
}

/** There is no logarithm of what is not positive. */
function isDrawn(value: number, axis: Axis): boolean {
  return Number.isFinite(value) && (axis.logarithmic !== true || value > 0);
}

function scale(name: 'x' | 'y', { logarithmic = false }: Axis, range: 'width' | 'height'): Scale {
  const domain = { data: 'drawn', field: name };
  return logarithmic
    ? { name, type: 'log', range, domain, nice: name === 'y' }
    : { name, type: 'linear', range, domain, zero: true, nice: name === 'y' };
}

function lineMarks({ shape }: Plot): Mark {
  const steps = shape === 'steps';
  return {
    type: 'group',
    from: { facet: { name: 'line', data: 'points', groupby: 'line' } },
    clip: true,
    marks: [
      {
        type: steps ? 'area' : 'line',
        from: { data: 'line' },
        encode: {
          enter: {
            x: { scale: 'x', field: 'x' },
            y: { scale: 'y', field: 'y' },
            ...(steps
              ? {
                  y2: { scale: 'y', value: 0 },
                  fill: { scale: 'colour', field: 'line' },
                  fillOpacity: { value: 0.25 },
                }
              : {}),
            interpolate: { value: steps ? 'step-after' : 'linear' },
            defined: { field: 'defined' },
            stroke: { scale: 'colour', field: 'line' },
            strokeDash: { scale: 'dash', field: 'line' },
            strokeWidth: { value: LINE_WIDTH },
          },
        },
      },
    ],
  };
}

function dotMarks(): Mark {
  return {
    type: 'symbol',
    from: { data: 'dots' },
    encode: {
      enter: {
        x: { scale: 'x', field: 'x' },
        y: { scale: 'y', field: 'y' },
        size: { value: 30 },
        fill: { scale: 'colour', field: 'line' },
      },
    },
  };
}

/** What happened, each text a little lower than the one before it, so that they do not cover each other. */
function ruleMarks(): Mark[] {
  return [
    {
      type: 'rule',
      from: { data: 'rules' },
      encode: {
        enter: {
          x: { scale: 'x', field: 'x' },
          y: { value: 0 },
          y2: { value: HEIGHT },
          stroke: { value: GREY },
          strokeDash: { value: [3, 3] },
        },
      },
    },
    {
      type: 'text',
      from: { data: 'rules' },
      encode: {
        enter: {
          x: { scale: 'x', field: 'x', offset: 4 },
          y: { field: 'y' },
          text: { field: 'text' },
          baseline: { value: 'top' },
          fontSize: { value: 12 },
          fill: { value: '#444444' },
        },
      },
    },
  ];
}
