import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readTraceFile, writeTextFile } from './index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trace-files-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('trace files', () => {
  test('say by their content which form they have', () => {
    const file = join(folder, 'a.json');
    writeFileSync(file, '{"vars":["x"],"states":[{"x":1}]}');
    expect(readTraceFile(file).form).toBe('itf');
    writeFileSync(file, '{"vars":["x"],"counterexample":{"state":[[1,{"x":1}]],"action":[]}}');
    expect(readTraceFile(file).form).toBe('tlc');
  });

  test('that cannot be read are named', () => {
    const missing = join(folder, 'missing.json');
    expect(() => readTraceFile(missing)).toThrow(`${missing}: cannot read the file (ENOENT)`);
    expect(() => readTraceFile(folder)).toThrow(`${folder}: cannot read the file (EISDIR)`);
  });

  test('that are no text, or too large, are refused', () => {
    const file = join(folder, 'a.json');
    writeFileSync(file, Buffer.from([0x22, 0xff, 0x22]));
    expect(() => readTraceFile(file)).toThrow(`${file}: the file is not UTF-8 text, so it is no trace`);
    writeFileSync(file, '"123456789"');
    expect(() => readTraceFile(file, { sizeMax: 10 })).toThrow(`${file}: 11 long, more than 10, the limit`);
  });

  test('let a later complaint name its line', () => {
    const file = join(folder, 'a.json');
    writeFileSync(file, '{"vars":["x"],\n"states":[\n{"x":1},\n{"x":2}]}');
    const { source } = readTraceFile(file);
    expect(source.errorAt(['states', 1, 'x'], 'mismatch', 'x is 3').message).toBe(
      `${file}:4:6: $.states[1].x: x is 3`,
    );
  });

  test('are written whole, and leave nothing beside them', () => {
    const file = join(folder, 'a.json');
    writeTextFile(file, 'old');
    writeTextFile(file, 'new');
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['a.json']);
  });

  test('that cannot be written leave what was there', () => {
    const file = join(folder, 'a.json');
    mkdirSync(file);
    expect(() => {
      writeTextFile(file, 'new');
    }).toThrow(`${file}: cannot write the file (EISDIR)`);
    expect(readdirSync(folder)).toEqual(['a.json']);
  });
});
