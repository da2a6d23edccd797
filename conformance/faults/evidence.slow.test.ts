/** What stays of a run under faults, however it ends: real processes. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { withEvidence, type EvidenceOptions } from './evidence.ts';
import { FaultError } from './fault-error.ts';

const OPTIONS: EvidenceOptions = { name: 'sample', keep: false, size: 3, tickTimeMs: 200, proxied: false };
const RUN = path.join(import.meta.dirname, 'run.ts');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'zab-evidence-test-'));
  vi.stubEnv('TMPDIR', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** The directories of runs that are there. */
const kept = (): readonly string[] => readdirSync(folder).filter((name) => name.startsWith('zab-'));

/** Processes that work on something in the folder. */
function processes(): readonly string[] {
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return ids.filter((id) => {
    try {
      return readFileSync(`/proc/${id}/cmdline`, 'utf8').includes(`${folder}/`);
    } catch {
      return false;
    }
  });
}

describe('the evidence of a run', () => {
  it('goes when all is well', async () => {
    expect(await withEvidence(OPTIONS, () => Promise.resolve([]))).toEqual([]);
    expect(kept()).toEqual([]);
  });

  it('stays, and is named, when something is wrong, unexpected errors included', async () => {
    let told = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      told += String(text);
      return true;
    });
    expect(await withEvidence(OPTIONS, () => Promise.resolve(['lost']))).toEqual(['lost']);
    expect(await withEvidence(OPTIONS, () => Promise.reject(new FaultError('silent')))).toEqual(['silent']);
    await expect(withEvidence(OPTIONS, () => Promise.reject(new TypeError('a bug')))).rejects.toThrow(
      'a bug',
    );
    expect(kept()).toHaveLength(3);
    for (const name of kept()) expect(told).toContain(`data and logs: ${path.join(folder, name)}\n`);
  });

  it.runIf(existsSync('/proc/self/cmdline'))(
    'stays after an interrupt, which leaves no server behind',
    async () => {
      const run = spawn(process.execPath, ['--import', 'tsx', RUN, '--rounds', '5'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let output = '';
      run.stdout.on('data', (data: Buffer) => {
        output += data.toString();
        if (run.exitCode === null) run.kill('SIGINT');
      });
      const status = await new Promise((resolve) => run.on('close', resolve));
      expect(output).toMatch(/^seed 1: .*\ninterrupted\ndata and logs: .*\n$/);
      expect(status).toBe(130);
      expect(kept()).toHaveLength(1);
      expect(processes()).toEqual([]);
    },
  );
});
