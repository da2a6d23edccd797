import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyConfiguration, type Configuration } from '../configuration.ts';
import { TlaError, type Place } from '../errors.ts';
import { format } from '../values/format.ts';
import { loadRoot } from './load.ts';

const place: Place = { file: 'M.cfg', module: '', line: 1, column: 1, endLine: 1, endColumn: 1 };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zab-modules-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function module(name: string, ...lines: readonly string[]): string {
  const path = join(folder, `${name}.tla`);
  writeFileSync(path, [`---- MODULE ${name} ----`, ...lines, '====', ''].join('\n'));
  return path;
}

/** The error of loading a file, without the folder. */
async function mistake(path: string): Promise<string> {
  try {
    await loadRoot({ path }, emptyConfiguration, {});
    return 'no mistake';
  } catch (error) {
    if (!(error instanceof TlaError)) throw error;
    expect(error.message).not.toContain('\n');
    return `${error.kind}: ${error.message.replaceAll(`${folder}/`, '')}`;
  }
}

describe('modules of one specification', () => {
  it('are read in the order of TLC, by which strings sort', async () => {
    const names = ['A', 'B', 'C', 'D', 'F', 'G', 'H', 'K'].map((name) => `from${name}`);
    const root = module(
      'E',
      'EXTENDS A, B',
      'I == INSTANCE G',
      `All == {${names.map((name) => `"${name}"`).join(', ')}}`,
    );
    module('A', 'EXTENDS C, TLC', 'LOCAL L == INSTANCE H', 'fromA == 1');
    module('B', 'EXTENDS D, Naturals', 'fromB == 1');
    module('C', 'LOCAL INSTANCE F', 'fromC == 1');
    module('D', 'EXTENDS K', 'fromD == 1');
    module('F', 'fromF == 1');
    module('G', 'EXTENDS D', 'fromG == 1');
    module('H', 'fromH == 1');
    module('K', 'fromK == 1');
    const specification = await loadRoot({ path: root }, emptyConfiguration, {});
    // As TLC 2.18 prints it.
    expect(format(specification.evaluateIn([], 'All'))).toBe(
      '{"fromA", "fromB", "fromC", "fromD", "fromK", "fromG", "fromH", "fromF"}',
    );
  });

  it('may not depend on themselves, whether something uses that or not', async () => {
    expect(await mistake(module('Self', 'EXTENDS Self'))).toBe(
      'semantic: Self.tla:2:9: module Self depends on itself',
    );
    module('Back', 'EXTENDS There');
    expect(await mistake(module('There', 'EXTENDS Back'))).toBe(
      'semantic: Back.tla:2:9: module There depends on itself',
    );
    module('Inner', 'J == INSTANCE Outer');
    expect(await mistake(module('Outer', 'I == INSTANCE Inner'))).toBe(
      'semantic: Inner.tla:2:6: module Outer depends on itself',
    );
  });

  it('stand in files of their names', async () => {
    const path = join(folder, 'File.tla');
    writeFileSync(path, '---- MODULE Other ----\n====\n');
    expect(await mistake(path)).toBe(
      'semantic: File.tla:1:1: this file must hold module File, not Other; rename one of the two',
    );
    expect(await mistake(module('User', 'EXTENDS File'))).toBe(
      'semantic: User.tla:2:9: the file of module File holds another module',
    );
  });

  it('are told apart from what is no module', async () => {
    const empty = join(folder, 'Empty.tla');
    writeFileSync(empty, '');
    expect(await mistake(empty)).toBe('syntax: Empty.tla:1:1: no ---- MODULE … ---- in this file');
    const directory = join(folder, 'Folder.tla');
    mkdirSync(directory);
    expect(await mistake(directory)).toBe('semantic: cannot read module file Folder.tla (EISDIR)');
  });

  it('may be given the value of a definition, which has it wherever the module is used', async () => {
    module('Base', 'Nothing == CHOOSE n : n \\notin {0}', 'Alone == <<Nothing>>');
    const configuration: Configuration = {
      ...emptyConfiguration,
      constants: [
        { name: 'Nothing', module: 'Base', arguments: [], value: { kind: 'model', name: 'nothing' }, place },
      ],
    };
    const extending = module('Extending', 'EXTENDS Base', 'All == <<Alone, Nothing>>');
    const instance = module('Naming', 'I == INSTANCE Base', 'All == <<I!Alone, I!Nothing>>');
    for (const path of [extending, instance]) {
      const specification = await loadRoot({ path }, configuration, {});
      expect(format(specification.evaluateIn([], 'All'))).toBe('<<<<nothing>>, nothing>>');
    }
  });

  describe('with assumptions and theorems', () => {
    const statements = [
      'EXTENDS Naturals',
      'CONSTANT N',
      'ASSUME Positive == N > 0',
      'AXIOM Small == N < 10',
      'THEOREM Between == Positive /\\ Small',
      'LEMMA Sequent == ASSUME N > 0 PROVE N # 0',
    ];
    const three: Configuration = {
      ...emptyConfiguration,
      constants: [{ name: 'N', arguments: [], value: { kind: 'integer', value: 3 }, place }],
    };

    it('know their names as those of the formulas, also in an instance', async () => {
      module('Base', ...statements);
      const root = module(
        'Named',
        'EXTENDS Base',
        'I == INSTANCE Base WITH N <- 20',
        'J(n) == INSTANCE Base WITH N <- n',
        'ASSUME Own == Between /\\ I!Positive',
        'Here == <<Positive, Small, Between, Own>>',
        'There == <<I!Positive, I!Small, I!Between, J(0)!Positive, J(3)!Between>>',
      );
      const specification = await loadRoot({ path: root }, three, {});
      const value = (name: string): string => format(specification.evaluateIn([], name));
      expect(value('Here')).toBe('<<TRUE, TRUE, TRUE, TRUE>>');
      expect(value('There')).toBe('<<TRUE, FALSE, FALSE, FALSE, TRUE>>');
      expect(() => value('Sequent')).toThrow('ASSUME … PROVE is not evaluated');
      expect(specification.assumptions.map(({ name }) => name)).toEqual(['Positive', 'Small', 'Own']);
    });

    it('sort the strings of these, and of proofs, where they stand', async () => {
      const root = module(
        'Proved',
        'THEOREM "z" = "z"',
        'LEMMA L == "y" = "y"',
        '  <1>1. "x" = "x" OBVIOUS',
        '  <1> QED BY <1>1',
        'All == {"a", "x", "y", "z"}',
      );
      const specification = await loadRoot({ path: root }, emptyConfiguration, {});
      // As TLC 2.18 prints it.
      expect(format(specification.evaluateIn([], 'All'))).toBe('{"z", "y", "x", "a"}');
    });
  });

  it('may nest expressions a thousand deep, and are refused where they go much deeper', async () => {
    const nested = (depth: number): string => `${'('.repeat(depth)}1${')'.repeat(depth)}`;
    expect(await mistake(module('Nested', `A == ${nested(1000)}`))).toBe('no mistake');
    expect(await mistake(module('Deep', `A == ${nested(10_000)}`))).toMatch(
      /^syntax: Deep\.tla:2:\d+: expressions are nested too deep here$/,
    );
  });

  it('of ten thousand definitions are read in seconds', async () => {
    const definitions = Array.from({ length: 10_000 }, (_, i) => `D${i} == {x \\in {${i}} : TRUE}`);
    expect(await mistake(module('Large', ...definitions))).toBe('no mistake');
  }, 60_000);
});
