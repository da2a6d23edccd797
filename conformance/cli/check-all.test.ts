import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { zab, type Ran } from './captured-run.ts';
import { capture } from './captured-terminal.ts';
import { runZab } from './program.ts';

/** Counts up to Most and begins again; beyond Sill it goes on by a way that not every model has. */
const COUNTER = `---- MODULE Counter ----
EXTENDS Naturals
CONSTANTS Most, Sill
VARIABLE x
Init == x = 0
Next == x' = IF x = Most THEN 0 ELSE IF x > Sill THEN x + 1 ELSE x + 1
Spec == Init /\\ [][Next]_x
FairSpec == Spec /\\ WF_x(Next)
Low == x < 9
Steady == [][x' < x + 2]_x
Returns == []<>(x = 0)
====
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zab-all-'));
  mkdirSync(join(folder, 'models'));
  writeFileSync(join(folder, 'Counter.tla'), COUNTER);
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Writes models that extend Counter, each with its sets and the lines of its configuration. */
function models(given: Record<string, { sets: string[]; config: string }>): string {
  for (const [name, { config }] of Object.entries(given)) {
    writeFileSync(join(folder, 'models', `${name}.tla`), `---- MODULE ${name} ----\nEXTENDS Counter\n====\n`);
    writeFileSync(join(folder, 'models', `${name}.cfg`), `SPECIFICATION Spec\n${config}`);
  }
  const index = join(folder, 'models', 'index.json');
  const list = Object.entries(given).map(([name, { sets }]) => ({ name, set: sets }));
  writeFileSync(index, JSON.stringify({ models: list }));
  return index;
}

function checkAll(index: string, ...more: string[]): Promise<Ran> {
  const out = join(folder, 'out');
  return zab('check-all', '--index', index, '--out', out, '--workers', '1', ...more);
}

const good = 'CONSTANTS Most = 5 Sill = 3\nINVARIANT Low\n';
const bad = 'CONSTANTS Most = 20 Sill = 30\nINVARIANT Low\n';

describe('zab check-all', () => {
  it('prints a line for each model that has an end, and what each checks', async () => {
    const index = models({
      one: { sets: ['check'], config: good },
      two: { sets: ['other', 'check'], config: `${good}PROPERTY Steady\n` },
      three: { sets: ['other'], config: bad },
    });
    const { status, output } = await checkAll(index);
    expect(status).toBe(0);
    expect(
      output
        .replace(/\d+\.\d/g, 'T')
        .replace(/ +/g, ' ')
        .split('\n'),
    ).toEqual([
      'model generated distinct depth checks result seconds',
      'one 7 6 6 [1] ok T',
      'two 7 6 6 [2] ok T',
      '',
      '[1] invariants Low',
      '[2] invariants Low; properties Steady',
      '',
      '2 of 2 models hold, T s.',
      '',
    ]);
  });

  it('goes on after a model that fails or cannot be read, and ends with the gravest status', async () => {
    const index = models({
      broken: { sets: ['check'], config: 'INVARIANT Nothing\n' },
      high: { sets: ['check'], config: bad },
      unfair: { sets: ['check'], config: `${good}PROPERTY Returns\n` },
      good: { sets: ['check'], config: good },
    });
    const { status, output } = await checkAll(index, '--json');
    expect(status).toBe(2);
    expect(JSON.parse(output)).toMatchObject({
      result: 'failed',
      models: [
        { model: 'broken', result: 'error', error: { kind: 'configuration' } },
        { model: 'high', result: 'safety', property: 'Low', invariants: ['Low'], properties: [] },
        { model: 'unfair', result: 'liveness', property: 'Returns', properties: ['Returns'] },
        { model: 'good', result: 'ok', generated: 7, distinct: 6, depth: 6 },
      ],
    });
    const { status: one, output: text } = await checkAll(index, 'high', 'good');
    expect(one).toBe(1);
    expect(text).toContain(
      `\n  Low is violated; npx zab check ${join(folder, 'models', 'high.tla')} says how\n`,
    );
    expect(text).toContain('1 of 2 models hold');
  });

  it('walks through models without an end, as the seed says', async () => {
    const index = models({
      endless: { sets: ['walk'], config: bad },
      calm: { sets: ['walk'], config: good },
    });
    const { status, output } = await checkAll(
      index,
      '--walks',
      '3',
      '--depth',
      '15',
      '--seed',
      '7',
      '--json',
    );
    expect(status).toBe(1);
    expect(JSON.parse(output)).toMatchObject({
      models: [
        { model: 'endless', result: 'safety', walks: { seed: 7, foundBySeed: 7 } },
        { model: 'calm', result: 'ok', walks: { seed: 7, count: 3, states: 45 } },
      ],
    });
    expect((await checkAll(index, '--walks', '0')).output).toContain('0 of 0 models hold');
  });

  it('says how far a long exploration has come, and of what', async () => {
    const index = models({ long: { sets: ['long'], config: 'CONSTANTS Most = 999 Sill = 1\n' } });
    const kept = join(folder, 'out', 'long');
    expect((await checkAll(index)).output).toContain(`long: not begun; there is no checkpoint in ${kept}.\n`);
    const captured = capture();
    const tla = join(folder, 'models', 'long.tla');
    captured.interrupt();
    await runZab(['check', tla, '--workers', '1', '--checkpoint', kept], captured.terminal);
    const { status, output } = await checkAll(index);
    expect(status).toBe(0);
    expect(output).toMatch(
      /long: not at its end; so far \d+ generated, \d+ distinct, \d+ of them on queue, /,
    );
    writeFileSync(join(folder, 'Counter.tla'), COUNTER.replace('x < 9', 'x < 8'));
    expect((await checkAll(index)).output).toContain(`in ${kept} is of another specification or model.\n`);
  });

  it('joins the coverage of all models, and fails where none of them meets an arm', async () => {
    const index = models({
      whole: { sets: ['check'], config: 'CONSTANTS Most = 5 Sill = 9\n' },
      above: { sets: ['check'], config: 'CONSTANTS Most = 5 Sill = 3\n' },
    });
    expect((await checkAll(index, '--coverage')).status).toBe(0);
    const { status, output } = await checkAll(index, '--coverage', 'whole');
    expect(status).toBe(1);
    expect(output).toContain('Coverage of Counter: 3 of 4 arms and disjuncts.\n');
    expect(output).toMatch(/Counter\.tla:6:\d+: THEN is never selected, in Next\n/);
    expect((await checkAll(index, 'whole')).status).toBe(0);
  });

  it('refuses names and lists that are none, in one line', async () => {
    const index = models({ one: { sets: ['check'], config: good } });
    expect(await checkAll(index, 'two')).toMatchObject({
      status: 2,
      errors: `zab: there is no model two in ${index}\n`,
    });
    const missing = join(folder, 'nowhere.json');
    const { status, errors } = await checkAll(missing);
    expect(status).toBe(2);
    expect(errors).toMatch(/^zab: .*nowhere\.json: .*\n$/);
  });
});
