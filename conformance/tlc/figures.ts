/** What a model checker says of one model, in the terms that both of ours have. */
export interface Figures {
  /** `ok`, `assumption`, `deadlock`, `safety`, `liveness` or `evaluation-error`, as `zab check --json` has it. */
  readonly result: string;
  /** States generated, initial ones and repetitions included. */
  readonly generated: number;
  readonly distinct: number;
  /** Levels of the state graph; TLC's figure is that of one worker. */
  readonly depth: number;
  /** Successors generated, by the name of the action. */
  readonly actions: ReadonlyMap<string, number>;
  readonly seconds: number;
}

/** One line for each figure in which the two disagree; none if they agree. */
export function differences(tlc: Figures, ours: Figures): string[] {
  const lines: string[] = [];
  for (const figure of ['result', 'generated', 'distinct', 'depth'] as const) {
    if (tlc[figure] !== ours[figure]) lines.push(`${figure}: TLC ${tlc[figure]}, ours ${ours[figure]}`);
  }
  return [...lines, ...actionDifferences(tlc.actions, ours.actions)];
}

/**
 * TLC names an action by the operator at which it stops splitting, which may be one further out than ours: it does not
 * split a quantifier whose range depends on the state. So names that both know are compared one by one, and what is
 * left over on either side as a sum.
 */
function actionDifferences(tlc: ReadonlyMap<string, number>, ours: ReadonlyMap<string, number>): string[] {
  const lines: string[] = [];
  for (const [name, generated] of tlc) {
    const other = ours.get(name);
    if (other !== undefined && other !== generated)
      lines.push(`${name}: TLC generated ${generated}, ours ${other}`);
  }
  const onlyTlc = [...tlc].filter(([name]) => !ours.has(name));
  const onlyOurs = [...ours].filter(([name]) => !tlc.has(name));
  const sum = (rest: readonly (readonly [string, number])[]): number =>
    rest.reduce((total, [, generated]) => total + generated, 0);
  if (sum(onlyTlc) !== sum(onlyOurs)) {
    const side = (rest: readonly (readonly [string, number])[]): string =>
      rest.length === 0 ? 'nothing' : `${rest.map(([name]) => name).join(' + ')} = ${sum(rest)}`;
    lines.push(`actions named differently: TLC ${side(onlyTlc)}, ours ${side(onlyOurs)}`);
  }
  return lines;
}

/** One model, as both see it. */
export interface Row {
  readonly model: string;
  readonly tlc: Figures;
  readonly ours: Figures;
  readonly same: boolean;
}

/** A table for people, one row a model. */
export function table(rows: readonly Row[]): string {
  const head = ['model', 'result', 'generated', 'distinct', 'depth', 'actions', 'TLC s', 'ours s', ''];
  const body = rows.map(({ model, tlc, ours, same }) => [
    model,
    both(tlc.result, ours.result),
    both(tlc.generated.toLocaleString('en'), ours.generated.toLocaleString('en')),
    both(tlc.distinct.toLocaleString('en'), ours.distinct.toLocaleString('en')),
    both(String(tlc.depth), String(ours.depth)),
    both(String(tlc.actions.size), String(ours.actions.size)),
    tlc.seconds.toFixed(1),
    ours.seconds.toFixed(1),
    same ? 'same' : 'DIFFERENT',
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...body.map((row) => (row[column] ?? '').length)),
  );
  return [head, ...body]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function both(tlc: string, ours: string): string {
  return tlc === ours ? tlc : `${tlc} / ${ours}`;
}
