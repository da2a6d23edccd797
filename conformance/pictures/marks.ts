/** The marks of steps, the looks of lines, and the legend that explains both. */
import { at, plainText, type Run } from './run-of-trace.ts';
import { coordinate, element, text } from './svg.ts';

/** What kind of step it is, by the name of its action. */
export type Mark = 'crash' | 'disk' | 'elected' | 'closes' | 'other';

export function markKind(action: string): Mark {
  if (action.includes('Crash')) return 'crash';
  if (/^(Sync|Store)/.test(action)) return 'disk';
  if (action.includes('Elected')) return 'elected';
  return /Abandon|LoseLearner/.test(action) ? 'closes' : 'other';
}

export function mark(kind: Mark, x: number, y: number): string {
  switch (kind) {
    case 'crash':
      return element('circle', { class: 'paper', cx: x, cy: y, r: 8.5 }) + cross(x, y, 6, 'lost');
    case 'disk':
      return element('rect', {
        class: 'box',
        x: x - 4.5,
        y: y - 4.5,
        width: 9,
        height: 9,
        'stroke-width': 1.4,
      });
    case 'elected':
      return element('path', {
        class: 'box',
        d: `M${coordinate(x)} ${coordinate(y - 6.5)}L${coordinate(x + 6.5)} ${coordinate(y)}L${coordinate(x)} ${coordinate(y + 6.5)}L${coordinate(x - 6.5)} ${coordinate(y)}Z`,
        'stroke-width': 1.4,
      });
    case 'closes':
      return element('circle', { class: 'box', cx: x, cy: y, r: 4.8, 'stroke-width': 1.6 });
    case 'other':
      return element('circle', { class: 'ink', cx: x, cy: y, r: 3.6 });
  }
}

export function cross(x: number, y: number, size: number, kind: string): string {
  const [l, r, t, b] = [x - size, x + size, y - size, y + size].map(coordinate);
  return element('path', { class: kind, d: `M${l} ${t}L${r} ${b}M${l} ${b}L${r} ${t}`, 'stroke-width': 2.2 });
}

export interface Look {
  readonly class: string;
  readonly width: number;
}

const PHASES = ['ELECTION', 'DISCOVERY', 'SYNCHRONIZATION', 'BROADCAST'];
const ROLE_WIDTHS: ReadonlyMap<string, number> = new Map([
  ['LOOKING', 3],
  ['FOLLOWING', 7],
  ['LEADING', 13],
]);

/** Width and colour of a server's line; undefined where the trace does not say what the server is. */
export function lookAt(run: Run, state: number, server: string): Look | undefined {
  const phase = at(run.states[state]?.get('phase'), server);
  const role = at(run.states[state]?.get('role'), server);
  if (phase === undefined || role === undefined) return undefined;
  const width = ROLE_WIDTHS.get(plainText(role));
  const name = plainText(phase);
  return width === undefined || !PHASES.includes(name) ? undefined : { class: name.toLowerCase(), width };
}

/** What the marks and lines mean; only those that the reader meets in pictures of such runs. */
export function legend(run: Run, x: number, y: number): string[] {
  const marks: readonly (readonly [Mark, string])[] = [
    ['elected', 'told a leader'],
    ['other', 'step'],
    ['disk', 'the disk'],
    ['closes', 'closes connections'],
    ['crash', 'crash'],
  ];
  const parts: string[] = [];
  let left = x;
  for (const [kind, says] of marks) {
    parts.push(mark(kind, left + 8, y + 6), text('note muted', left + 22, y + 10, says));
    left += 36 + says.length * 6.4;
  }
  if (!hasPhases(run)) return parts;
  left = x;
  for (const phase of PHASES) {
    parts.push(
      element('rect', {
        class: phase.toLowerCase(),
        x: left + 2,
        y: y + 24,
        width: 12,
        height: 12,
        'stroke-width': 0.8,
      }),
      text('note muted', left + 22, y + 34, phase.toLowerCase()),
    );
    left += 36 + phase.length * 6.4;
  }
  for (const [role, width] of ROLE_WIDTHS) {
    parts.push(
      element('rect', {
        class: 'election',
        x: left + 8 - width / 2,
        y: y + 24,
        width,
        height: 12,
        'stroke-width': 0.8,
      }),
      text('note muted', left + 22, y + 34, role.toLowerCase()),
    );
    left += 36 + role.length * 6.4;
  }
  return parts;
}

export function legendHeight(run: Run): number {
  return hasPhases(run) ? 42 : 18;
}

function hasPhases(run: Run): boolean {
  return run.servers.some((server) => lookAt(run, 0, server) !== undefined);
}
