/**
 * Where the servers of an ensemble are, as the lines `server.N=…` say it:
 *
 *     host:quorumPort:electionPort[:role][|host:quorumPort:electionPort…][;[clientHost:]clientPort]
 *
 * A host that contains colons stands in brackets.
 */
import type { ServerId } from '../protocol/ensemble.ts';
import type { Address } from '../wire/notification.ts';

export type ServerRole = 'participant' | 'observer';

export interface ServerAddress {
  /** Each a way to reach the server; the first is tried first. */
  readonly ways: readonly { readonly quorum: Address; readonly election: Address }[];
  readonly role: ServerRole;
  /** Where clients connect, when the line says it. */
  readonly client: Address | undefined;
}

const FORM = 'host:quorumPort:electionPort[:participant|observer][;[clientHost:]clientPort] is expected';

/** The address in the value of a line; a string tells what is wrong with it. */
export function parseServerAddress(value: string): ServerAddress | string {
  const [servers = '', clientText, ...more] = value.split(';');
  if (more.length > 0) return FORM;
  const client = clientText === undefined ? undefined : parseClient(clientText.trim());
  if (typeof client === 'string') return client;
  let role: ServerRole = 'participant';
  const ways = [];
  for (const way of servers.split('|')) {
    const match = /^(?:\[([^\]]+)\]|([^:\s]+)):(\d+):(\d+)(?::(\w+))?$/.exec(way.trim());
    const host = match?.[1] ?? match?.[2];
    if (match === null || host === undefined) return FORM;
    const quorum = parsePort(match[3] ?? '');
    const election = parsePort(match[4] ?? '');
    if (quorum === undefined || election === undefined) return 'a port is a number from 1 to 65535';
    if (quorum === election) return 'the quorum port and the election port are different ones';
    if (match[5] !== undefined) {
      const named = parseRole(match[5]);
      if (named === undefined) return FORM;
      role = named;
    }
    ways.push({ quorum: { host, port: quorum }, election: { host, port: election } });
  }
  return { ways, role, client };
}

function parseClient(text: string): Address | string {
  const match = /^(?:(?:\[([^\]]+)\]|([^:\s]+)):)?(\d+)$/.exec(text);
  const port = parsePort(match?.[3] ?? '');
  if (port === undefined)
    return 'a client port is a number from 1 to 65535, with or without a host before it';
  return { host: match?.[1] ?? match?.[2] ?? '0.0.0.0', port };
}

/** In whatever case; undefined when it is none. */
export function parseRole(text: string): ServerRole | undefined {
  const name = text.toLowerCase();
  return name === 'participant' || name === 'observer' ? name : undefined;
}

/** undefined when it is none. */
export function parsePort(text: string): number | undefined {
  const port = Number(text);
  return /^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535 ? port : undefined;
}

/** The address as ZooKeeper's dynamic configuration writes it. */
export function formatServerAddress({ ways, role, client }: ServerAddress): string {
  const servers = ways.map(
    ({ quorum, election }) => `${bracketed(quorum.host)}:${quorum.port}:${election.port}:${role}`,
  );
  const suffix = client === undefined ? '' : `;${bracketed(client.host)}:${client.port}`;
  return servers.join('|') + suffix;
}

/**
 * The ensemble as ZooKeeper's servers tell it each other. Version 0 is that of an ensemble that was never reconfigured;
 * a server takes over what it is told only from a larger version than its own.
 */
export function formatEnsemble(servers: ReadonlyMap<ServerId, ServerAddress>): string {
  const lines = [...servers].map(([id, address]) => `server.${id}=${formatServerAddress(address)}\n`);
  return `${lines.join('')}version=0`;
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
