import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { standsStill } from './stopped-process.ts';

/** Threads that write all the time, more than there are processors, so that some are always waiting for one. */
const WRITERS = `
  const { Worker } = require('node:worker_threads');
  const source = "const { appendFileSync } = require('node:fs'); for (;;) appendFileSync(process.argv[2], 'x');";
  for (let i = 0; i < 6; i++) new Worker(source, { eval: true, argv: [process.argv[1]] });
  console.log('ready');
`;

describe('a process that is stopped', () => {
  it('has written its last when it is said to stand still', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'zab-stopped-test-'));
    const file = path.join(folder, 'written');
    const child = spawn(process.execPath, ['-e', WRITERS, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    const { pid = 0 } = child;
    try {
      await once(child.stdout, 'data');
      await delay(500);
      for (let i = 0; i < 20; i++) {
        expect(standsStill(pid)).toBe(false);
        child.kill('SIGSTOP');
        while (!standsStill(pid)) await delay(1);
        const { size } = statSync(file);
        await delay(20);
        expect(statSync(file).size).toBe(size);
        child.kill('SIGCONT');
        await delay(20);
        expect(statSync(file).size).toBeGreaterThan(size);
      }
    } finally {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true });
    }
    await once(child, 'exit');
    expect(standsStill(pid)).toBe(true);
  });
});
