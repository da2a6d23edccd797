/** Reads the configuration of a server from its files: zoo.cfg, the file that it may name, and `myid`. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { serverId, type ServerId } from '../protocol/ensemble.ts';
import { parseConfiguration, type Complaint, type ServerConfiguration } from './configuration.ts';
import { parseProperties, type Property } from './properties.ts';

/** A configuration that a server cannot start with; a line for each thing that is wrong. */
export class ConfigurationError extends Error {
  constructor(lines: readonly string[], options?: ErrorOptions) {
    super(lines.join('\n'), options);
    this.name = 'ConfigurationError';
  }
}

export interface LoadedConfiguration {
  readonly configuration: ServerConfiguration;
  /** Which of the servers this one is; undefined for a server alone. */
  readonly myId: ServerId | undefined;
  readonly warnings: readonly Complaint[];
}

/**
 * Loads a configuration. `overrides` are the system properties of the command line.
 * @throws ConfigurationError
 */
export async function loadConfiguration(
  file: string,
  overrides: readonly Property[] = [],
): Promise<LoadedConfiguration> {
  const properties = parseProperties(await readText(file), file);
  const dynamic = properties.findLast(({ key }) => key === 'dynamicConfigFile');
  if (dynamic !== undefined) {
    const other = path.resolve(path.dirname(file), dynamic.value);
    properties.push(...parseProperties(await readText(other), other));
  }
  const parsed = parseConfiguration([...properties, ...overrides], file);
  if (!parsed.ok) {
    throw new ConfigurationError(parsed.complaints.map(({ place, message }) => `${place}: ${message}`));
  }
  const { configuration, warnings } = parsed;
  const myId = await readMyId(configuration);
  return { configuration, myId, warnings: [...warnings, ...disagreement(configuration, myId, file)] };
}

/** As in ZooKeeper it is no error when peerType and the list of servers differ. */
function disagreement(
  { peerType, servers }: ServerConfiguration,
  myId: ServerId | undefined,
  file: string,
): Complaint[] {
  const role = myId === undefined ? undefined : servers.get(myId)?.role;
  if (peerType === undefined || role === undefined || peerType === role) return [];
  const message = `peerType=${peerType} has no effect: by the line server.${String(myId)}=… this server is ${role === 'observer' ? 'an observer' : 'a participant'}`;
  return [{ place: file, message }];
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError([`${file}: cannot be read: ${reason}`], { cause: error });
  }
}

async function readMyId({ dataDir, servers }: ServerConfiguration): Promise<ServerId | undefined> {
  if (servers.size === 0) return undefined;
  const file = path.join(dataDir, 'myid');
  const text = (await readText(file)).trim();
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number) || number < 1) {
    throw new ConfigurationError([
      `${file}: ${JSON.stringify(text.slice(0, 40))} is no id; the N of a line server.N=… is expected`,
    ]);
  }
  const id = serverId(number);
  if (!servers.has(id)) {
    throw new ConfigurationError([`${file}: there is no line server.${number}=… in the configuration`]);
  }
  return id;
}
