import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { Subcommand } from './command.ts';
import { UsageError } from './failure.ts';
import { runZab } from './program.ts';
import { capture } from './captured-terminal.ts';

describe('the command line', () => {
  it.each([
    [['chek'], "zab: unknown command 'chek'"],
    [['check', 'quick', '--wrokers', '2'], "zab: unknown option '--wrokers'"],
    [['check', 'quick', '--workers', 'many'], 'It must be a whole number, from 1 to 1024.'],
    [['check', 'quick', '--engine', 'spin'], 'Allowed choices are zab, tlc.'],
    [['check'], "zab: missing required argument 'model'"],
    [['check', 'a', 'b'], 'zab: too many arguments'],
    [['check', 'no-such-model'], 'zab: there is no model no-such-model in spec/models'],
    [['check', '../x'], 'zab: ../x is neither the name of a model nor a .tla file'],
    [['check', 'missing.tla'], 'zab: there is no file missing.tla'],
    [['check', 'quick', '--dump-trace', 'trace.txt'], 'the name must end in .itf.json, .json or .svg'],
    [['check', 'quick', '--minutes', '5'], 'zab: --minutes goes with --checkpoint, '],
    [
      ['check', 'quick', '--simulate', '--minutes', '99999'],
      'It must be a number of minutes, 35000 at most.',
    ],
    [
      ['check', 'quick', '--simulate', '--checkpoint', 'x'],
      '--checkpoint keeps an exploration by our own engine',
    ],
    [['bench', '--outstanding', '0'], 'It must be a whole number, from 1 to 100000.'],
    [['bench', '--op', 'multi'], 'Allowed choices are setData.'],
    [['bench', '--against', 'etcd'], 'Allowed choices are zookeeper.'],
    [['bench', '--dir', '/no/such/directory'], 'zab: cannot statfs /no/such/directory (ENOENT)'],
  ])('refuses %j in one line', async (args, expected) => {
    const captured = capture();
    expect(await runZab(args, captured.terminal)).toBe(2);
    expect(captured.errors()).toContain(expected);
    expect(captured.errors().trimEnd()).not.toContain('\n');
    expect(captured.output()).toBe('');
  });

  it('leaves alone a folder that holds more than a corpus, and what is no folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'zab-out-'));
    try {
      mkdirSync(join(folder, '.git'));
      const kept = capture();
      expect(await runZab(['traces', '--out', folder], kept.terminal)).toBe(2);
      expect(kept.errors()).toMatch(/^zab: .* holds other things than a corpus; .*\n$/);
      expect(readdirSync(folder)).toEqual(['.git']);

      const file = join(folder, 'file');
      writeFileSync(file, 'text');
      const told = capture();
      expect(await runZab(['traces', '--out', file], told.terminal)).toBe(2);
      expect(told.errors()).toBe(`zab: cannot scandir ${file} (ENOTDIR)\n`);

      expect(await runZab(['traces', '--out', ''], capture().terminal)).toBe(2);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each([
    ['--depth', '5'],
    ['--seed', '5'],
    ['--runs', '5'],
  ])('refuses %s without --simulate, which alone heeds it', async (...option) => {
    const captured = capture();
    expect(await runZab(['check', 'quick', ...option], captured.terminal)).toBe(2);
    expect(captured.errors()).toBe(
      `zab: ${option[0]} is for --simulate; add it, or leave ${option[0]} out\n`,
    );
  });

  it('says in JSON, too, what was wrong', async () => {
    const captured = capture();
    expect(await runZab(['check', 'no-such-model', '--json'], captured.terminal)).toBe(2);
    expect(JSON.parse(captured.output())).toMatchObject({ error: { kind: 'usage' } });
    const flag = capture();
    expect(await runZab(['check', 'quick', '--workers', '0', '--json'], flag.terminal)).toBe(2);
    expect(JSON.parse(flag.output())).toMatchObject({ error: { kind: 'usage' } });
  });

  it('prints its version and its help', async () => {
    const captured = capture();
    expect(await runZab(['--version'], captured.terminal)).toBe(0);
    expect(captured.output()).toMatch(/^\d+\.\d+\.\d+\n$/);
    const help = capture();
    expect(await runZab(['--help'], help.terminal)).toBe(0);
    expect(help.output()).toContain('check [options] <model>');
    expect(await runZab([], capture().terminal)).toBe(2);
  });

  it('runs commands from other files, and passes bugs on', async () => {
    const command = (work: () => Promise<number>): Subcommand => ({
      declare: (program, run) => {
        program.command('dance').action(() => {
          run(work);
        });
      },
    });
    const dance = (work: () => Promise<number>): Promise<number> =>
      runZab(['dance'], capture().terminal, [command(work)]);
    expect(await dance(() => Promise.resolve(7))).toBe(7);
    expect(await dance(() => Promise.reject(new UsageError('no')))).toBe(2);
    await expect(dance(() => Promise.reject(new TypeError('a bug')))).rejects.toThrow('a bug');
  });
});
