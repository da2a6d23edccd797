/** The rows of a space-time diagram: what stands in each, and on which side of which line. */
import type { Journey, Run, Step } from './run-of-trace.ts';
import { wrapped } from './svg.ts';
import { messageText, remarks, stepText } from './wording.ts';

/** Which steps to draw, from 1, both included. */
export interface StepRange {
  readonly from: number;
  readonly to: number;
}

const CHARACTERS_MAX = 30;

/** One line of text and more, beside a server's line. */
export interface Label {
  readonly side: 'left' | 'right';
  /** The first line of a step is its action, set in bold. */
  readonly lines: readonly string[];
}

export type Row =
  | {
      readonly kind: 'step';
      readonly number: number;
      readonly step: Step;
      readonly column: number;
      readonly label: Label;
      readonly arrival?: { readonly journey: Journey; readonly label: Label };
    }
  /** Where a message ends that nobody read: lost in this step, or still on its way after the last one. */
  | {
      readonly kind: 'end';
      readonly journey: Journey;
      readonly column: number;
      readonly label: Label;
      readonly fate: 'lost' | 'on-its-way';
    };

/** One row a step, each followed by those of the messages that it lost; last, the messages still on their way. */
export function rowsOf(run: Run, range: StepRange): readonly Row[] {
  const column = (server: string): number => run.servers.indexOf(server);
  const rows: Row[] = [];
  for (let number = range.from; number <= range.to; number++) {
    const step = run.steps[number - 1];
    if (step === undefined) continue;
    const ending = run.journeys.filter(({ endedAt }) => endedAt === number);
    const received = ending.find((journey) => journey.received);
    const here = step.server === undefined ? 0 : column(step.server);
    const before = run.states[number - 1] ?? new Map();
    const after = run.states[number] ?? new Map();
    const said = step.server === undefined ? [] : remarks(before, after, step.server);
    const lines = [stepText(step), ...said.flatMap((remark) => wrapped(remark, CHARACTERS_MAX))];
    const comesFrom = received === undefined ? undefined : sideOf(column(received.from), here);
    const side = comesFrom === undefined ? freeSide(here, run.servers.length) : opposite(comesFrom);
    rows.push({
      kind: 'step',
      number,
      step,
      column: here,
      label: { side, lines },
      ...(received === undefined || comesFrom === undefined
        ? {}
        : { arrival: { journey: received, label: { side: comesFrom, lines: messageLines(received) } } }),
    });
    for (const journey of ending) {
      if (!journey.received) rows.push(endRow(journey, 'lost', column));
    }
  }
  for (const journey of run.journeys) {
    const underWay = journey.sentAt <= range.to && (journey.endedAt ?? Infinity) > range.to;
    if (underWay) rows.push(endRow(journey, 'on-its-way', column));
  }
  return rows;
}

function endRow(journey: Journey, fate: 'lost' | 'on-its-way', column: (server: string) => number): Row {
  const here = column(journey.to);
  const side = sideOf(column(journey.from), here);
  return { kind: 'end', journey, column: here, fate, label: { side, lines: messageLines(journey) } };
}

function messageLines({ message }: Journey): string[] {
  return wrapped(messageText(message), CHARACTERS_MAX);
}

function sideOf(from: number, here: number): 'left' | 'right' {
  return from < here ? 'left' : 'right';
}

function opposite(side: 'left' | 'right'): 'left' | 'right' {
  return side === 'left' ? 'right' : 'left';
}

/** Outside, where arrows do not go, if the server is the first or the last. */
function freeSide(column: number, columns: number): 'left' | 'right' {
  return column === 0 && columns > 1 ? 'left' : 'right';
}
