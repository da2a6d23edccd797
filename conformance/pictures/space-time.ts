/**
 * A space-time diagram: servers are lines, time goes down, a row is a step, an arrow is a message.
 *
 * No two texts can meet, by construction: each row has one step and at most one message that ends in it, and the two are
 * written on opposite sides of the server's line. A message that ends unread has a row of its own. What a step sends
 * leaves at the foot of its row, below its texts.
 */
import { cross, legend, legendHeight, lookAt, mark, markKind } from './marks.ts';
import { rowsOf, type Label, type Row, type StepRange } from './rows.ts';
import type { Run } from './run-of-trace.ts';
import { coordinate, element, labelWidth, LINE_HEIGHT, picture, text, wrapped } from './svg.ts';
import { stepText } from './wording.ts';

const MARGIN = 16;
const NUMBERS_WIDTH = 34;
const GAP_MIN = 130;
/** From a server's line to the texts beside it. */
const ASIDE = 16;
const ROW_PADDING = 9;

interface Placed {
  readonly row: Row;
  readonly top: number;
  readonly y: number;
  readonly height: number;
}

/** Draws the steps of a run; the same run and range always give the same text. */
export function spaceTimeDiagram(run: Run, range: StepRange): string {
  const rows = rowsOf(run, range);
  const columns = columnsOf(run, rows);
  const right = (columns.at(-1)?.x ?? 0) + (columns.at(-1)?.right ?? 0);
  const width = Math.max(right + MARGIN, 700);
  const titleLines = wrapped(run.title, Math.floor((width - 2 * MARGIN) / 8));
  const titleBottom = MARGIN + titleLines.length * 19 + 18;
  const headTop = titleBottom + 14;
  const linesTop = headTop + 26;
  const placed = placeRows(rows, linesTop + 12);
  const linesBottom = (placed.at(-1) === undefined ? linesTop + 12 : bottomOf(placed.at(-1))) + 8;
  const yOf = new Map<number, number>();
  const leavesAt = new Map<number, number>();
  for (const { row, top, y, height } of placed) {
    if (row.kind !== 'step') continue;
    yOf.set(row.number, y);
    leavesAt.set(row.number, top + height - 5);
  }
  const geometry: Geometry = { xs: columns.map(({ x }) => x), yOf, leavesAt, linesTop, linesBottom };
  const parts = [
    ...titleLines.map((line, index) => text('title ink', MARGIN, MARGIN + 13 + index * 19, line)),
    text('note muted', MARGIN, titleBottom - 6, subtitle(run, range)),
    ...run.servers.flatMap((server, column) => lifeline(run, range, server, column, geometry)),
    ...placed.flatMap((item) => arrowOf(item, geometry, run.servers)),
    ...placed.flatMap((item) => markOf(item, geometry)),
    ...placed.flatMap((item) => labelsOf(item, geometry)),
    ...run.servers.flatMap((server, column) => head(server, geometry.xs[column] ?? 0, headTop)),
    ...legend(run, MARGIN, linesBottom + 14),
  ];
  const size = { width, height: linesBottom + 14 + legendHeight(run) + MARGIN };
  return picture(size, run.title, describe(run, range), parts);
}

function subtitle({ steps, model, trace, loop }: Run, { from, to }: StepRange): string {
  const last = steps.length;
  const again = loop === last ? 'then nothing for ever' : `then for ever again from after step ${loop ?? ''}`;
  return [
    `steps ${from} to ${to} of ${last}`,
    ...(trace === undefined ? [] : [`trace ${trace}`]),
    ...(model === undefined ? [] : [`model ${model}`]),
    ...(loop === undefined || to < last ? [] : [again]),
  ].join(', ');
}

interface Geometry {
  readonly xs: readonly number[];
  readonly yOf: ReadonlyMap<number, number>;
  readonly leavesAt: ReadonlyMap<number, number>;
  readonly linesTop: number;
  readonly linesBottom: number;
}

interface Column {
  readonly x: number;
  /** Room right of the line. */
  readonly right: number;
}

/** Columns stand as close as the texts between them allow. */
function columnsOf(run: Run, rows: readonly Row[]): readonly Column[] {
  const room = run.servers.map(() => ({ left: 0, right: 0 }));
  for (const row of rows) {
    const labels =
      row.kind === 'step' && row.arrival !== undefined ? [row.label, row.arrival.label] : [row.label];
    for (const { side, lines } of labels) {
      const needed = Math.max(...lines.map(labelWidth)) + 2 * ASIDE + (row.kind === 'end' ? END_GAP : 0);
      const own = room[row.column];
      if (own !== undefined) own[side] = Math.max(own[side], needed);
    }
  }
  const columns: Column[] = [];
  let x = MARGIN + NUMBERS_WIDTH;
  for (const [index, { left, right }] of room.entries()) {
    const before = room[index - 1];
    x += before === undefined ? Math.max(left, 40) : Math.max(before.right, left, GAP_MIN);
    columns.push({ x, right: Math.max(right, 40) });
  }
  return columns;
}

function heightOf(row: Row): number {
  const arrival = row.kind === 'step' ? (row.arrival?.label.lines.length ?? 0) : 0;
  // The text of a message hangs below the tip of its arrow, that of a step begins at its mark.
  const lines =
    row.kind === 'step' ? Math.max(row.label.lines.length, arrival + 0.6) : row.label.lines.length + 0.6;
  return lines * LINE_HEIGHT + ROW_PADDING;
}

function placeRows(rows: readonly Row[], top: number): readonly Placed[] {
  let y = top;
  return rows.map((row) => {
    const height = heightOf(row);
    const placed = { row, top: y, y: y + 7, height };
    y += height;
    return placed;
  });
}

function bottomOf(placed: Placed | undefined): number {
  return placed === undefined ? 0 : placed.top + placed.height;
}

/** The line of a server; what it is at the time is the line's width and colour. */
function lifeline(
  run: Run,
  range: StepRange,
  server: string,
  column: number,
  { xs, yOf, linesTop, linesBottom }: Geometry,
): string[] {
  const x = xs[column] ?? 0;
  const pieces: string[] = [];
  let since = linesTop;
  let look = lookAt(run, range.from - 1, server);
  const close = (until: number): void => {
    pieces.push(
      look === undefined
        ? element('path', { class: 'line', d: `M${x} ${coordinate(since)}V${coordinate(until)}` })
        : element('rect', {
            class: look.class,
            x: x - look.width / 2,
            y: since,
            width: look.width,
            height: until - since,
            'stroke-width': 0.8,
          }),
    );
  };
  for (let number = range.from; number <= range.to; number++) {
    const next = lookAt(run, number, server);
    if (next?.class === look?.class && next?.width === look?.width) continue;
    const y = yOf.get(number) ?? since;
    close(y);
    since = y;
    look = next;
  }
  close(linesBottom);
  return pieces;
}

const HALF_BAR = 7;
/** How far from the line of its receiver a message stops that nobody read. */
const END_GAP = 22;

function arrowOf(
  { row, y }: Placed,
  { xs, leavesAt, linesTop }: Geometry,
  servers: readonly string[],
): string[] {
  const journey = row.kind === 'end' ? row.journey : row.arrival?.journey;
  if (journey === undefined) return [];
  const sender = xs[servers.indexOf(journey.from)] ?? 0;
  const receiver = xs[row.column] ?? 0;
  const direction = Math.sign(receiver - sender) || 1;
  const sentY = leavesAt.get(journey.sentAt);
  const x1 = sender + direction * (sentY === undefined ? 2 : HALF_BAR);
  const y1 = sentY ?? linesTop;
  const x2 = receiver - direction * (HALF_BAR + (row.kind === 'end' ? END_GAP : 0));
  const lost = row.kind === 'end' && row.fate === 'lost';
  const kind = lost ? 'lost' : 'line';
  const shaft = element('path', {
    class: kind,
    d: `M${coordinate(x1)} ${coordinate(y1)}L${coordinate(x2)} ${coordinate(y)}`,
    'stroke-width': 1.2,
    // What was sent before the first row, or is not read in the last, is not seen whole.
    ...(sentY === undefined || (row.kind === 'end' && !lost) ? { 'stroke-dasharray': '5 4' } : {}),
  });
  if (lost) return [shaft, cross(x2, y, 4, 'lost')];
  return [shaft, arrowHead(x1, y1, x2, y, row.kind === 'end' ? 'line' : 'ink')];
}

/** A closed head for a message that arrived, an open one for a message on its way. */
function arrowHead(x1: number, y1: number, x2: number, y2: number, kind: 'line' | 'ink'): string {
  const length = Math.hypot(x2 - x1, y2 - y1) || 1;
  const [dx, dy] = [(x2 - x1) / length, (y2 - y1) / length];
  const corner = (side: number): string =>
    `${coordinate(x2 - 9 * dx - side * 4 * dy)} ${coordinate(y2 - 9 * dy + side * 4 * dx)}`;
  const d = `M${corner(1)}L${coordinate(x2)} ${coordinate(y2)}L${corner(-1)}${kind === 'ink' ? 'Z' : ''}`;
  return element('path', { class: kind, d });
}

function markOf({ row, y }: Placed, { xs }: Geometry): string[] {
  return row.kind === 'end' ? [] : [mark(markKind(row.step.action), xs[row.column] ?? 0, y)];
}

function labelsOf({ row, y }: Placed, { xs }: Geometry): string[] {
  const x = xs[row.column] ?? 0;
  const parts: string[] = [];
  if (row.kind === 'step') {
    parts.push(text('note muted', MARGIN, y + 4, String(row.number)));
    parts.push(
      ...linesBeside(row.label, x, y + 4, ASIDE, (index) => (index === 0 ? 'strong ink' : 'label muted')),
    );
    if (row.arrival !== undefined)
      parts.push(...linesBeside(row.arrival.label, x, y + 14, ASIDE, () => 'label ink'));
  } else {
    const kind = row.fate === 'lost' ? 'label lost-ink' : 'label muted';
    parts.push(...linesBeside(row.label, x, y + 14, ASIDE + END_GAP, () => kind));
  }
  return parts;
}

function linesBeside(
  { side, lines }: Label,
  x: number,
  y: number,
  distance: number,
  kindOf: (index: number) => string,
): string[] {
  const sign = side === 'left' ? -1 : 1;
  return lines.map((line, index) =>
    text(
      `${kindOf(index)} halo`,
      x + sign * distance,
      y + index * LINE_HEIGHT,
      line,
      side === 'left' ? 'end' : 'start',
    ),
  );
}

function head(server: string, x: number, y: number): string[] {
  const width = Math.max(labelWidth(server) + 20, 44);
  return [
    element('rect', { class: 'box', x: x - width / 2, y, width, height: 24, rx: 4, 'stroke-width': 1.2 }),
    text('strong ink', x, y + 16, server, 'middle'),
  ];
}

/** The picture in words, for those who cannot see it. */
function describe(run: Run, { from, to }: StepRange): string {
  const steps = run.steps
    .slice(from - 1, to)
    .map((step, index) => `${from + index} ${step.server ?? ''} ${stepText(step)}`);
  return `Servers ${run.servers.join(', ')} from top to bottom: ${steps.join('; ')}.`;
}
