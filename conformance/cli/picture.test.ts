import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { zab } from './captured-run.ts';

const TRACE = fileURLToPath(new URL('../../traces/two-leaders.itf.json', import.meta.url));
const TLC_TRACE = fileURLToPath(new URL('../tla-json-trace/testdata/Values.trace.json', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zab-picture-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('zab picture', () => {
  it('draws the steps asked for, on standard output or into a file', async () => {
    const printed = await zab('picture', TRACE, '--from', '3', '--to', '7');
    expect(printed.status).toBe(0);
    expect(printed.output).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[^]*<\/svg>\n$/);
    expect(printed.output).toContain('steps 3 to 7 of 26');
    const file = join(folder, 'a.svg');
    const written = await zab('picture', TRACE, '--from', '3', '--to', '7', '-o', file, '--json');
    expect(JSON.parse(written.output)).toEqual({ file, steps: 5 });
    expect(readFileSync(file, 'utf8')).toBe(printed.output);
  });

  it.each([
    [[TRACE, '--from', '3', '--to', '2'], '--from 3 is after --to 2'],
    [[TRACE, '--from', '27'], 'has 26 steps; --from and --to must be among them'],
    [[TRACE, '--to', '27'], 'has 26 steps; --from and --to must be among them'],
    [[TRACE, '-o', 'a.png'], 'the name must end in .svg'],
    [[TRACE, '--json'], 'add --output FILE.svg'],
    [['nowhere.itf.json'], 'nowhere.itf.json: cannot read the file (ENOENT)'],
    [[TLC_TRACE], 'Values.trace.json: no variable of the trace is a function of servers'],
  ])('refuses %j in one line', async (args, expected) => {
    const { status, errors, output } = await zab('picture', ...args);
    expect(status).toBe(2);
    expect(errors).toContain(expected);
    expect(errors.trimEnd()).not.toContain('\n');
    if (!args.includes('--json')) expect(output).toBe('');
  });

  it('leaves a file as it was when there is nothing to draw', async () => {
    const file = join(folder, 'a.svg');
    writeFileSync(file, 'before');
    expect((await zab('picture', TLC_TRACE, '-o', file)).status).toBe(2);
    expect(readFileSync(file, 'utf8')).toBe('before');
    expect(readdirSync(folder)).toEqual(['a.svg']);
  });
});

describe('zab check --dump-trace FILE.svg', () => {
  it('draws the counterexample', async () => {
    const module = `---- MODULE Two ----
VARIABLE role
Init == role = [s \\in {"a", "b"} |-> "LOOKING"]
Lead(s) == role[s] = "LOOKING" /\\ role' = [role EXCEPT ![s] = "LEADING"]
Next == \\E s \\in {"a", "b"} : Lead(s)
Few == \\E s \\in {"a", "b"} : role[s] = "LOOKING"
====
`;
    writeFileSync(join(folder, 'Two.tla'), module);
    writeFileSync(join(folder, 'Two.cfg'), 'INIT Init\nNEXT Next\nINVARIANT Few\n');
    const file = join(folder, 'two.svg');
    const { status } = await zab('check', join(folder, 'Two.tla'), '--workers', '1', '--dump-trace', file);
    expect(status).toBe(1);
    expect(readFileSync(file, 'utf8')).toContain('1 a Lead; 2 b Lead.');
  });
});
