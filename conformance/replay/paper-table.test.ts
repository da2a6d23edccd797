import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

const SPEC = fileURLToPath(new URL('../../spec/', import.meta.url));
const readSpec = (file: string): string => readFileSync(join(SPEC, file), 'utf8');

interface Link {
  readonly name: string;
  readonly file: string;
}

interface Row {
  readonly step: string;
  readonly actions: readonly Link[];
  readonly handlers: readonly Link[];
  readonly tests: readonly Link[];
}

const links = (cell: string): Link[] =>
  [...cell.matchAll(/\[`([^`]+)`\]\(([^)]+)\)/g)].map(([, name = '', file = '']) => ({ name, file }));

/** The rows of the table whose heading begins with these words. */
function tableOf(markdown: string, heading: string): Row[] {
  const lines = markdown.split('\n');
  const start = lines.findIndex((line) => line.startsWith(heading));
  const length = lines.slice(start).findIndex((line) => !line.startsWith('|'));
  return lines.slice(start + 2, start + length).map((line) => {
    const [step = '', action = '', , , handler = '', test = ''] = line.split('|').slice(1, -1);
    return { step: step.trim(), actions: links(action), handlers: links(handler), tests: links(test) };
  });
}

const rows = tableOf(readSpec('README.md'), '| paper | action |');
const module = readSpec('Zab.tla');

/** What Next is made of: the operators with parameters that its parts name. */
const actionsOfNext = [
  ...new Set(
    [
      ...module
        .slice(module.indexOf('\nElection '), module.indexOf('\nProtocol '))
        .matchAll(/\b([A-Z]\w+)\(\w/g),
    ].flatMap(([, name]) => (name === undefined || name === 'Len' ? [] : [name])),
  ),
];

describe('the table from the paper to the code', () => {
  it('has every action of the specification, and no other', () => {
    expect(actionsOfNext.length).toBeGreaterThan(15);
    const named = [...new Set(rows.flatMap(({ actions }) => actions.map(({ name }) => name)))];
    expect(named.sort()).toEqual(actionsOfNext.sort());
  });

  it('has every step of the paper', () => {
    const steps = new Set(rows.map(({ step }) => step.replace(/,.*/, '')));
    for (const step of [
      '1.1',
      '1.2',
      '1.3',
      '2.1',
      '2.2',
      '2.3',
      '2.4',
      '3.1',
      '3.2',
      '3.3',
      '3.4',
      'l.3.3',
      'l.3.4',
      'election',
      'recovery',
    ]) {
      expect(steps).toContain(step);
    }
  });

  it.each(rows)(
    '$step: files, handlers and tests are there under their names',
    ({ step, actions, handlers, tests }) => {
      expect([actions.length, handlers.length > 0, tests.length > 0]).toEqual([1, true, true]);
      const [action] = actions;
      for (const { file } of [...actions, ...handlers, ...tests])
        expect(existsSync(join(SPEC, file)), file).toBe(true);
      for (const { name, file } of handlers) {
        const [type = '', method = ''] = name.split('.');
        const source = readSpec(file);
        expect(source, `class ${type} in ${file}`).toMatch(new RegExp(`^export class ${type} `, 'm'));
        expect(source, `${name} in ${file}`).toMatch(new RegExp(`^  (?:static )?${method}\\(`, 'm'));
      }
      for (const { name, file } of tests) {
        expect(readSpec(file), `${name} in ${file}`).toContain(`'${name}: `);
        // A stranger who searches for the action or the step meets the test.
        expect(name).toMatch(new RegExp(`\\b${action?.name ?? '?'}\\b`));
        expect(name).toContain(step.replace(/,.*/, ''));
      }
    },
  );
});
