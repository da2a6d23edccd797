/**
 * A state diagram of what a server can be, laid out by Graphviz: a box for each role and phase, an arrow for each way
 * from one to another with the actions that lead along it, and within the box the actions that stay in it. The ways back
 * to LOOKING lead from everywhere and are named in the boxes too, their arrows being faint.
 */
import { layOut, type Layout, type LayoutEdge, type Point } from './layout.ts';
import type { PhaseGraph, PhaseStep } from './phase-graph.ts';
import { coordinate, element, labelWidth, LINE_HEIGHT, picture, text } from './svg.ts';

const HOME = 'LOOKING ELECTION';
const PHASES = ['ELECTION', 'DISCOVERY', 'SYNCHRONIZATION', 'BROADCAST'];
const MARGIN = 16;
const PADDING = 12;
const HEADING_HEIGHT = 30;

interface Box {
  readonly name: string;
  readonly role: string;
  readonly phase: string;
  /** Actions after which the server is where it was, and those after which it is LOOKING. */
  readonly stays: readonly string[];
  readonly leaves: readonly string[];
  readonly width: number;
  readonly height: number;
}

/** Draws the graph; the same graph always gives the same text. */
export async function phaseDiagram(graph: PhaseGraph, models: readonly string[]): Promise<string> {
  const boxes = graph.places.map((place) => boxOf(place, graph.steps));
  const ways = waysOf(graph);
  const edges = ways.map(({ from, to, actions }): LayoutEdge => {
    if (to === HOME) return { from, to, ranks: false };
    const width = Math.max(...actions.map(labelWidth)) + 8;
    return { from, to, label: { width, height: actions.length * LINE_HEIGHT + 4 }, ranks: true };
  });
  const rows = PHASES.map((phase) => graph.places.filter((place) => place.endsWith(` ${phase}`)));
  const layout = await layOut(boxes, edges, rows);
  const headingBottom = MARGIN + 64;
  const moved = shifted(layout, MARGIN, headingBottom);
  const parts = [
    text(
      'title ink',
      MARGIN,
      MARGIN + 13,
      'What a server can be, and which actions of Zab.tla lead from where to where',
    ),
    text('note muted', MARGIN, MARGIN + 32, `Read off every step of the models ${models.join(', ')}.`),
    text(
      'note muted',
      MARGIN,
      MARGIN + 49,
      'Faint arrows: back to LOOKING, by the actions named last in a box.',
    ),
    ...ways.flatMap((way, index) => arrow(way, moved.edges[index])),
    ...boxes.flatMap((box) => boxParts(box, moved.nodes.get(box.name))),
  ];
  const size = { width: moved.width + 2 * MARGIN, height: headingBottom + moved.height + MARGIN };
  const words = graph.steps.map(({ from, action, to }) => `${from}, ${action}: ${to}`).join('; ');
  return picture(size, 'Roles and phases of a server', words, parts);
}

function boxOf(name: string, steps: readonly PhaseStep[]): Box {
  const [role = '', phase = ''] = name.split(' ');
  const to = (target: string): string[] =>
    steps.filter((step) => step.from === name && step.to === target).map(({ action }) => action);
  const stays = to(name);
  const leaves = name === HOME ? [] : to(HOME);
  const lines = [`${role}, ${phase}`, ...stays, ...leaves];
  const width = Math.max(...lines.map(labelWidth)) + 2 * PADDING;
  const gap = stays.length > 0 && leaves.length > 0 ? 9 : 0;
  const height = HEADING_HEIGHT + (stays.length + leaves.length) * LINE_HEIGHT + gap + 6;
  return { name, role, phase, stays, leaves, width, height };
}

interface Way {
  readonly from: string;
  readonly to: string;
  readonly actions: readonly string[];
}

function waysOf({ steps }: PhaseGraph): readonly Way[] {
  const ways = new Map<string, { from: string; to: string; actions: string[] }>();
  for (const { from, to, action } of steps) {
    if (from === to) continue;
    const key = `${from}>${to}`;
    const way = ways.get(key) ?? { from, to, actions: [] };
    way.actions.push(action);
    ways.set(key, way);
  }
  return [...ways.values()];
}

function shifted(layout: Layout, dx: number, dy: number): Layout {
  const move = ({ x, y }: Point): Point => ({ x: x + dx, y: y + dy });
  return {
    ...layout,
    nodes: new Map([...layout.nodes].map(([name, point]) => [name, move(point)])),
    edges: layout.edges.map(({ curve, tip, label }) => ({
      curve: curve.map(move),
      tip: move(tip),
      label: label && move(label),
    })),
  };
}

function arrow({ to, actions }: Way, place: Layout['edges'][number] | undefined): string[] {
  if (place === undefined) return [];
  const [start, ...controls] = place.curve;
  const end = controls.at(-1);
  if (start === undefined || end === undefined) return [];
  const at = ({ x, y }: Point): string => `${coordinate(x)} ${coordinate(y)}`;
  const faint = to === HOME;
  const parts = [
    element('path', {
      class: faint ? 'faint' : 'line',
      d: `M${at(start)}C${controls.map(at).join(' ')}L${at(place.tip)}`,
      'stroke-width': faint ? 1.2 : 1.5,
    }),
    arrowHead(end, place.tip, faint),
  ];
  const { label } = place;
  if (label !== undefined) {
    const top = label.y - (actions.length * LINE_HEIGHT) / 2 + 11;
    parts.push(
      ...actions.map((action, index) =>
        text('strong ink halo', label.x, top + index * LINE_HEIGHT, action, 'middle'),
      ),
    );
  }
  return parts;
}

function arrowHead(from: Point, tip: Point, faint: boolean): string {
  const length = Math.hypot(tip.x - from.x, tip.y - from.y) || 1;
  const [dx, dy] = [(tip.x - from.x) / length, (tip.y - from.y) / length];
  const corner = (side: number): string =>
    `${coordinate(tip.x - 10 * dx - side * 4 * dy)} ${coordinate(tip.y - 10 * dy + side * 4 * dx)}`;
  return element('path', {
    class: faint ? 'faint' : 'ink',
    d: `M${corner(1)}L${coordinate(tip.x)} ${coordinate(tip.y)}L${corner(-1)}${faint ? '' : 'Z'}`,
  });
}

function boxParts(box: Box, centre: Point | undefined): string[] {
  if (centre === undefined) return [];
  const { width, height, role, phase, stays, leaves } = box;
  const [left, top] = [centre.x - width / 2, centre.y - height / 2];
  const parts = [
    element('rect', { class: 'box', x: left, y: top, width, height, rx: 6, 'stroke-width': 1.3 }),
    element('rect', {
      class: phase.toLowerCase(),
      x: left,
      y: top,
      width: 7,
      height,
      rx: 3,
      'stroke-width': 0.8,
    }),
    text('strong ink', left + PADDING + 4, top + 20, `${role}, ${phase}`),
  ];
  let y = top + HEADING_HEIGHT + 8;
  const list = (actions: readonly string[], kind: string): void => {
    for (const action of actions) {
      parts.push(text(kind, left + PADDING + 4, y, action));
      y += LINE_HEIGHT;
    }
  };
  list(stays, 'label ink');
  if (leaves.length > 0) {
    if (stays.length > 0) {
      parts.push(
        element('path', {
          class: 'faint',
          d: `M${coordinate(left + PADDING)} ${coordinate(y - 7)}H${coordinate(left + width - PADDING)}`,
        }),
      );
      y += 9;
    }
    list(leaves, 'label muted');
  }
  return parts;
}
