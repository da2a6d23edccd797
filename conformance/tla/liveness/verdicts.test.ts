import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { parseConfiguration } from '../config/configuration-file.ts';
import { modelCheck, loadModel } from '../explore/model-check.ts';
import type { Outcome } from '../explore/outcome.ts';
import { outcomeJson } from '../report/json.ts';
import { verdictText } from '../report/text.ts';
import { writeTraceFile } from '../report/trace-file.ts';
import { counterexampleOf } from '../report/trace-values.ts';
import type { Specification } from '../specification.ts';
import { isStuttering, readTraceFile } from '../../tla-json-trace/index.ts';

const TURNSTILE = join(import.meta.dirname, 'testmodels', 'Turnstile.tla');

interface Checked {
  readonly specification: Specification;
  readonly outcome: Outcome;
}

async function check(name: string, property: string, more = '', workers = 1): Promise<Checked> {
  const text = `SPECIFICATION ${name}\nPROPERTY ${property}\nCONSTANT Guest = {a, b}\nCHECK_DEADLOCK FALSE\n${more}`;
  const configuration = parseConfiguration(text, 'Turnstile.cfg');
  const model = await loadModel({ tla: TURNSTILE, configuration, libraries: [] }, () => undefined);
  const outcome = await modelCheck(model, { workers, aloneStates: 10 });
  return { specification: model.specification, outcome };
}

describe('the turnstile', () => {
  // What TLC 2.18 says of each, with one worker; it takes other ways to some of the cycles.
  it.each([
    ['Kept', 'Opens'],
    ['Kept', 'Turns'],
    ['Kept', 'Nested'],
    ['Served', 'Passes'],
    ['Served', 'Answers'],
    ['Served', 'EndsOutside'],
    ['Crowd', 'SomebodyPasses'],
    ['Lucky', 'Passes'],
  ])('%s: %s holds', async (name, property) => {
    const { verdict, figures, graph } = (await check(name, property)).outcome;
    expect(verdict.kind).toBe('ok');
    expect([figures.generated, figures.distinct, graph?.states]).toEqual([145, 54, 54]);
  });

  // With the number of states, and of the state that the last one goes back to.
  it.each([
    ['Spec', 'Opens', 1, 1],
    ['Spec', 'Nested', 2, 2],
    ['Kept', 'StaysOpen', 2, 1],
    ['Patient', 'Passes', 3, 2],
    ['Patient', 'Answers', 3, 2],
    ['Crowd', 'Passes', 12, 2],
    ['Served', 'Rests', 14, 2],
    ['Served', 'CountsFairly', 2, 1],
  ])('%s: %s is violated by %i states, back to %i', async (name, property, states, back) => {
    const { verdict, figures } = (await check(name, property)).outcome;
    if (verdict.kind !== 'liveness') throw new Error(verdict.kind);
    expect(verdict.property).toBe(property);
    expect([verdict.path.length, verdict.loop + 1]).toEqual([states, back]);
    expect([figures.generated, figures.distinct]).toEqual([145, 54]);
  });

  it.each([['Opens'], ['SomebodyPasses']])(
    'within CONSTRAINT, where no step leads out: %s',
    async (property) => {
      const { outcome } = await check('Served', property, 'CONSTRAINT Few\n');
      expect([outcome.figures.generated, outcome.figures.distinct]).toEqual([63, 24]);
      expect(outcome.graph?.states).toBe(24);
      expect(outcome.verdict.kind).toBe('ok');
    },
  );

  it('does the same with any number of workers', async () => {
    const [one, three] = [await check('Crowd', 'Passes'), await check('Crowd', 'Passes', '', 3)];
    const json = ({ specification, outcome }: Checked): unknown =>
      outcomeJson(specification.variables, outcome, { engine: 'zab', workers: 1, seconds: 0 });
    expect(json(three)).toEqual(json(one));
  });

  it('is refused with VIEW', async () => {
    const view = check('Kept', 'Opens', 'VIEW vars\n');
    await expect(view).rejects.toThrow('property Opens speaks of whole behaviours, which VIEW may hide');
  });
});

describe('a counterexample that goes on for ever', () => {
  it('is printed as TLC prints it', async () => {
    const cycle = await check('Patient', 'Passes');
    const text = verdictText(cycle.specification, cycle.outcome);
    expect(text).toContain(
      'Error: Temporal properties were violated.\nError: Property Passes does not hold.\n',
    );
    expect(text).toMatch(
      /Error: The following behavior constitutes a counter-example:\n\nState 1: <Initial predicate>/,
    );
    expect(text).toMatch(/Back to state 2: <Shut line 12, col 9 to line 12, col 60 of module Turnstile>\n$/);
    const still = await check('Spec', 'Opens');
    expect(verdictText(still.specification, still.outcome)).toMatch(/State 2: Stuttering\n$/);
  });

  it('says in JSON where it goes on', async () => {
    const { specification, outcome } = await check('Patient', 'Passes');
    const facts = { engine: 'zab', workers: 1, seconds: 0 };
    expect(outcomeJson(specification.variables, outcome, facts)).toMatchObject({
      result: 'liveness',
      property: 'Passes',
      loop: 1,
      closing: { name: 'Shut' },
      graph: { states: 54, edges: 144, sccs: 1 },
    });
  });

  it.each([
    ['Patient', 'Passes', '.itf.json', 'Shut'],
    ['Patient', 'Passes', '.json', 'Shut'],
    ['Spec', 'Opens', '.itf.json', undefined],
    // TLC's form has an action for what stutters too.
    ['Spec', 'Opens', '.json', 'Stuttering'],
    ['Spec', 'Nested', '.json', 'Open'],
  ])('is written, and read again, for %s => %s in %s', async (name, property, extension, closing) => {
    const folder = mkdtempSync(join(tmpdir(), 'zab-test-'));
    try {
      const { specification, outcome } = await check(name, property);
      const written = counterexampleOf(specification.variables, outcome.verdict);
      if (written?.loop === undefined) throw new Error('no lasso');
      const file = join(folder, `trace${extension}`);
      writeTraceFile(file, written);
      const { trace } = readTraceFile(file);
      expect(trace.loop).toBe(written.loop);
      expect(trace.states).toHaveLength(written.states.length);
      expect(isStuttering(trace)).toBe(name === 'Spec');
      expect(trace.closing?.name).toBe(closing);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
