/** Positions of a directed graph's parts, by Graphviz in its WebAssembly build: the same everywhere. */
import { instance } from '@viz-js/viz';

/** Sizes are in pixels; y goes down. */
export interface LayoutNode {
  readonly name: string;
  readonly width: number;
  readonly height: number;
}

export interface LayoutEdge {
  readonly from: string;
  readonly to: string;
  /** Room for a label; nothing if there is none. */
  readonly label?: { readonly width: number; readonly height: number };
  /** Whether the target has to stand below the source. */
  readonly ranks: boolean;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Centres, by name. */
  readonly nodes: ReadonlyMap<string, Point>;
  /** In the order of the edges given. */
  readonly edges: readonly {
    /** Control points of a Bézier curve, 3n + 1 of them, from the border of one node towards that of the other. */
    readonly curve: readonly Point[];
    /** The tip of the arrow. */
    readonly tip: Point;
    readonly label: Point | undefined;
  }[];
}

const POINTS_AN_INCH = 72;

/** Lays the graph out from top to bottom; those of `rows` stand side by side, in their order. */
export async function layOut(
  nodes: readonly LayoutNode[],
  edges: readonly LayoutEdge[],
  rows: readonly (readonly string[])[],
): Promise<Layout> {
  const inches = (pixels: number): string => (pixels / POINTS_AN_INCH).toFixed(4);
  const quoted = (name: string): string => JSON.stringify(name);
  const lines = [
    'digraph {',
    'graph [nodesep=0.7 ranksep=0.55 splines=true]; node [shape=box fixedsize=true label=""]',
    ...nodes.map(
      ({ name, width, height }) => `${quoted(name)} [width=${inches(width)} height=${inches(height)}]`,
    ),
    ...rows.map((row) => `{ rank=same; ${row.map(quoted).join('; ')} }`),
    ...edges.map(({ from, to, label, ranks }) => {
      const box =
        label === undefined
          ? ''
          : `label=<<table border="0" cellpadding="0" cellspacing="0"><tr><td fixedsize="true" width="${Math.ceil(label.width)}" height="${Math.ceil(label.height)}"></td></tr></table>>`;
      return `${quoted(from)} -> ${quoted(to)} [${box}${ranks ? '' : ' constraint=false'}]`;
    }),
    '}',
  ];
  const viz = await instance();
  return readLayout(JSON.parse(viz.renderString(lines.join('\n'), { format: 'json', engine: 'dot' })));
}

function readLayout(output: unknown): Layout {
  const { bb, objects, edges } = fields(output);
  const [, , width = 0, height = 0] = numbers(bb, ',');
  const turned = ([x = NaN, y = NaN]: readonly number[]): Point => {
    if (Number.isNaN(x) || Number.isNaN(y)) throw new TypeError('a position is missing in the layout');
    return { x, y: height - y };
  };
  return {
    width,
    height,
    nodes: new Map(
      items(objects)
        .map(fields)
        // Rows are objects too, without a position.
        .filter(({ pos }) => pos !== undefined)
        .map(({ name, pos }) => [String(name), turned(numbers(pos, ','))]),
    ),
    edges: items(edges)
      .map(fields)
      .sort((a, b) => Number(a['_gvid']) - Number(b['_gvid']))
      .map(({ pos, lp }) => {
        const [tip = '', ...curve] = String(pos).split(' ');
        return {
          curve: curve.map((point) => turned(numbers(point, ','))),
          tip: turned(numbers(tip.replace(/^e,/, ''), ',')),
          label: lp === undefined ? undefined : turned(numbers(lp, ',')),
        };
      }),
  };
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new TypeError('not an object of the layout');
  return { ...value };
}

function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function numbers(value: unknown, separator: string): readonly number[] {
  return String(value).split(separator).map(Number);
}
