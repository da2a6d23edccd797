/** One server as a process of its own, which can be killed, stopped and started again. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Address } from '../../impl/wire/notification.ts';
import { askServer } from '../../impl/client/four-letter-word.ts';
import type { LaidOutServer } from '../../impl/server/ensemble-layout.ts';
import { logTail } from '../cli/server-log.ts';
import { FaultError } from './fault-error.ts';
import { standsStill } from './stopped-process.ts';
import { until } from './waiting.ts';

const COMMAND = fileURLToPath(new URL('../cli/zab.mjs', import.meta.url));

/** A thread that waits for the disk stops only afterwards. */
const STOP_MS = 10_000;

/** The program and its arguments that start a server with this configuration. */
export type Launcher = (configurationFile: string) => readonly [string, ...string[]];

/** Starts ours. */
export const zabServer: Launcher = (file) => [process.execPath, COMMAND, 'server', file];

export class ServerProcess {
  readonly id: number;
  readonly votes: boolean;
  readonly client: Address;
  readonly configurationFile: string;
  readonly logFile: string;
  readonly #launcher: Launcher;
  #process: ChildProcess | undefined;
  /** How the process was told to end, once it was. */
  #told: 'SIGKILL' | 'SIGTERM' | undefined;
  #paused = false;

  constructor(laidOut: LaidOutServer, launcher: Launcher = zabServer) {
    const { id, role, clientPort, configurationFile } = laidOut;
    this.id = id;
    this.votes = role === 'participant';
    this.client = { host: '127.0.0.1', port: clientPort };
    this.configurationFile = configurationFile;
    this.logFile = path.join(path.dirname(configurationFile), 'server.log');
    this.#launcher = launcher;
  }

  get running(): boolean {
    const child = this.#process;
    return child?.exitCode === null && child.signalCode === null;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /**
   * Starts it, if it does not run.
   * @throws FaultError if it ended by itself: nobody would learn of that end otherwise
   */
  start(): void {
    if (this.running) return;
    this.assertNotEndedByItself();
    const log = openSync(this.logFile, 'a');
    const [program, ...args] = this.#launcher(this.configurationFile);
    this.#process = spawn(program, args, { stdio: ['ignore', log, log] });
    this.#told = undefined;
    this.#paused = false;
    closeSync(log);
  }

  /** @throws FaultError if it does not run */
  assertRunning(): void {
    this.assertNotEndedByItself();
    if (!this.running) throw new FaultError(`server ${this.id} does not run`);
  }

  /** @throws FaultError, with the end of its log, if its last process ended other than as it was told to */
  assertNotEndedByItself(): void {
    const child = this.#process;
    if (child === undefined || this.running || endedAsTold(child, this.#told)) return;
    const how = child.signalCode ?? `status ${String(child.exitCode)}`;
    const when = this.#told === undefined ? 'by itself' : `when ${this.#told} was sent`;
    throw new FaultError(`server ${this.id} has ended ${when} (${how}):\n${logTail(this.logFile)}`);
  }

  /** SIGKILL: what is in memory is gone at once. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** SIGKILL, without waiting for the end. */
  killAtOnce(): void {
    if (this.running) this.#tell('SIGKILL');
  }

  /** SIGTERM: the server closes in good order. */
  async stop(): Promise<void> {
    if (this.#paused) this.resume();
    await this.#end('SIGTERM');
  }

  /**
   * SIGSTOP: the process is there, its connections are up, and it says nothing. Resolves when it has come to a stop.
   * @throws FaultError if it does not
   */
  async pause(): Promise<void> {
    const child = this.#process;
    if (child?.kill('SIGSTOP') !== true) return;
    this.#paused = true;
    const stands = (): true | undefined => (!this.#paused || standsStill(child.pid ?? 0) ? true : undefined);
    await until(`server ${this.id} stands still`, STOP_MS, stands);
  }

  /** SIGCONT. */
  resume(): void {
    this.#process?.kill('SIGCONT');
    this.#paused = false;
  }

  /** What it says it is: `leader`, `follower`, `observer`, or undefined while it serves nobody. */
  async mode(): Promise<string | undefined> {
    const answer = await askServer(this.client, 'srvr').catch(() => '');
    return /^Mode: (\w+)$/m.exec(answer)?.[1];
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#process;
    if (child === undefined || !this.running) return;
    const exit = once(child, 'exit');
    this.#tell(signal);
    await exit;
  }

  #tell(signal: 'SIGKILL' | 'SIGTERM'): void {
    this.#told = signal;
    this.#process?.kill(signal);
  }
}

/** What a virtual machine exits with after SIGTERM. */
const TERMINATED = 143;

/** A process that was on its way out when the signal came has not ended as it was told to. */
function endedAsTold(
  { exitCode, signalCode }: ChildProcess,
  told: 'SIGKILL' | 'SIGTERM' | undefined,
): boolean {
  switch (told) {
    case undefined:
      return false;
    case 'SIGKILL':
      return signalCode === 'SIGKILL';
    case 'SIGTERM':
      return signalCode === 'SIGTERM' || exitCode === 0 || exitCode === TERMINATED;
  }
}
