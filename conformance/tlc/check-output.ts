import type { Figures } from './figures.ts';
import { property } from './property.ts';

/**
 * Reads what `zab check --json` printed.
 *
 * @returns the figures, or a sentence that says why there are none.
 */
export function readCheckOutput(stdout: string, stderr: string, status: number | null): Figures | string {
  let document: unknown;
  try {
    document = JSON.parse(stdout);
  } catch {
    const lines = stderr.trim().split('\n');
    const reason = lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? '';
    return `zab check printed no JSON (exit status ${String(status)}): ${reason}`;
  }
  const result = property(document, 'result');
  const figure = (name: string): number | undefined => {
    const value = property(document, name);
    return typeof value === 'number' ? value : undefined;
  };
  const [generated, distinct, depth] = ['generated', 'distinct', 'depth'].map(figure);
  const actions = actionsOf(property(document, 'actions'));
  if (
    typeof result !== 'string' ||
    generated === undefined ||
    distinct === undefined ||
    depth === undefined ||
    actions === undefined
  ) {
    return 'zab check printed JSON without result, generated, distinct, depth and actions';
  }
  return { result, generated, distinct, depth, seconds: figure('seconds') ?? 0, actions };
}

/** A list of `{name, generated}`; places that share a name are added up. */
function actionsOf(list: unknown): ReadonlyMap<string, number> | undefined {
  if (!Array.isArray(list)) return undefined;
  const actions = new Map<string, number>();
  for (const item of list) {
    const name = property(item, 'name');
    const generated = property(item, 'generated');
    if (typeof name !== 'string' || typeof generated !== 'number') return undefined;
    actions.set(name, (actions.get(name) ?? 0) + generated);
  }
  return actions;
}
