/** `zab cluster`: an ensemble on this machine, each server a process of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, closeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { InvalidArgumentError } from 'commander';

import type { LaidOutServer } from '../../impl/server/ensemble-layout.ts';
import type { Subcommand } from './command.ts';
import { EnsembleError, UsageError } from './failure.ts';
import { wholeNumber } from './options.ts';
import { logTail } from './server-log.ts';
import { interrupted, type Terminal } from './terminal.ts';

interface ClusterOptions {
  readonly size: number;
  readonly observers: number;
  readonly dir?: string;
  readonly tickTime: number;
  readonly set: readonly string[];
  readonly json?: true;
}

export const cluster: Subcommand = {
  declare(program, run) {
    program
      .command('cluster')
      .description('Run an ensemble on this machine, a process a server, until it is interrupted.')
      .option('--size <n>', 'how many servers that vote', wholeNumber(2), 3)
      .option('--observers <n>', 'how many further servers, which only observe', wholeNumber(0), 0)
      .option(
        '--dir <directory>',
        'where data and logs are kept (default: a temporary one, removed unless servers end by themselves)',
      )
      .option('--tick-time <ms>', "ZooKeeper's tickTime", wholeNumber(1), 2000)
      .option('--set <key=value>', 'a further line for every zoo.cfg; may be repeated', collect, [])
      .option('--json', 'print one JSON object once the ensemble serves')
      .action((options: ClusterOptions) => {
        run((terminal) => runCluster(options, terminal));
      });
  },
};

function collect(setting: string, before: readonly string[]): readonly string[] {
  if (!/^[^=\s]+=/.test(setting))
    throw new InvalidArgumentError('key=value is expected, as in snapCount=1000.');
  return [...before, setting];
}

interface RunningServer extends LaidOutServer {
  readonly process: ChildProcess;
  readonly logFile: string;
}

async function runCluster(options: ClusterOptions, terminal: Terminal): Promise<number> {
  const { layOutEnsemble } = await import('../../impl/server/ensemble-layout.ts');
  const { size, observers, tickTime, set } = options;
  const directory = options.dir ?? (await mkdtemp(path.join(tmpdir(), 'zab-cluster-')));
  const { signal } = terminal;
  const servers: RunningServer[] = [];
  // A second interrupt ends this process at once, and must leave none behind.
  const exiting = (): void => {
    for (const { process: child } of servers) child.kill('SIGKILL');
  };
  process.on('exit', exiting);
  let kept = options.dir !== undefined;
  try {
    const laidOut = await layOutEnsemble({ size, observers, directory, tickTimeMs: tickTime, settings: set });
    await assertPortsFree(laidOut, directory);
    for (const server of laidOut) servers.push(startServer(server));
    const reason = await whyItEnds(servers, terminal, () => {
      announce(servers, directory, options, terminal);
    });
    if (reason === undefined) return 0;
    kept = true;
    throw new EnsembleError(`${reason}; data and logs: ${directory}`);
  } finally {
    await endAll(servers);
    process.off('exit', exiting);
    if (!kept) await rm(directory, { recursive: true, force: true });
    if (signal.aborted) {
      const where = kept ? `data and logs: ${directory}` : 'their temporary directory is removed';
      terminal.note(`interrupted: all servers have ended; ${where}\n`);
    }
  }
}

/** Ends with an interrupt: undefined; or when too many servers have ended by themselves: a sentence. */
async function whyItEnds(
  servers: readonly RunningServer[],
  terminal: Terminal,
  announceAll: () => void,
): Promise<string | undefined> {
  const { signal } = terminal;
  const ends = servers.map(async ({ id, process: child, logFile }) => {
    const how = await endOf(child);
    if (!signal.aborted) terminal.note(`server ${id} has ended by itself (${how}):\n${logTail(logFile)}\n`);
    return `server ${id} has ended before the ensemble served`;
  });
  const waiting = new AbortController();
  try {
    const failure = await Promise.race([
      allServe(servers, AbortSignal.any([signal, waiting.signal])),
      interrupted(signal),
      ...ends,
    ]);
    if (failure !== undefined || signal.aborted) return failure;
  } finally {
    waiting.abort();
  }
  announceAll();
  return Promise.race([Promise.all(ends).then(() => 'all servers have ended'), interrupted(signal)]);
}

const STOP_MS_MAX = 10_000;

/** Ends what still runs: in good order, also what was stopped with SIGSTOP, and by force what takes too long. */
async function endAll(servers: readonly RunningServer[]): Promise<void> {
  for (const { process: child } of servers) {
    child.kill('SIGTERM');
    child.kill('SIGCONT');
  }
  const force = setTimeout(() => {
    for (const { process: child } of servers) child.kill('SIGKILL');
  }, STOP_MS_MAX);
  await Promise.all(servers.map(({ process: child }) => endOf(child)));
  clearTimeout(force);
}

/** Whoever listens there would be taken for the ensemble: another one that runs on the same directory, say. */
async function assertPortsFree(servers: readonly LaidOutServer[], directory: string): Promise<void> {
  const { isFree } = await import('../../impl/server/free-ports.ts');
  for (const { id, clientPort } of servers) {
    if (await isFree(clientPort)) continue;
    throw new UsageError(
      `127.0.0.1:${clientPort}, the port of server ${id} of ${directory}, is in use; end who listens there, or give another --dir`,
    );
  }
}

function startServer(server: LaidOutServer): RunningServer {
  const logFile = path.join(path.dirname(server.configurationFile), 'server.log');
  const log = openSync(logFile, 'a');
  const command = fileURLToPath(new URL('zab.mjs', import.meta.url));
  // A group of its own: an interrupt at the terminal reaches this process alone, which stops the servers.
  const child = spawn(process.execPath, [command, 'server', server.configurationFile], {
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  return { ...server, process: child, logFile };
}

/** How a process has ended: `status 0`, or the signal. */
async function endOf(child: ChildProcess): Promise<string> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.signalCode ?? `status ${String(child.exitCode)}`;
}

const POLL_MS = 50;

/** Ends when every server has a leader. */
async function allServe(servers: readonly RunningServer[], signal: AbortSignal): Promise<undefined> {
  const { askServer } = await import('../../impl/client/four-letter-word.ts');
  for (const { clientPort } of servers) {
    for (;;) {
      if (signal.aborted) return undefined;
      const answer = await askServer({ host: '127.0.0.1', port: clientPort }, 'srvr').catch(() => '');
      if (/^Mode: /m.test(answer)) break;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
  return undefined;
}

function announce(
  servers: readonly RunningServer[],
  directory: string,
  { json }: ClusterOptions,
  terminal: Terminal,
): void {
  const connect = servers.map(({ clientPort }) => `127.0.0.1:${clientPort}`).join(',');
  if (json === true) {
    const list = servers.map(({ id, role, process: child, clientPort, logFile }) => ({
      id,
      role,
      pid: child.pid,
      client: `127.0.0.1:${clientPort}`,
      log: logFile,
    }));
    terminal.out(`${JSON.stringify({ connect, directory, servers: list })}\n`);
    return;
  }
  for (const { id, role, process: child, clientPort } of servers) {
    const suffix = role === 'observer' ? '  observes' : '';
    terminal.out(`server ${id}  pid ${child.pid ?? 0}  127.0.0.1:${clientPort}${suffix}\n`);
  }
  terminal.out(`serves; connect to ${connect}\n`);
}
