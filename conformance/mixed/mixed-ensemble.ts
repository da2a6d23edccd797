/** Servers of two kinds in one ensemble, as processes on loopback: ours, and Apache ZooKeeper's. */
import { statSync } from 'node:fs';

import { apacheCommand } from '../../impl/server/testing/apache-server.ts';
import { FaultyEnsemble } from '../faults/faulty-ensemble.ts';
import { zabServer, type Launcher, type ServerProcess } from '../faults/server-process.ts';
import { leaderOf } from '../faults/leader-of.ts';
import { synchronizationOf, type Kind, type Synchronized } from './synchronizations.ts';

/** Virtual machines start slowly, the more so beside others. */
const WAIT_MS = 120_000;

const TICK_TIME_MS = 1000;
const SETTINGS = ['initLimit=60', 'syncLimit=20', '4lw.commands.whitelist=*'];
/** A small heap, and no time spent on optimizing: the servers live for a minute. */
const VIRTUAL_MACHINE = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const APACHE_PROPERTIES = ['zookeeper.admin.enableServer=false', 'zookeeper.extendedTypesEnabled=true'];

export interface MixedOptions {
  readonly directory: string;
  /** The kinds of the servers 1, 2, … */
  readonly kinds: readonly Kind[];
  /** How many of them observe, the last ones; none if absent. */
  readonly observers?: number;
  /** The id of the server that leads at first. */
  readonly leader: number;
  /** Further system properties for each server of Apache's, as `name=value`. */
  readonly apacheProperties?: readonly string[];
  /** Further settings for each of ours, as `name=value`. */
  readonly ourSettings?: readonly string[];
}

export class MixedEnsemble {
  readonly #kinds: readonly Kind[];
  readonly #ensemble: FaultyEnsemble;
  /** Where in a server's log what was said before the last start ends. */
  readonly #logStarts = new Map<ServerProcess, number>();

  private constructor(kinds: readonly Kind[], ensemble: FaultyEnsemble) {
    this.#kinds = kinds;
    this.#ensemble = ensemble;
  }

  /** Starts the servers, with empty logs. Who leads is decided by `elect`. */
  static async launch(options: MixedOptions): Promise<MixedEnsemble> {
    const { kinds, observers = 0, directory } = options;
    const ensemble = await FaultyEnsemble.start({
      size: kinds.length - observers,
      observers,
      directory,
      tickTimeMs: TICK_TIME_MS,
      settings: SETTINGS,
      proxied: false,
      launchers: kinds.map((kind) => launcherOf(kind, options)),
    });
    return new MixedEnsemble(kinds, ensemble);
  }

  get servers(): readonly ServerProcess[] {
    return this.#ensemble.servers;
  }

  get running(): readonly ServerProcess[] {
    return this.servers.filter(({ running }) => running);
  }

  /** The server with that id. */
  server(id: number): ServerProcess {
    const server = this.servers[id - 1];
    if (server === undefined) throw new RangeError(`there is no server ${id}`);
    return server;
  }

  kindOf({ id }: ServerProcess): Kind {
    const kind = this.#kinds[id - 1];
    if (kind === undefined) throw new RangeError(`there is no server ${id}`);
    return kind;
  }

  /** Such as `2 (apache)`. */
  name(server: ServerProcess): string {
    return `${server.id} (${this.kindOf(server)})`;
  }

  /** Waits until all servers that run serve; who leads. */
  leader(): Promise<ServerProcess> {
    return leaderOf(this.running, WAIT_MS);
  }

  /**
   * Kills all servers, and starts as few as can elect first, the one with that id and smaller ones: with equal logs the
   * largest id wins. The others come when it leads. Who leads in the end.
   */
  async elect(id: number): Promise<ServerProcess> {
    await this.killAll();
    const voters = this.servers.filter(({ votes }) => votes);
    const quorum = (voters.length >> 1) + 1;
    const first = voters.filter((server) => server.id <= id).slice(-quorum);
    for (const server of first) this.startAgain(server);
    await this.leader();
    for (const server of this.servers) if (!first.includes(server)) this.startAgain(server);
    return this.leader();
  }

  async killAll(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.kill()));
  }

  startAgain(server: ServerProcess): void {
    this.#logStarts.set(server, statSync(server.logFile).size);
    server.start();
  }

  /** How the learner was brought up to date by the leader since the learner was last started. */
  synchronized(learner: ServerProcess, leader: ServerProcess): Synchronized {
    return synchronizationOf(this.#logOf(learner), this.#logOf(leader));
  }

  async stopServers(): Promise<void> {
    await this.#ensemble.stopServers();
  }

  async close(): Promise<void> {
    await this.#ensemble.close();
  }

  #logOf(server: ServerProcess): Parameters<typeof synchronizationOf>[0] {
    const { logFile: file, id } = server;
    return { file, from: this.#logStarts.get(server) ?? 0, id, kind: this.kindOf(server) };
  }
}

function launcherOf(kind: Kind, { apacheProperties = [], ourSettings = [] }: MixedOptions): Launcher {
  const define = (setting: string): string => `-D${setting}`;
  return (file) => {
    switch (kind) {
      case 'ours':
        return [...zabServer(file), ...ourSettings.map(define)];
      case 'apache':
        return apacheCommand(file, [
          ...VIRTUAL_MACHINE,
          ...[...APACHE_PROPERTIES, ...apacheProperties].map(define),
        ]);
    }
  };
}
