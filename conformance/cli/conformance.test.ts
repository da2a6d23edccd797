import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { zab } from './captured-run.ts';
import { CORPUS_FOLDER } from './traces.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zab-conformance-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('zab conformance', () => {
  it('prints one object with figures and mismatch of each model', async () => {
    const args = ['conformance', 'quick', '--workers', '1', '--falsify', 'role', '--json', '--out', folder];
    const { status, output, errors } = await zab(...args);
    expect(errors).toBe('');
    expect(status).toBe(1);
    const report: unknown = JSON.parse(output);
    expect(report).toMatchObject({
      result: 'failed',
      mismatches: 1,
      models: [
        {
          model: 'quick',
          result: 'mismatch',
          mismatch: { detail: { kind: 'variable', what: 'role', actual: '"LOOKING"' }, steps: 1 },
        },
      ],
    });
  });

  it('ends with 1 at a mismatch, says which variable differs, and saves a trace that can be replayed', async () => {
    const { status, output } = await zab(
      'conformance',
      'quick',
      '--workers',
      '1',
      '--falsify',
      'committed',
      '--out',
      folder,
    );
    expect(status).toBe(1);
    expect(output).toMatch(
      /MISMATCH after \d+ steps\. .*committed of s[12] \(peer\): the specification says 1, .* 0/,
    );
    const trace = join(folder, 'mismatch-quick.itf.json');
    expect(output).toContain(`npx zab replay --around ${trace}`);
    // Only the comparison was wrong.
    expect((await zab('replay', trace)).status).toBe(0);
  });

  it('ends with 1 where every action is asked for and one is taken by no model', async () => {
    const args = ['conformance', 'quick', '--workers', '1', '--json', '--out', folder];
    const some = await zab(...args);
    expect(some.status).toBe(0);
    const all = await zab(...args, '--every-action');
    expect(all.status).toBe(1);
    expect(JSON.parse(all.output)).toMatchObject({
      result: 'failed',
      mismatches: 0,
      neverTaken: ['Zab!ReceiveTrunc', 'Zab!ReceiveSnap', 'Zab!CrashUncut'],
    });
  });

  it('holds the election to its models, and saves what it finds', async () => {
    const { status, output } = await zab(
      ...['conformance', 'electionpair', '--workers', '1', '--falsify', 'backers', '--out', folder],
    );
    expect(status).toBe(1);
    expect(output).toMatch(
      /MISMATCH after \d+ steps\. .*backers of [12] \(server\): the specification says \{/,
    );
    expect(output).toContain('To repeat: npx zab conformance electionpair\n');
    expect(existsSync(join(folder, 'mismatch-electionpair.itf.json'))).toBe(true);
  });

  it.each([
    [['conformance', 'nomodel'], /no model nomodel/],
    [['conformance', 'service'], /service: nothing in the implementation stands for/],
    [['conformance', 'quick', '--falsify', 'backers'], /quick has no such variable/],
    [['conformance', 'quick', '--falsify', 'colour'], /--falsify colour: it must be one of acceptedEpoch/],
    [['conformance', '--minutes', '0'], /whole number/],
  ])('refuses %j with one line', async (args, message) => {
    const { status, output, errors } = await zab(...args);
    expect(status).toBe(2);
    expect(output).toBe('');
    expect(errors).toMatch(message);
    expect(errors.trimEnd()).not.toContain('\n');
  });
});

describe('zab replay', () => {
  const witness = join(CORPUS_FOLDER, 'two-leaders.itf.json');

  it('counts traces and steps', async () => {
    const { status, output } = await zab('replay', witness, '--json');
    expect(status).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ traces: 1, steps: 26, mismatches: 0 });
  });

  it('ends with 2 and one line with a place when a trace is truncated', async () => {
    const file = join(folder, 'short.itf.json');
    writeFileSync(file, readFileSync(witness, 'utf8').slice(0, 5000));
    const { status, output, errors } = await zab('replay', file);
    expect(status).toBe(2);
    expect(output).toBe('');
    expect(errors).toMatch(/^zab: .*short\.itf\.json:\d+:\d+: .*\n$/);
  });
});

describe('zab traces', () => {
  it('does not replace a folder that holds other things', async () => {
    const other = join(folder, 'notes.txt');
    writeFileSync(other, 'mine');
    const { status, errors } = await zab('traces', '--out', folder);
    expect(status).toBe(2);
    expect(errors).toMatch(/holds other things than a corpus/);
    expect(existsSync(other)).toBe(true);
  });
});
