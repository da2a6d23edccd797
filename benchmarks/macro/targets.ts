/** What is measured: ensembles of our servers, and of Apache ZooKeeper's. */
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';

import { layOutEnsemble } from '../../impl/server/ensemble-layout.ts';
import { apacheCommand } from '../../impl/server/testing/apache-server.ts';
import { ServerProcess, zabServer, type Launcher } from '../../conformance/faults/server-process.ts';
import { FaultError } from '../../conformance/faults/fault-error.ts';
import { leaderOf } from '../../conformance/faults/leader-of.ts';
import { BenchmarkError } from '../load/benchmark-error.ts';

export type TargetName = 'zab' | 'zookeeper';

interface Target {
  readonly launcher: Launcher;
  readonly settings: readonly string[];
}

/** However many connections come from one machine; and what they do is asked by words. */
const SETTINGS = ['maxClientCnxns=0', '4lw.commands.whitelist=srvr,mntr'];

const targets: Readonly<Record<TargetName, Target>> = {
  zab: { launcher: zabServer, settings: SETTINGS },
  zookeeper: {
    // What it would write about its own life is not part of the work.
    launcher: (file) => apacheCommand(file, ['-Dorg.slf4j.simpleLogger.defaultLogLevel=warn']),
    // It syncs before it acknowledges, which is its default, whatever the machine's settings are.
    settings: [...SETTINGS, 'forceSync=yes', 'admin.enableServer=false'],
  },
};

const START_MS_MAX = 60_000;

export class BenchmarkEnsemble {
  readonly target: TargetName;
  readonly servers: readonly ServerProcess[];
  readonly #directory: string;

  private constructor(target: TargetName, servers: readonly ServerProcess[], directory: string) {
    this.target = target;
    this.servers = servers;
    this.#directory = directory;
  }

  /** Lays out an ensemble in a new directory below `parent`, and starts it. */
  static async start(target: TargetName, size: number, parent: string): Promise<BenchmarkEnsemble> {
    const directory = await mkdtemp(path.join(parent, `zab-bench-${target}-`));
    const { launcher, settings } = targets[target];
    const laidOut = await layOutEnsemble({ size, directory, settings });
    const servers = laidOut.map((server) => new ServerProcess(server, launcher));
    for (const server of servers) server.start();
    return new BenchmarkEnsemble(target, servers, directory);
  }

  /**
   * Waits until all serve; the leader.
   * @throws BenchmarkError when they do not
   */
  async leader(): Promise<ServerProcess> {
    try {
      return await leaderOf(this.servers, START_MS_MAX);
    } catch (error) {
      if (error instanceof FaultError) throw new BenchmarkError(`${this.target}: ${error.message}`);
      throw error;
    }
  }

  /** Ends the servers and removes their data. */
  async remove(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.kill()));
    await rm(this.#directory, { recursive: true, force: true });
  }
}
