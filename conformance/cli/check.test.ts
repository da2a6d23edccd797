import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { readTraceFile } from '../tla-json-trace/index.ts';
import { zab, type Ran } from './captured-run.ts';
import { capture } from './captured-terminal.ts';
import { runZab } from './program.ts';

const MODELS = join(import.meta.dirname, '..', 'tla', 'testmodels');

function check(module: string, config: string, ...args: string[]): Promise<Ran> {
  return zab(
    'check',
    join(MODELS, `${module}.tla`),
    '--config',
    join(MODELS, `${config}.cfg`),
    '--workers',
    '1',
    ...args,
  );
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zab-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Writes a specification of its own into the test's folder. */
function specification(body: string, config: string): string {
  const path = join(folder, 'Test.tla');
  writeFileSync(path, `---- MODULE Test ----\nEXTENDS Integers, TLC\n${body}\n====\n`);
  writeFileSync(join(folder, 'Test.cfg'), config);
  return path;
}

describe('zab check --json', () => {
  it('prints one object with the figures', async () => {
    const { status, output, errors } = await check('Ring', 'Ring', '--json');
    expect(status).toBe(0);
    expect(errors).toBe('');
    expect(JSON.parse(output)).toMatchObject({
      engine: 'zab',
      result: 'ok',
      generated: 303,
      distinct: 120,
      depth: 10,
      queue: 0,
      property: null,
      trace: null,
      workers: 1,
      neverTaken: ['Forget'],
    });
  });

  it('prints the counterexample in typed values', async () => {
    const { status, output } = await check('Ring', 'RingOutside', '--json');
    expect(status).toBe(1);
    const object: unknown = JSON.parse(output);
    expect(object).toMatchObject({ result: 'safety', property: 'Bounded' });
    expect(object).toHaveProperty('trace[0]', {
      action: null,
      state: {
        holder: 'p1',
        waiting: { '#set': [] },
        served: {
          '#map': [
            ['p1', 0],
            ['p2', 0],
          ],
        },
      },
    });
    expect(object).toHaveProperty('trace[1].action.name', 'Ask');
    expect(object).toHaveProperty('trace[1].action.parameters', { p: 'p1' });
  });

  it('names the property that a step violates, and the part of it', async () => {
    const file = join(folder, 'trace.itf.json');
    const { status, output } = await check('Courier', 'CourierReorders', '--json', '--dump-trace', file);
    expect(status).toBe(1);
    expect(JSON.parse(output)).toMatchObject({
      result: 'safety',
      property: 'Refines',
      part: 'line 24, col 12 to line 24, col 24 of module Delivery',
    });
    expect(readTraceFile(file).trace.states).toHaveLength(4);
  });

  it.each([
    ['Stairs', 'StairsDeadlock', 1, 'deadlock'],
    ['Stairs', 'StairsAssumption', 1, 'assumption'],
    ['Stairs', 'StairsInitial', 1, 'safety'],
    ['Stairs', 'StairsFaulty', 3, 'evaluation-error'],
    ['Ring', 'RingInvariantFails', 3, 'evaluation-error'],
  ])('of %s with %s ends with status %d and result %s', async (module, config, status, result) => {
    const ran = await check(module, config, '--json');
    expect(ran.status).toBe(status);
    expect(JSON.parse(ran.output)).toMatchObject({ result });
  });

  it('leaves standard output to the object when the specification prints', async () => {
    const path = specification(
      'VARIABLE x\nInit == x = 0 /\\ PrintT("begin")\nNext == x < 3 /\\ PrintT(x) /\\ x\' = x + 1',
      'INIT Init\nNEXT Next\nCHECK_DEADLOCK FALSE\n',
    );
    const { output, errors } = await zab('check', path, '--workers', '1', '--json');
    expect(JSON.parse(output)).toMatchObject({ distinct: 4 });
    expect(errors).toBe('"begin"\n0\n1\n2\n');
  });
});

describe('zab check', () => {
  it('says which actions no state could take', async () => {
    const { output } = await check('Ring', 'Ring', '--coverage');
    expect(output).toContain('Actions never taken: Forget.');
    expect(output).toMatch(/^<Ask line 11, col 11 to line 13, col \d+ of module Ring>: \d+:\d+$/m);
    expect(output).toContain('303 states generated, 120 distinct states found, 0 states left on queue.');
  });

  it.each(['trace.itf.json', 'trace.json'])('writes the counterexample to %s', async (name) => {
    const file = join(folder, name);
    await check('Stairs', 'StairsDeadlock', '--dump-trace', file);
    const { form, trace } = readTraceFile(file);
    expect(form).toBe(name.includes('itf') ? 'itf' : 'tlc');
    expect(trace.states).toHaveLength(4);
    expect(trace.vars).toEqual(['x', 'log']);
    expect(readdirSync(folder)).toEqual([name]);
  });

  it.each([
    ['VARIABLE x\nInit == x = (\nNext == FALSE', '', /^zab: .*Test\.tla:\d+:\d+: /],
    ['VARIABLE x\nInit == x = Nothing\nNext == FALSE', '', /^zab: .*Test\.tla:4:13: Nothing /],
    ['CONSTANT N\nVARIABLE x\nInit == x = N\nNext == FALSE', '', /^zab: .*Test\.tla:3:10: constant N /],
    [
      'VARIABLE x\nInit == x = 0\nNext == FALSE',
      'INVARIANT Inv',
      /^zab: .*Test\.cfg:3:11: Inv is not defined/,
    ],
    ['VARIABLE x\nInit == x = 0\nNext == FALSE', 'INVARIANT', /^$/],
    [
      'VARIABLE x\nInit == x = 0\nNext == FALSE',
      'CHECK_DEADLOCK',
      /^zab: .*Test\.cfg:3:1: CHECK_DEADLOCK must/,
    ],
  ])('says in one line, with its place, what is wrong with %j and %j', async (body, config, complaint) => {
    const path = specification(body, `INIT Init\nNEXT Next\n${config}\n`);
    const { status, errors } = await zab('check', path, '--workers', '1');
    expect(errors.trimEnd()).toMatch(complaint);
    expect(errors.trimEnd()).not.toContain('\n');
    if (errors !== '') expect(status).toBe(2);
  });

  it('walks at random, as the seed says', async () => {
    const walk = (seed: string): Promise<Ran> =>
      check('Ring', 'RingViolated', '--simulate', '--runs', '50', '--depth', '40', '--seed', seed);
    const [first, again, other] = [await walk('1'), await walk('1'), await walk('2')];
    expect(first.status).toBe(1);
    expect(first.output).toContain('Invariant Few is violated.');
    const untimed = ({ output }: Ran): string => output.replace(/Finished in .*/, '');
    expect(untimed(again)).toBe(untimed(first));
    expect(untimed(other)).not.toBe(untimed(first));
  });

  it('walks as its seed says whatever walks came before it, so that one walk can be repeated alone', async () => {
    const walk = async (...more: string[]): Promise<unknown> => {
      const args = ['--simulate', '--depth', '9', '--json', ...more];
      const { status, output } = await check('Ring', 'RingViolated', ...args);
      expect(status).toBe(1);
      return JSON.parse(output);
    };
    const found = await walk('--seed', '0', '--runs', '500');
    expect(found).toMatchObject({ result: 'safety', walks: { seed: 0, lengthMax: 9 } });
    const { walks, trace } = found as { walks: { count: number; foundBySeed: number }; trace: unknown }; // what the test is about
    expect(walks.count).toBeGreaterThan(1);
    expect(walks.foundBySeed).toBe(walks.count - 1);
    const alone = await walk('--seed', String(walks.foundBySeed), '--runs', '1');
    expect(alone).toMatchObject({ trace, walks: { count: 1, foundBySeed: walks.foundBySeed } });
  });

  it('walks until the time is over, and says how far', async () => {
    const { status, output } = await check(
      'Ring',
      'Ring',
      '--simulate',
      '--minutes',
      '0.003',
      '--depth',
      '7',
    );
    expect(status).toBe(0);
    expect(output).toMatch(
      /^Simulation completed[^]*\n\d+ random walks from seed 0, of 7 states at most and 7.0 on average: \d+ states visited, \d+ distinct\.\n/,
    );
  });

  it('stops an exploration when the time is over, as unfinished, and goes on from its checkpoint', async () => {
    const path = specification(
      "VARIABLES x, y\nInit == x = 0 /\\ y = 0\nUp == x < 400 /\\ x' = x + 1 /\\ y' = y\n" +
        "Over == y < 400 /\\ y' = y + 1 /\\ x' = x\nNext == Up \\/ Over",
      'INIT Init\nNEXT Next\nCHECK_DEADLOCK FALSE\n',
    );
    const args = ['check', path, '--workers', '1', '--json', '--checkpoint', join(folder, 'kept')];
    const first = await zab(...args, '--minutes', '0.002');
    expect(first.status).toBe(0);
    expect(JSON.parse(first.output)).toMatchObject({ result: 'unfinished' });
    expect(JSON.parse((await zab(...args)).output)).toMatchObject({ result: 'ok', distinct: 401 * 401 });
  });

  it('stops when interrupted, and goes on from its checkpoint', async () => {
    const path = specification(
      "VARIABLES x, y\nInit == x = 0 /\\ y = 0\nUp == x < 400 /\\ x' = x + 1 /\\ y' = y\n" +
        "Over == y < 400 /\\ y' = y + 1 /\\ x' = x\nNext == Up \\/ Over",
      'INIT Init\nNEXT Next\nCHECK_DEADLOCK FALSE\n',
    );
    const args = ['check', path, '--workers', '1', '--json', '--checkpoint', join(folder, 'kept')];
    const captured = capture();
    const running = runZab(args, captured.terminal);
    setTimeout(() => {
      captured.interrupt();
    }, 100);
    expect(await running).toBe(130);
    expect(JSON.parse(captured.output())).toMatchObject({ result: 'interrupted' });
    const { status, output } = await zab(...args);
    expect(status).toBe(0);
    expect(JSON.parse(output)).toMatchObject({
      distinct: 401 * 401,
      generated: 2 * 400 * 401 + 1,
      depth: 801,
    });
  });
});

describe('zab eval', () => {
  it('prints the value', async () => {
    expect(await zab('eval', '{x \\in 1..5 : x % 2 = 1}')).toEqual({
      status: 0,
      output: '{1, 3, 5}\n',
      errors: '',
    });
    expect(await zab('eval', '[a |-> <<1, "b">>]', '--json')).toMatchObject({
      status: 0,
      output: '{"value":"[a |-> <<1, \\"b\\">>]"}\n',
    });
  });

  it('says why there is none', async () => {
    const { status, output, errors } = await zab('eval', '1 \\in 3', '--json');
    expect(status).toBe(3);
    expect(JSON.parse(output)).toHaveProperty('error.kind', 'evaluation');
    expect(errors).toMatch(/^zab: .*\n$/);
    expect((await zab('eval', '1 +')).status).toBe(2);
    expect((await zab('eval', 'undefined + 1')).status).toBe(2);
  });

  it('knows the definitions of a module', async () => {
    writeFileSync(join(folder, 'M.tla'), '---- MODULE M ----\nEXTENDS Naturals\nTwice(n) == 2 * n\n====\n');
    expect((await zab('eval', 'Twice(21)', '--module', join(folder, 'M.tla'))).output).toBe('42\n');
    expect((await zab('eval', '1', '--module', join(folder, 'N.tla'))).status).toBe(2);
  });
});

describe('zab check', () => {
  const counting = "VARIABLE x\nInit == x = 0\nNext == x < 3 /\\ x' = x + 1";

  it.each(['', 'INIT Init', 'NEXT Next'])('refuses a model with %j and no more', async (config) => {
    const { status, errors } = await zab('check', specification(counting, config));
    expect(status).toBe(2);
    expect(errors).toMatch(
      /Test\.cfg:1:1: the model names no (INIT|NEXT): add SPECIFICATION, or INIT and NEXT\n$/,
    );
  });

  it('tells the place of a SYMMETRY that is not defined', async () => {
    const path = specification(counting, 'INIT Init\nNEXT Next\nSYMMETRY Nope');
    const { status, errors } = await zab('check', path);
    expect(status).toBe(2);
    expect(errors).toMatch(/Test\.cfg:3:10: Nope is not defined in module Test\n$/);
  });

  it.each([
    ['{[y \\in A |-> 1]}', 'permutes something that is not a model value'],
    ['{[y \\in A |-> a]}', 'has an element that is not a permutation: .*'],
    ['Permutations(B)', 'stands for more than 100000 permutations: take fewer model values'],
  ])('refuses to take %s for a SYMMETRY', async (set, wrong) => {
    const body = `CONSTANTS A, B, a\nVARIABLE x\nInit == x = 0\nNext == x' = x\nSym == ${set}`;
    const config =
      'INIT Init\nNEXT Next\nSYMMETRY Sym\nCONSTANTS a = a A = {a, b} B = {b1, b2, b3, b4, b5, b6, b7, b8, b9}';
    const { status, errors } = await zab('check', specification(body, config));
    expect(status).toBe(2);
    expect(errors).toMatch(new RegExp(`Test\\.cfg:3:10: SYMMETRY Sym ${wrong}\n$`));
  });

  it.each([[], ['--json']])('reports though the trace cannot be written %j', async (...args) => {
    const path = specification(counting, 'INIT Init\nNEXT Next');
    const file = join(folder, 'nowhere', 'trace.json');
    const ran = await zab('check', path, '--workers', '1', '--dump-trace', file, ...args);
    expect(ran.status).toBe(2);
    expect(ran.errors).toMatch(/^zab: .*trace\.json: cannot write the file \(ENOENT\)\n$/);
    expect(ran.output).toContain(args.length === 0 ? 'Deadlock reached' : '"result":"deadlock"');
    expect(readdirSync(folder).sort()).toEqual(['Test.cfg', 'Test.tla']);
  });

  it('refuses a folder for checkpoints that is a file', async () => {
    const path = specification(counting, 'INIT Init\nNEXT Next');
    const { status, errors } = await zab('check', path, '--workers', '1', '--checkpoint', path);
    expect(status).toBe(2);
    expect(errors).toMatch(/cannot make the folder .*Test\.tla for checkpoints \(it is a file\)\n$/);
  });
});
