/** What the runs of the broken specifications came to, as lines for people. */
import type { IndexEntry } from './collection.ts';
import type { RunEnd, Verdict } from './judge.ts';

/** One line of the table. */
export interface MutantRow {
  readonly name: string;
  readonly jira: readonly string[];
  readonly property: string;
  readonly verdict: Verdict;
  readonly end: RunEnd;
  readonly seconds: number;
  /** The same with TLC, where it was asked for. */
  readonly tlc?: { readonly verdict: Verdict; readonly end: RunEnd; readonly seconds: number };
}

/** A run that must find nothing: a model that is not broken, or a broken one without the property that kills it. */
export interface CleanRow {
  readonly what: string;
  readonly checked: readonly string[];
  readonly end: RunEnd;
  readonly seconds: number;
}

export function mutantText(row: MutantRow, nameWidth: number, propertyWidth: number): string {
  const { name, jira, property, verdict, end, seconds, tlc } = row;
  const line = [
    name.padEnd(nameWidth),
    property.padEnd(propertyWidth),
    verdict.padEnd(6),
    lengthText(end).padStart(8),
    `${end.distinct} states`.padStart(14),
    `${seconds.toFixed(1)} s`.padStart(7),
    ...(tlc === undefined
      ? []
      : [`TLC: ${tlc.verdict}, ${lengthText(tlc.end)}, ${tlc.seconds.toFixed(1)} s`]),
    jira.map((issue) => issue.replace('ZOOKEEPER-', '')).join(' '),
  ].join('  ');
  return [line.trimEnd(), ...complaints(row).map((text) => `    ${text}`)].join('\n');
}

function complaints({ verdict, end, tlc, property }: MutantRow): string[] {
  const said = (who: string, which: Verdict, run: RunEnd): string[] =>
    which === 'killed'
      ? []
      : [`${who}: to be killed by ${property}; ${run.reason ?? run.violated ?? run.result}`];
  const different =
    tlc?.verdict === 'killed' && verdict === 'killed' && differ(end, tlc.end)
      ? [`the counterexamples differ in length: TLC ${lengthText(tlc.end)}, ours ${lengthText(end)}`]
      : [];
  return [
    ...said('ours', verdict, end),
    ...(tlc === undefined ? [] : said('TLC', tlc.verdict, tlc.end)),
    ...different,
  ];
}

/**
 * Do two counterexamples to a property of states or steps differ in length? Of infinite behaviours TLC does not look for
 * the shortest.
 */
export function differ(ours: RunEnd, tlc: RunEnd): boolean {
  return ours.result !== tlc.result || (ours.result !== 'liveness' && ours.steps !== tlc.steps);
}

/** `12` steps, or `12 (4)`, the last four of which repeat for ever; `12 (0)` stutters at the end. */
export function lengthText({ steps, cycle }: RunEnd): string {
  if (steps === undefined) return '-';
  return cycle === undefined ? String(steps) : `${steps} (${cycle})`;
}

export function cleanText({ what, checked, end, seconds }: CleanRow): string {
  const verdict = end.result === 'ok' ? 'ok' : `NOT OK: ${end.reason ?? end.violated ?? end.result}`;
  return [
    `${verdict.padEnd(2)}  ${`${end.distinct} states`.padStart(14)}  ${`${seconds.toFixed(1)} s`.padStart(7)}  ${what}`,
    `      ${checked.join(' ')}`,
  ].join('\n');
}

/** The collection as a table in Markdown, which `spec/mutants/README.md` holds. */
export function markdownTable(entries: readonly IndexEntry[]): string {
  const issue = (name: string): string => name.replace('ZOOKEEPER-', '');
  return [
    '| mutant | what is wrong | ZOOKEEPER- | killed by |',
    '| --- | --- | --- | --- |',
    ...entries.map(
      ({ name, wrong, jira, property, alone }) =>
        `| [\`${name}\`](${name}.tla) | ${wrong} | ${jira.map(issue).join(', ')} | \`${property}\`${alone ? ' alone' : ''} |`,
    ),
    '',
  ].join('\n');
}
