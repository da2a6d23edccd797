import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readItf, writeTlc } from '../tla-json-trace/index.ts';
import { TraceReplayer } from './trace-replay.ts';

const CORPUS = fileURLToPath(new URL('../../traces', import.meta.url));
const SAMPLES = fileURLToPath(new URL('../tla-json-trace/testdata', import.meta.url));
const WITNESS = join(CORPUS, 'leader-crashes-in-broadcast.itf.json');
const replayer = new TraceReplayer();

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zab-replay-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function written(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

describe('replay', () => {
  it('follows each scenario of the corpus', async () => {
    const files = readdirSync(CORPUS).filter(
      (name) => name.endsWith('.itf.json') && !name.startsWith('walk-'),
    );
    expect(files.length).toBeGreaterThan(15);
    for (const file of files) {
      const { mismatch, steps } = await replayer.replay(join(CORPUS, file));
      expect(mismatch, file).toBeUndefined();
      expect(steps).toBeGreaterThan(0);
    }
  });

  it('tries everything else around a trace, too', async () => {
    const { mismatch } = await replayer.replay(WITNESS, { around: true });
    expect(mismatch).toBeUndefined();
  });

  it('reads the same trace in the form of TLC', async () => {
    const file = written('tlc.json', writeTlc(readItf(readFileSync(WITNESS, 'utf8'))));
    const { mismatch, steps } = await replayer.replay(file);
    expect(mismatch).toBeUndefined();
    expect(steps).toBe((await replayer.replay(WITNESS)).steps);
  });
});

describe('what is no trace of the specification is refused, with file and line', () => {
  const line = /^[^ ]+:\d+:\d+: /;

  it('a state that no step leads to', async () => {
    const lines = readFileSync(WITNESS, 'utf8').split('\n');
    const at = lines.findIndex((text) => text.includes('"role"') && text.includes('LEADING'));
    const changed = lines.map((text, index) => (index === at ? text.replace('LEADING', 'FOLLOWING') : text));
    const file = written('changed.itf.json', changed.join('\n'));
    await expect(replayer.replay(file)).rejects.toThrow(/changed\.itf\.json:\d+:\d+: .*role differs/);
    await expect(replayer.replay(file)).rejects.toThrow(new RegExp(`json:${at + 1}:`));
  });

  it('a step that is not enabled', async () => {
    const text = readFileSync(WITNESS, 'utf8').replace('"action":"Connect"', '"action":"Abandon"');
    await expect(replayer.replay(written('step.itf.json', text))).rejects.toThrow(
      /step\.itf\.json:\d+:\d+: .*Abandon/,
    );
  });

  it('an action that the specification has not', async () => {
    const text = readFileSync(WITNESS, 'utf8').replace('"action":"Connect"', '"action":"Conect"');
    await expect(replayer.replay(written('name.itf.json', text))).rejects.toThrow(/no action Conect/);
  });

  it('a truncated file', async () => {
    const text = readFileSync(WITNESS, 'utf8');
    const file = written('short.itf.json', text.slice(0, text.length / 2));
    await expect(replayer.replay(file)).rejects.toThrow(line);
  });

  it('a trace of another specification', async () => {
    await expect(replayer.replay(join(SAMPLES, 'Dead.trace.json'))).rejects.toThrow(
      /Dead\.trace\.json:1:\d+: /,
    );
  });

  it('a file that is not there', async () => {
    await expect(replayer.replay(join(folder, 'none.itf.json'))).rejects.toThrow(/none\.itf\.json/);
  });
});
