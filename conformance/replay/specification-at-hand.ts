/** The specification without the bounds of a model: what a trace is a behaviour of, or not. */
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { TraceError } from '../tla-json-trace/index.ts';
import { emptyConfiguration, type Configuration } from '../tla/configuration.ts';
import type { Place } from '../tla/errors.ts';
import { loadSpecification, type Specification } from '../tla/specification.ts';

const PACKAGE_ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Path of Zab.tla, of the working folder or else of this package. */
export function zabModule(): string {
  const here = join('spec', 'Zab.tla');
  return existsSync(here) ? here : relative(process.cwd(), join(PACKAGE_ROOT, here));
}

/**
 * Zab.tla with all its actions and no bounds.
 * @param servers names of the elements of Server
 * @param values names of the elements of Value
 */
export async function loadZab(
  servers: readonly string[],
  values: readonly string[],
  tla: string = zabModule(),
): Promise<Specification> {
  const place: Place = { file: '<trace>', module: '', line: 1, column: 1, endLine: 1, endColumn: 1 };
  const setOf = (names: readonly string[]): Configuration['constants'][number]['value'] => ({
    kind: 'set',
    elements: names.map((name) => ({ kind: 'model', name })),
  });
  const assign = (
    name: string,
    value: Configuration['constants'][number]['value'],
  ): Configuration['constants'][number] => ({
    name,
    arguments: [],
    value,
    place,
  });
  return loadSpecification(tla, {
    ...emptyConfiguration,
    file: '<trace>',
    init: { name: 'Init', place },
    next: { name: 'Next', place },
    constants: [
      assign('Server', setOf(servers)),
      assign('Value', setOf(values)),
      assign('None', { kind: 'model', name: 'None' }),
    ],
    checkDeadlock: false,
  });
}

/** Names of servers as traces have them: `s1`, `s2`, …, all of them. */
export function serverNames(names: readonly string[]): string[] {
  const sorted = [...new Set(names)].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const wanted = sorted.map((_, index) => `s${index + 1}`);
  if (sorted.length < 2 || sorted.some((name, index) => name !== wanted[index])) {
    throw new TraceError(
      'mismatch',
      `the servers of the trace are ${sorted.join(', ')}, where s1, s2, … are expected`,
    );
  }
  return sorted;
}
