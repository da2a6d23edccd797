import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { DefinitionReader } from '../../tla/definitions.ts';
import { PROJECT_ROOT } from '../workshop.ts';
import { changesOf } from './changes.ts';
import { CollectionError, readIndex, readMutant, type SpecificationMutant } from './collection.ts';
import { controlsOf, withoutKiller } from './controls.ts';
import { explore, judged, readRun } from './judge.ts';
import { readProperties, type SpecificationProperty } from './properties.ts';
import { markdownTable } from './table.ts';

const SPECIFICATION = join(PROJECT_ROOT, 'spec');
/** A mutant differs from what it replaces by a few lines; the rest is a copy that must follow the original. */
const CHANGED_LINES_MAX = 12;

const INDEX = readIndex(join(SPECIFICATION, 'mutants'));
const signal = new AbortController().signal;

describe('the collection', () => {
  const mutants: SpecificationMutant[] = [];
  let properties: SpecificationProperty[] = [];
  beforeAll(async () => {
    const reader = await DefinitionReader.create();
    for (const entry of INDEX) mutants.push(await readMutant(SPECIFICATION, entry, reader));
    properties = await readProperties(SPECIFICATION, reader);
  });
  const mutant = (name: string): SpecificationMutant => {
    const found = mutants.find((item) => item.name === name);
    if (found === undefined) throw new Error(`there is no mutant ${name}`);
    return found;
  };

  it('has at least 25 entries, each with one sentence', () => {
    expect(INDEX.length).toBeGreaterThanOrEqual(25);
    for (const { name, wrong } of INDEX) expect(wrong, name).toMatch(/^[A-Z].*[^.]\.$/);
  });

  it('is what its README says', () => {
    const readme = readFileSync(join(SPECIFICATION, 'mutants', 'README.md'), 'utf8');
    expect(readme).toContain(markdownTable(INDEX));
  });

  it('changes in each definition a little, and leaves the rest as it is', () => {
    for (const { name, broken } of mutants) {
      for (const definition of broken) {
        const changes = changesOf(definition).length;
        expect(changes, `${name}: ${definition.name}`).toBeGreaterThan(0);
        expect(changes, `${name}: ${definition.name}`).toBeLessThanOrEqual(CHANGED_LINES_MAX);
      }
    }
  });

  it('names properties that a model of the specification checks', () => {
    const known = new Set(properties.map(({ name, module }) => `${module}!${name}`));
    expect(known.size).toBeGreaterThan(6);
    for (const { name, property, definitions } of mutants) {
      expect(known, name).toContain(`${definitions.get(property)?.module ?? ''}!${property}`);
    }
  });

  it('has for a property that one mutant violates alone nothing else to show in the same bounds', async () => {
    const alone = mutant('HalfIsAQuorum');
    expect(alone.alone).toBe(true);
    expect(await explore(alone.source, signal)).toMatchObject({ violated: 'OneLeaderAnEpoch' });
    const { source, checked } = withoutKiller(alone, properties);
    expect(checked.invariants).toContain('HistoriesMatch');
    expect(checked.invariants).not.toContain('OneLeaderAnEpoch');
    expect(await explore(source, signal)).toMatchObject({ result: 'ok' });
  });

  it.each([
    ['CommitOnAMinority', 13],
    ['OldConnectionStillRead', 4],
  ])('has %s killed in %i steps, and its model unbroken holds', async (name, steps) => {
    const chosen = mutant(name);
    const end = await explore(chosen.source, signal);
    expect(judged(end, chosen.property)).toBe('killed');
    expect(end.steps).toBe(steps);
    const [control] = controlsOf([chosen], properties);
    if (control === undefined) throw new Error('there is no control');
    expect(control.checked.invariants.length).toBeGreaterThan(6);
    expect(await explore(control.source, signal)).toMatchObject({ result: 'ok' });
  });
});

describe('a verdict', () => {
  const run = (result: string, violated?: string): ReturnType<typeof readRun> =>
    readRun({ result, property: violated ?? null, distinct: 3, trace: [{}, {}, {}] });

  it('is killed only by the property that is named', () => {
    expect(judged(run('safety', 'Agreement'), 'Agreement')).toBe('killed');
    expect(judged(run('safety', 'TypeOK'), 'Agreement')).toBe('KILLED BY ANOTHER');
    expect(judged(run('deadlock'), 'Agreement')).toBe('KILLED BY ANOTHER');
    expect(judged(run('ok'), 'Agreement')).toBe('SURVIVED');
    expect(judged(run('evaluation-error'), 'Agreement')).toBe('FAILED');
    expect(judged(readRun('nothing'), 'Agreement')).toBe('FAILED');
  });

  it('counts steps, not states', () => {
    expect(run('safety', 'Agreement').steps).toBe(2);
  });
});

describe('an index that contradicts itself is refused in one line', () => {
  const entry = { name: 'Wrong', wrong: 'It is wrong.', jira: [], property: 'TypeOK' };

  /** What reading an index says, in a folder with the files of `Wrong`. */
  function reading(index: string): () => unknown {
    const folder = mkdtempSync(join(tmpdir(), 'zab-mutant-index-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true });
    });
    writeFileSync(join(folder, 'index.json'), index);
    for (const ending of ['tla', 'cfg']) writeFileSync(join(folder, `Wrong.${ending}`), '');
    return () => readIndex(folder);
  }

  it.each([
    ['{', /JSON/],
    ['{}', /a list "mutants"/],
    [JSON.stringify({ mutants: [{ ...entry, jira: ['4646'] }] }), /mutants\[0\] needs/],
    [JSON.stringify({ mutants: [{ ...entry, why: '' }] }), /mutants\[0\] needs/],
    [JSON.stringify({ mutants: [entry, entry] }), /Wrong stands there twice/],
    [JSON.stringify({ mutants: [entry, { ...entry, name: 'Absent' }] }), /Absent\.tla: missing/],
    [JSON.stringify({ mutants: [] }), /Wrong\.cfg: .* does not name it/],
  ])('%s', (index, sentence) => {
    const read = reading(index);
    expect(read).toThrow(CollectionError);
    expect(read).toThrow(sentence);
  });

  it('and is read where it does not', () => {
    expect(reading(JSON.stringify({ mutants: [entry] }))()).toEqual([{ ...entry, alone: false }]);
  });
});
