/** An ensemble of processes; their connections with each other may go through proxies, one for each pair and port. */
import { readFile, writeFile } from 'node:fs/promises';

import { Proxy } from '../../impl/server/testing/proxy.ts';
import { layOutEnsemble, type LaidOutServer, type LayoutOptions } from '../../impl/server/ensemble-layout.ts';
import type { FaultKind } from './schedule.ts';
import { ServerProcess, type Launcher } from './server-process.ts';

export interface FaultyEnsembleOptions extends LayoutOptions {
  readonly proxied: boolean;
  /** What starts each server; ours if absent. */
  readonly launchers?: readonly Launcher[];
}

const MEMBER = /^server\.(\d+)=([^:]+):(\d+):(\d+)(.*)$/;

export class FaultyEnsemble {
  readonly servers: readonly ServerProcess[];
  /** Under `a-b` the proxies by which a reaches b. */
  readonly #proxies: ReadonlyMap<string, readonly Proxy[]>;

  private constructor(servers: readonly ServerProcess[], proxies: ReadonlyMap<string, readonly Proxy[]>) {
    this.servers = servers;
    this.#proxies = proxies;
  }

  /**
   * Lays the ensemble out and starts it. Through proxies connections can be cut and stalled; but a proxy accepts where the
   * server behind it does not listen, and breaks the connection then, which the servers take for a leader that has gone.
   */
  static async start(options: FaultyEnsembleOptions): Promise<FaultyEnsemble> {
    const { proxied, launchers = [] } = options;
    const laidOut = await layOutEnsemble(options);
    const proxies = new Map<string, readonly Proxy[]>();
    if (proxied) for (const server of laidOut) await routeThroughProxies(server, proxies);
    const servers = laidOut.map((server, index) => new ServerProcess(server, launchers[index]));
    for (const server of servers) server.start();
    return new FaultyEnsemble(servers, proxies);
  }

  async begin(kind: FaultKind): Promise<void> {
    switch (kind.type) {
      case 'kill':
        await this.#server(kind.server).kill();
        break;
      case 'pause':
        await this.#server(kind.server).pause();
        break;
      case 'cut':
        for (const proxy of this.#between(kind.server, kind.other)) {
          stall(proxy);
          proxy.cut();
        }
        break;
      case 'stall':
        for (const proxy of this.#between(kind.server, kind.other)) stall(proxy);
        break;
    }
  }

  end(kind: FaultKind): void {
    switch (kind.type) {
      case 'kill':
        this.#server(kind.server).start();
        break;
      case 'pause':
        this.#server(kind.server).resume();
        break;
      case 'cut':
      case 'stall':
        for (const proxy of this.#between(kind.server, kind.other)) resume(proxy);
        break;
    }
  }

  /**
   * Everything runs and is connected again.
   * @throws FaultError if a server has ended by itself
   */
  heal(): void {
    for (const proxies of this.#proxies.values()) for (const proxy of proxies) resume(proxy);
    for (const server of this.servers) {
      if (server.running) server.resume();
      else server.start();
    }
  }

  /**
   * Stops the servers in good order; the proxies stay.
   * @throws FaultError if one ended otherwise
   */
  async stopServers(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop()));
    for (const server of this.servers) server.assertNotEndedByItself();
  }

  /** Kills all servers, without waiting for their end. */
  killAtOnce(): void {
    for (const server of this.servers) server.killAtOnce();
  }

  async close(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.kill()));
    await Promise.all([...this.#proxies.values()].flat().map((proxy) => proxy.close()));
  }

  #server(index: number): ServerProcess {
    const server = this.servers[index];
    if (server === undefined) throw new RangeError(`there is no server ${index + 1}`);
    return server;
  }

  #between(a: number, b: number): readonly Proxy[] {
    const x = this.#server(a).id;
    const y = this.#server(b).id;
    return [...(this.#proxies.get(`${x}-${y}`) ?? []), ...(this.#proxies.get(`${y}-${x}`) ?? [])];
  }
}

/** Nothing comes through, on old connections and on new ones. */
function stall(proxy: Proxy): void {
  proxy.stall('toServer');
  proxy.stall('toClient');
}

function resume(proxy: Proxy): void {
  proxy.resume('toServer');
  proxy.resume('toClient');
}

/** Rewrites where a server believes that the others are. */
async function routeThroughProxies(
  { id, configurationFile }: LaidOutServer,
  proxies: Map<string, readonly Proxy[]>,
): Promise<void> {
  const lines = (await readFile(configurationFile, 'utf8')).split('\n');
  const routed = await Promise.all(
    lines.map(async (line) => {
      const match = MEMBER.exec(line);
      if (match === null || Number(match[1]) === id) return line;
      const [, other = '', host = '', quorum = '', election = '', rest = ''] = match;
      const pair = await Promise.all([quorum, election].map((port) => Proxy.open(Number(port))));
      proxies.set(`${id}-${other}`, pair);
      return `server.${other}=${host}:${pair.map(({ port }) => port).join(':')}${rest}`;
    }),
  );
  await writeFile(configurationFile, routed.join('\n'));
}
