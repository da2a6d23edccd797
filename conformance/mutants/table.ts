/** The result of each mutant, for a person to read. */
import type { Finding } from './zab-run.ts';

export type RowKind = 'impl' | 'projection' | 'control';

export interface Row {
  readonly kind: RowKind;
  readonly name: string;
  readonly sentence: string;
  readonly issue?: string;
  readonly model: string;
  /** Is this how it should have come out? */
  readonly good: boolean;
  readonly verdict: 'caught' | 'SURVIVED' | 'CAUGHT BY ANOTHER' | 'FAILED' | 'clean' | 'NOT CLEAN';
  readonly finding?: Finding;
  /** Why it failed, or what should have caught it. */
  readonly reason?: string;
  readonly seconds: number;
}

const VALUE_LENGTH_MAX = 150;

/** The kinds, names and models stand one under the other; values, which can be long, on lines of their own. */
export function rowText(row: Row, nameWidth: number): string {
  const { finding } = row;
  const head = [
    row.kind.padEnd(10),
    row.name.padEnd(nameWidth),
    row.model.padEnd(10),
    row.verdict.padEnd(8),
    finding === undefined ? '' : `${finding.by}: ${finding.what}`,
  ].join('  ');
  const end = [
    ...(finding === undefined ? [] : [`${finding.steps} steps`]),
    `${row.seconds.toFixed(1)} s`,
    ...(row.issue === undefined ? [] : [row.issue]),
  ];
  const lines = [`${head.trimEnd()}  (${end.join(', ')})`];
  if (finding !== undefined) {
    lines.push(
      `    ${finding.action}`,
      `    specified: ${shortened(finding.specified)}`,
      `    actual:    ${shortened(finding.actual)}`,
    );
  }
  if (row.reason !== undefined) lines.push(`    ${row.reason}`);
  return lines.join('\n');
}

export function summaryText(rows: readonly Row[]): string {
  const mutants = rows.filter(({ kind }) => kind !== 'control');
  const caught = mutants.filter(({ good }) => good).length;
  const controls = rows.filter(({ kind }) => kind === 'control');
  const clean = controls.filter(({ good }) => good).length;
  const seconds = rows.reduce((sum, row) => sum + row.seconds, 0);
  return (
    `${caught} of ${mutants.length} caught as they should be, ` +
    `${clean} of ${controls.length} controls clean, ${seconds.toFixed(1)} s.`
  );
}

function shortened(text: string): string {
  return text.length <= VALUE_LENGTH_MAX ? text : `${text.slice(0, VALUE_LENGTH_MAX)}…`;
}
