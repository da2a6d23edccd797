/** A client of another make against a mixed ensemble: Python's kazoo, where it is installed. */
import { spawnSync } from 'node:child_process';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import type { Stage } from './parts.ts';

/** That of Debian's package python3-kazoo. */
const PYTHON = '/usr/bin/python3';
const PROGRAM = fileURLToPath(new URL('kazoo_client.py', import.meta.url));
const TIMEOUT_MS = 180_000;

/** Has kazoo use every server, and reports what it says. */
export async function useKazoo({ ensemble, report }: Stage): Promise<void> {
  if (spawnSync(PYTHON, ['-c', 'import kazoo'], { stdio: 'ignore' }).status !== 0) {
    report.skip('kazoo', `${PYTHON} with the package kazoo is not here`);
    return;
  }
  const leader = await ensemble.leader();
  const servers = ensemble.servers.map(
    (server) => `${ensemble.kindOf(server)}=${server.client.host}:${server.client.port}`,
  );
  const { stdout, failure } = await run([PROGRAM, ensemble.kindOf(leader), ...servers]);
  for (const line of stdout.split('\n').filter((text) => text !== '')) {
    const [verdict, what = '', why = ''] = line.split('\t');
    if (verdict === 'SKIP') report.skip(`kazoo: ${what}`, why);
    else report.saw(`kazoo: ${what}`, verdict === 'ok' ? undefined : why);
  }
  if (failure !== undefined) report.saw('kazoo', failure);
}

async function run(
  args: readonly string[],
): Promise<{ readonly stdout: string; readonly failure: string | undefined }> {
  try {
    const { stdout } = await promisify(execFile)(PYTHON, args, { timeout: TIMEOUT_MS });
    return { stdout, failure: undefined };
  } catch (error) {
    const { stdout, stderr } = outputOf(error);
    return { stdout, failure: stderr.trimEnd().split('\n').at(-1) ?? String(error) };
  }
}

function outputOf(error: unknown): { readonly stdout: string; readonly stderr: string } {
  const text = (name: 'stdout' | 'stderr'): string => {
    const value: unknown = error instanceof Error ? Reflect.get(error, name) : undefined;
    return typeof value === 'string' ? value : '';
  };
  return { stdout: text('stdout'), stderr: text('stderr') || String(error) };
}
