import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ZAB = join(import.meta.dirname, 'zab.mjs');

/** 251,001 states: long enough to be stopped on the way. */
const WIDE = `---- MODULE Wide ----
EXTENDS Naturals
VARIABLES x, y
Init == x = 0 /\\ y = 0
Up == x < 500 /\\ x' = x + 1 /\\ y' = y
Over == y < 500 /\\ y' = y + 1 /\\ x' = x
Next == Up \\/ Over
====
`;
const DISTINCT = 501 * 501;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zab-test-'));
  writeFileSync(join(folder, 'Wide.tla'), WIDE);
  writeFileSync(join(folder, 'Wide.cfg'), 'INIT Init\nNEXT Next\nCHECK_DEADLOCK FALSE\n');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

interface Ended {
  readonly status: number | null;
  readonly signal: string | null;
  readonly output: string;
  readonly errors: string;
}

function start(...args: string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [ZAB, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: folder },
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (status, signal) => {
      resolve({ status, signal, output, errors });
    });
  });
  return { child, ended };
}

const check = (...more: string[]): ReturnType<typeof start> =>
  start('check', join(folder, 'Wide.tla'), '--json', '--workers', '2', ...more);

const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('the zab process', () => {
  it('explores with threads', async () => {
    const { status, output, errors } = await check().ended;
    expect(errors).toBe('');
    expect(status).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ distinct: DISTINCT, workers: 2 });
  });

  it('ends cleanly on an interrupt, threads and all', async () => {
    const kept = join(folder, 'interrupted');
    const { child, ended } = check('--checkpoint', kept, '--checkpoint-every', '0.005');
    // The first checkpoint tells that it explores, however busy the machine is.
    while (!existsSync(kept) || readdirSync(kept).length === 0) await sleep(20);
    child.kill('SIGINT');
    const { status, output, errors } = await ended;
    expect(errors).toBe('');
    expect(status).toBe(130);
    expect(JSON.parse(output)).toMatchObject({ result: 'interrupted' });
    expect(readdirSync(folder).filter((name) => name.startsWith('zab-'))).toEqual([]);
  });

  it('goes on from its checkpoint after it was killed', async () => {
    const kept = join(folder, 'kept');
    const first = check('--checkpoint', kept, '--checkpoint-every', '0.005');
    for (
      let waited = 0;
      !existsSync(kept) || !readdirSync(kept).includes('exploration.checkpoint');
      waited += 50
    ) {
      expect(waited).toBeLessThan(20_000);
      await sleep(50);
    }
    first.child.kill('SIGKILL');
    expect((await first.ended).signal).toBe('SIGKILL');
    expect(readdirSync(kept)).toContain('exploration.checkpoint');
    const { status, output } = await check('--checkpoint', kept).ended;
    expect(status).toBe(0);
    expect(JSON.parse(output)).toMatchObject({
      distinct: DISTINCT,
      generated: 2 * 500 * 501 + 1,
      depth: 1001,
    });
  });
});

describe('a process whose output goes nowhere', () => {
  const printing = (stdout: number | 'pipe'): ChildProcess =>
    spawn(process.execPath, [ZAB, 'eval', 'SUBSET SUBSET (1..4) = {}'], {
      stdio: ['ignore', stdout, 'pipe'],
    });

  const ended = (child: ChildProcess): Promise<{ status: number | null; errors: string }> => {
    let errors = '';
    child.stderr?.on('data', (data: Buffer) => (errors += data.toString()));
    return new Promise((resolve) => {
      child.on('close', (status) => {
        resolve({ status, errors });
      });
    });
  };

  it.runIf(existsSync('/dev/full'))('says in one line that the disk is full', async () => {
    const full = openSync('/dev/full', 'w');
    try {
      expect(await ended(printing(full))).toEqual({
        status: 2,
        errors: 'zab: cannot write to standard output (ENOSPC)\n',
      });
    } finally {
      closeSync(full);
    }
  });

  it('ends as it would have if nobody reads on', async () => {
    const child = printing('pipe');
    child.stdout?.destroy();
    expect(await ended(child)).toEqual({ status: 0, errors: '' });
  });
});
