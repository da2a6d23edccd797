/** `zab cluster` as a process: how it ends, whoever ends it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ZAB = path.join(import.meta.dirname, 'zab.mjs');
const TICK_MS = '200';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'zab-cluster-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

interface Ended {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** The process ids of the servers, once they serve. */
  readonly serving: Promise<readonly number[]>;
}

/** Its temporary directories are made in `folder`. */
function cluster(...args: string[]): Running {
  const child = spawn(process.execPath, [ZAB, 'cluster', '--json', '--tick-time', TICK_MS, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: folder },
  });
  let output = '';
  let errors = '';
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (status) => {
      resolve({ status, output, errors });
    });
  });
  const serving = new Promise<readonly number[]>((resolve) => {
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString();
      if (output.includes('\n')) resolve(pidsIn(output));
    });
  });
  return { child, ended, serving };
}

function pidsIn(output: string): readonly number[] {
  return [...output.matchAll(/"pid":(\d+)/g)].map((match) => Number(match[1]));
}

async function whileTaken(port: number, work: () => Promise<void>): Promise<void> {
  const taken = createServer().listen(port, '127.0.0.1');
  try {
    await work();
  } finally {
    taken.close();
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('zab cluster', () => {
  it('ends its servers and removes its temporary directory on an interrupt, a stopped server among them', async () => {
    const { child, ended, serving } = cluster();
    const pids = await serving;
    expect(pids).toHaveLength(3);
    process.kill(pids[0] ?? 0, 'SIGSTOP');
    child.kill('SIGINT');
    const { status, errors } = await ended;
    expect(errors).toBe('interrupted: all servers have ended; their temporary directory is removed\n');
    expect(status).toBe(0);
    expect(pids.filter(runs)).toEqual([]);
    expect(readdirSync(folder).filter((name) => name.startsWith('zab-cluster-'))).toEqual([]);
  });

  it('goes on when one server ends, ends when all have, and keeps what they wrote', async () => {
    const { child, ended, serving } = cluster();
    const [first = 0, ...others] = await serving;
    process.kill(first, 'SIGKILL');
    await once(child.stderr ?? child, 'data');
    expect(child.exitCode).toBeNull();
    for (const pid of others) process.kill(pid, 'SIGKILL');
    const { status, output, errors } = await ended;
    expect(status).toBe(1);
    for (const id of [1, 2, 3]) {
      expect(errors).toContain(`server ${id} has ended by itself (SIGKILL):\n`);
    }
    const [, directory = ''] = /\nzab: all servers have ended; data and logs: (.*)\n$/.exec(errors) ?? [];
    expect(path.dirname(directory)).toBe(folder);
    expect(existsSync(path.join(directory, 'server-1', 'server.log'))).toBe(true);
    expect(JSON.parse(output.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      error: { kind: 'ensemble' },
    });
  });

  it('says which port was in use when a server cannot start', async () => {
    const directory = path.join(folder, 'kept');
    const first = cluster('--dir', directory);
    await first.serving;
    first.child.kill('SIGTERM');
    const { status: interrupted, errors: told } = await first.ended;
    expect(told).toBe(`interrupted: all servers have ended; data and logs: ${directory}\n`);
    expect(interrupted).toBe(0);
    const configuration = readFileSync(path.join(directory, 'server-2', 'zoo.cfg'), 'utf8');
    const clientPort = Number(/^clientPort=(\d+)$/m.exec(configuration)?.[1]);
    const electionPort = Number(/^server\.2=[^:]*:\d+:(\d+):/m.exec(configuration)?.[1]);
    await whileTaken(clientPort, async () => {
      const { status, errors } = await cluster('--dir', directory).ended;
      expect(errors).toMatch(
        new RegExp(
          `^zab: 127\\.0\\.0\\.1:${clientPort}, the port of server 2 of [^\\n]* is in use; [^\\n]*\\n$`,
        ),
      );
      expect(status).toBe(2);
    });
    await whileTaken(electionPort, async () => {
      const { status, errors } = await cluster('--dir', directory).ended;
      expect(errors).toContain(`zab: cannot listen 127.0.0.1:${electionPort} (EADDRINUSE)\n`);
      expect(
        errors.endsWith(
          `\nzab: server 2 has ended before the ensemble served; data and logs: ${directory}\n`,
        ),
      ).toBe(true);
      expect(status).toBe(1);
    });
  });

  it('says in one line that its directory cannot be made', async () => {
    const file = path.join(folder, 'file');
    writeFileSync(file, '');
    const { status, errors } = await cluster('--dir', path.join(file, 'ensemble')).ended;
    expect(errors).toMatch(/^zab: [^\n]*ensemble[^\n]*\n$/);
    expect(status).toBe(2);
  });
});
