/** The table of `zab check-all`, a line at a time, so that it can be read while the next model is checked. */
import type { ModelRow } from './check-row.ts';

/** @param width of the longest name */
export function tableHead(width: number): string {
  return line(width, 'model', 'generated', 'distinct', 'depth', 'checks', 'result', 'seconds');
}

/**
 * One model. What it checks is a number that the legend explains: the same names stand in many models.
 * @param rows all rows so far, this one included
 */
export function tableLine(row: ModelRow, rows: readonly ModelRow[], width: number): string {
  const { model, figures, seconds, result, notes } = row;
  const grouped = (count: number | undefined): string => count?.toLocaleString('en') ?? '';
  const own = line(
    width,
    model,
    grouped(figures?.generated),
    grouped(figures?.distinct),
    grouped(figures?.depth),
    namesOf(row) === '' ? '' : `[${legendOf(rows).indexOf(namesOf(row)) + 1}]`,
    result,
    seconds.toFixed(1),
  );
  return [own, ...notes.map((note) => `  ${note}`)].join('\n');
}

/** What the numbers in the column `checks` stand for. */
export function legendLines(rows: readonly ModelRow[]): string[] {
  return ['', ...legendOf(rows).map((names, index) => `[${index + 1}] ${names}`), ''];
}

function legendOf(rows: readonly ModelRow[]): string[] {
  return [...new Set(rows.map(namesOf).filter((names) => names !== ''))];
}

function namesOf({ invariants, properties }: ModelRow): string {
  const parts = [
    ...(invariants.length === 0 ? [] : [`invariants ${invariants.join(', ')}`]),
    ...(properties.length === 0 ? [] : [`properties ${properties.join(', ')}`]),
  ];
  return parts.join('; ');
}

function line(
  width: number,
  model: string,
  generated: string,
  distinct: string,
  depth: string,
  checks: string,
  result: string,
  seconds: string,
): string {
  return [
    model.padEnd(width),
    generated.padStart(11),
    distinct.padStart(10),
    depth.padStart(5),
    checks.padEnd(6),
    result.padEnd(8),
    seconds.padStart(7),
  ].join('  ');
}
