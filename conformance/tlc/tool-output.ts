import type { Figures } from './figures.ts';

// With `-tool`, TLC wraps each message in lines that carry its number (tlc2.output.EC), which has stayed the same
// across versions where wording has not.
const MESSAGE = /@!@!@STARTMSG (\d+)(?::\d+)? @!@!@\r?\n([^]*?)\r?\n?@!@!@ENDMSG \1 @!@!@/g;
const STATISTICS = 2199;
const PROGRESS = 2200;
const DEPTH = 2194;
const ACTION_COVERAGE = 2772;
const INITIAL_COVERAGE = 2773;
const FINISHED = 2186;

/** TLC's exit statuses (tlc2.output.EC.ExitStatus) that mean it checked the model, and what each says of it. */
const RESULTS: ReadonlyMap<number, string> = new Map([
  [0, 'ok'],
  [10, 'assumption'],
  [11, 'deadlock'],
  [12, 'safety'],
  [13, 'liveness'],
  [14, 'evaluation-error'],
  [75, 'evaluation-error'],
  [76, 'evaluation-error'],
  [77, 'evaluation-error'],
]);

export interface TlcFigures extends Figures {
  /** Initial states generated; 0 without `-coverage`. */
  readonly initial: number;
}

/**
 * Reads what TLC printed with `-tool` (and `-coverage`, for the figures of actions).
 *
 * @returns the figures, or a sentence that says why there are none.
 */
export function parseToolOutput(output: string, status: number | null): TlcFigures | string {
  const messages = [...output.matchAll(MESSAGE)].map((match) => ({
    code: Number(match[1]),
    text: match[2] ?? '',
  }));
  const result = status === null ? undefined : RESULTS.get(status);
  if (result === undefined) {
    const complaint = messages.find(({ text }) => /error|exception/i.test(text))?.text ?? output.trim();
    const firstLines = complaint.split('\n').slice(0, 3).join(' ').trim();
    return `TLC did not check the model (exit status ${String(status)}): ${firstLines}`;
  }
  const last = (code: number): string => messages.findLast((message) => message.code === code)?.text ?? '';
  const counts = /^([\d,]+) states generated, ([\d,]+) distinct states found/m.exec(last(STATISTICS));
  // TLC looks at behaviours now and then while it goes on, and tells no depth of a graph that it has not explored to its
  // end when it finds a violation there.
  const depth =
    /depth of the complete state graph search is ([\d,]+)/.exec(last(DEPTH)) ??
    /^Progress\(([\d,]+)\)/.exec(last(PROGRESS));
  const finished = /Finished in (\d+)ms/.exec(last(FINISHED));
  if (counts === null || depth === null) return 'TLC printed no figures';
  const generatedBy = (code: number): ReadonlyMap<string, number> =>
    byName(messages.filter((message) => message.code === code).map(({ text }) => text));
  return {
    result,
    generated: count(counts[1]),
    distinct: count(counts[2]),
    depth: count(depth[1]),
    seconds: count(finished?.[1]) / 1000,
    actions: generatedBy(ACTION_COVERAGE),
    initial: totalOf(generatedBy(INITIAL_COVERAGE)),
  };
}

/** `<Name line 1, col 1 to line 1, col 9 of module M>: distinct:generated`; the last report of each place counts. */
function byName(lines: readonly string[]): ReadonlyMap<string, number> {
  const byPlace = new Map<string, { name: string; generated: number }>();
  for (const line of lines) {
    const match = /^<(\S+) (line .*)>: [\d,]+:([\d,]+)$/.exec(line.trim());
    const [, name, place, generated] = match ?? [];
    if (name !== undefined) byPlace.set(`${name} ${place ?? ''}`, { name, generated: count(generated) });
  }
  const actions = new Map<string, number>();
  for (const { name, generated } of byPlace.values()) actions.set(name, (actions.get(name) ?? 0) + generated);
  return actions;
}

export function totalOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, generated) => total + generated, 0);
}

function count(text: string | undefined): number {
  return text === undefined ? 0 : Number(text.replaceAll(',', ''));
}
