import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { IMPLEMENTATION_MUTANTS } from './implementation-mutants.ts';
import { changed, StaleChange, type Mutant } from './mutant.ts';
import { PROJECT_ROOT, Workshop } from './workshop.ts';
import { runZab } from './zab-process.ts';
import { isAsExpected, mismatchIn } from './zab-run.ts';

describe('every mutant', () => {
  it.each(IMPLEMENTATION_MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
    '%s can be made of the present sources',
    (_, { changes, models }) => {
      const texts = new Map<string, string>();
      for (const change of changes) {
        const { file } = change;
        expect(file.startsWith('impl/')).toBe(true);
        texts.set(file, changed(texts.get(file) ?? readFileSync(join(PROJECT_ROOT, file), 'utf8'), change));
      }
      expect(texts.size).toBeGreaterThan(0);
      for (const model of models) {
        expect(existsSync(join(PROJECT_ROOT, 'spec', 'models', `${model}.cfg`))).toBe(true);
      }
    },
  );

  it('has a name of its own', () => {
    expect(new Set(IMPLEMENTATION_MUTANTS.map(({ name }) => name)).size).toBe(IMPLEMENTATION_MUTANTS.length);
  });
});

describe('a change', () => {
  const change = { file: 'a.ts', find: 'one', replace: 'two' };

  it('is refused unless its text stands in the file exactly once', () => {
    expect(changed('1 one 1', change)).toBe('1 two 1');
    expect(() => changed('nothing', change)).toThrow(StaleChange);
    expect(() => changed('one and one', change)).toThrow(/2 times/);
    expect(() => changed('one', { ...change, find: '' })).toThrow(StaleChange);
    expect(() => changed('one', { ...change, replace: 'one' })).toThrow(StaleChange);
  });

  it('is undone after the work, also when the work fails, and the copy removed', async () => {
    const workshop = new Workshop();
    const file = 'impl/broadcast/assertion.ts';
    const text = (): string => readFileSync(join(workshop.folder, file), 'utf8');
    const original = text();
    try {
      const find = original.slice(0, original.indexOf('\n'));
      const work = workshop.with([{ file, find, replace: '// changed' }], () => {
        expect(text().startsWith('// changed')).toBe(true);
        return Promise.reject(new Error('the work fails'));
      });
      await expect(work).rejects.toThrow('the work fails');
      expect(text()).toBe(original);
      await expect(
        workshop.with([{ file, find: 'not there', replace: '' }], () => Promise.resolve()),
      ).rejects.toThrow(StaleChange);
    } finally {
      workshop.remove();
    }
    expect(existsSync(workshop.folder)).toBe(false);
    expect(readFileSync(join(PROJECT_ROOT, file), 'utf8')).toBe(original);
  });
});

describe('the copy in which changes are made', () => {
  it('has all that the command needs', async () => {
    const workshop = new Workshop();
    try {
      const { signal } = new AbortController();
      const ended = await runZab(['eval', '1 + 1'], { folder: workshop.folder, signal, stopBy: 'SIGKILL' });
      expect(ended).toMatchObject({ status: 0, errors: '' });
    } finally {
      workshop.remove();
    }
  });
});

describe('a finding', () => {
  const detail = {
    step: 'Sync(s1, 1)',
    kind: 'variable',
    what: 'messages',
    at: 's1',
    specified: '<<>>',
    actual: '1',
  };
  const [mutant] = IMPLEMENTATION_MUTANTS;
  if (mutant === undefined) throw new Error('there is no mutant');
  const expected: Mutant = { ...mutant, caught: { by: 'variable', what: 'messages' } };

  it('of lockstep is as expected only with kind, name, action and two different values', () => {
    const finding = (more: object): ReturnType<typeof mismatchIn> =>
      mismatchIn({
        models: [{ result: 'mismatch', mismatch: { steps: 3, detail: { ...detail, ...more } } }],
      });
    const judge = (more: object): boolean => {
      const found = finding(more);
      return found !== undefined && isAsExpected(expected, found);
    };
    expect(judge({})).toBe(true);
    expect(judge({ kind: 'exception' })).toBe(false);
    expect(judge({ what: 'history' })).toBe(false);
    expect(judge({ specified: '' })).toBe(false);
    expect(judge({ actual: '<<>>' })).toBe(false);
    expect(judge({ step: '', at: '' })).toBe(false);
    expect(mismatchIn({ models: [{ result: 'violation' }] })).toBeUndefined();
  });
});
