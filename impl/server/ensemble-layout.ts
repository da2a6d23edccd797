/** The files of an ensemble on one machine: for each server a directory with `zoo.cfg` and `data/myid`. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { makeDirectory } from '../log/atomic-file.ts';
import { serverId, type ServerId } from '../protocol/ensemble.ts';
import { freePorts } from './free-ports.ts';
import type { ServerRole } from './server-address.ts';

const HOST = '127.0.0.1';

export interface LaidOutServer {
  readonly id: ServerId;
  readonly role: ServerRole;
  /** The configuration to start the server with. */
  readonly configurationFile: string;
  readonly clientPort: number;
}

export interface LayoutOptions {
  /** Servers that vote: two or more. */
  readonly size: number;
  /** Further servers, which observe; none if absent. */
  readonly observers?: number;
  /** The directory that holds a directory for each server; made if it is missing. */
  readonly directory: string;
  readonly tickTimeMs?: number;
  /** Further lines for every zoo.cfg, as `key=value`. */
  readonly settings?: readonly string[];
}

/**
 * Lays the ensemble out, or finds it as it was laid out before: then the ports are those of then, so that data and
 * configuration go on together.
 * @throws DiskError when a directory cannot be made
 */
export async function layOutEnsemble(options: LayoutOptions): Promise<LaidOutServer[]> {
  const { size, observers = 0, directory, tickTimeMs = 2000, settings = [] } = options;
  const ids = Array.from({ length: size + observers }, (_, index) => serverId(index + 1));
  const known = await readPorts(directory);
  const ports = known?.length === 3 * ids.length ? known : await freePorts(3 * ids.length);
  const port = (id: ServerId, which: number): number => {
    const found = ports[3 * (id - 1) + which];
    if (found === undefined) throw new Error('each server has three ports');
    return found;
  };
  await makeDirectory(directory);
  await writeFile(path.join(directory, PORTS_FILE), `${JSON.stringify(ports)}\n`);
  const roleOf = (id: ServerId): ServerRole => (id > size ? 'observer' : 'participant');
  const members = ids.map((id) => `server.${id}=${HOST}:${port(id, 0)}:${port(id, 1)}:${roleOf(id)}`);
  return Promise.all(
    ids.map(async (id) => {
      const home = path.join(path.resolve(directory), `server-${id}`);
      const dataDir = path.join(home, 'data');
      await makeDirectory(dataDir);
      await writeFile(path.join(dataDir, 'myid'), `${id}\n`);
      const configurationFile = path.join(home, 'zoo.cfg');
      const lines = [
        `tickTime=${tickTimeMs}`,
        'initLimit=10',
        'syncLimit=5',
        `dataDir=${dataDir}`,
        `clientPort=${port(id, 2)}`,
        `clientPortAddress=${HOST}`,
        ...settings,
        ...members,
      ];
      await writeFile(configurationFile, `${lines.join('\n')}\n`);
      return { id, role: roleOf(id), configurationFile, clientPort: port(id, 2) };
    }),
  );
}

const PORTS_FILE = 'ports.json';

/** The ports that an earlier layout used; undefined when there was none. */
async function readPorts(directory: string): Promise<number[] | undefined> {
  const text = await readFile(path.join(directory, PORTS_FILE), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const isPort = (port: unknown): port is number =>
      typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536;
    return Array.isArray(value) && value.every(isPort) ? value : undefined;
  } catch {
    return undefined;
  }
}
