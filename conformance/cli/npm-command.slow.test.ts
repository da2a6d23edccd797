import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** By the name under which each tells what is wrong. */
const MODULES = {
  bench: 'benchmarks/micro/run.ts',
  'bench:check': 'benchmarks/micro/check.ts',
  'bench:limit': 'benchmarks/limit/run.ts',
  faults: 'conformance/faults/run.ts',
  failover: 'conformance/faults/failover.ts',
  mixed: 'conformance/mixed/run.ts',
  fairness: 'conformance/mutants/specification/run-fairness.ts',
} as const;

interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

async function run(name: keyof typeof MODULES, ...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', 'tsx', MODULES[name], ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [out, err, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { status, out, err };
}

describe('a command that npm run starts', () => {
  it.each(Object.keys(MODULES) as (keyof typeof MODULES)[])(
    '%s refuses an option that it does not have',
    async (name) => {
      expect(await run(name, '--nonsense')).toEqual({
        status: 2,
        out: '',
        err: "error: unknown option '--nonsense'\n",
      });
    },
  );

  it.each([
    ['bench', ['--part', 'nothing'], '--part "nothing": no part has that in its name'],
    ['bench:check', ['--part', 'nothing'], '--part "nothing": no part has that in its name'],
    ...(['bench', 'bench:check', 'bench:limit'] as const).map(
      (name) =>
        [
          name,
          ['--dir', '/nowhere'],
          '--dir /nowhere: it cannot be read; name a directory that is there',
        ] as const,
    ),
    ['fairness', ['Nothing'], 'there is no assumption of fairness Nothing'],
  ] as const)('%s %s: tells wrong use in one line', async (name, args, sentence) => {
    expect(await run(name, ...args)).toEqual({ status: 2, out: '', err: `${name}: ${sentence}\n` });
  });

  it('says what there is, when it has been asked for something else', async () => {
    const { status, err } = await run('mixed', 'nothing');
    expect(status).toBe(2);
    expect(err).toMatch(/^mixed: there is no scenario nothing; there are [^\n]*\n$/);
  });

  it('tells its options', async () => {
    const { status, out } = await run('bench:limit', '--help');
    expect(status).toBe(0);
    expect(out).toContain('--dir <directory>');
    expect(out).toContain('--json');
  });
});
