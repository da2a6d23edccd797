import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { compareCorpus, writeCorpus, type Corpus } from './corpus.ts';

const corpusOf = (files: Readonly<Record<string, string>>): Corpus => ({
  files: new Map(Object.entries(files)),
  entries: [],
  missing: [],
});

let parent: string;
let folder: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'zab-corpus-'));
  folder = join(parent, 'traces');
});
afterEach(() => {
  rmSync(parent, { recursive: true });
});

describe('a corpus on disk', () => {
  it('is what was written, and replaces what was there', () => {
    writeCorpus(folder, corpusOf({ 'a.itf.json': '1', 'old.itf.json': '2' }));
    writeCorpus(folder, corpusOf({ 'a.itf.json': '3', 'index.json': '4' }));
    expect(readdirSync(folder).sort()).toEqual(['a.itf.json', 'index.json']);
    expect(readFileSync(join(folder, 'a.itf.json'), 'utf8')).toBe('3');
    expect(readdirSync(parent)).toEqual(['traces']);
  });

  it('stays as it was when the new one cannot be written', () => {
    writeCorpus(folder, corpusOf({ 'a.itf.json': '1' }));
    expect(() => {
      writeCorpus(folder, corpusOf({ 'b.itf.json': '2', 'no/such/folder.json': '3' }));
    }).toThrow(/folder\.json/);
    expect(readdirSync(folder)).toEqual(['a.itf.json']);
    expect(readdirSync(parent)).toEqual(['traces']);
  });

  it('is compared byte for byte, and a file that nothing makes is told', () => {
    const corpus = corpusOf({ 'a.itf.json': '1', 'b.itf.json': '2', 'c.itf.json': '3' });
    writeCorpus(folder, corpus);
    expect(compareCorpus(folder, corpus)).toEqual([]);
    writeFileSync(join(folder, 'a.itf.json'), '1 ');
    rmSync(join(folder, 'b.itf.json'));
    writeFileSync(join(folder, 'z.itf.json'), '');
    expect(compareCorpus(folder, corpus)).toEqual([
      'a.itf.json differs',
      'b.itf.json is missing',
      'z.itf.json is not made by the present specification',
    ]);
  });
});
