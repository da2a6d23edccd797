/**
 * The configuration of a server: the keys of ZooKeeper's zoo.cfg, and the system properties that ZooKeeper reads.
 *
 * A value that makes no sense is refused with its place. A key that has no effect here is reported, so that nobody relies
 * on it.
 */
import { serverId, type ServerId } from '../protocol/ensemble.ts';
import type { Address } from '../wire/notification.ts';
import type { Property } from './properties.ts';
import { parseRole, parseServerAddress, type ServerAddress, type ServerRole } from './server-address.ts';

export interface ServerConfiguration {
  /** Where snapshots, epochs and `myid` are. */
  readonly dataDir: string;
  /** Where the transaction log is. */
  readonly dataLogDir: string;
  /** The unit of the other times. */
  readonly tickTimeMs: number;
  /** Ticks that a follower may take to connect to its leader and be brought up to date. */
  readonly initLimit: number;
  /** Ticks that a server may be silent for. */
  readonly syncLimit: number;
  /** undefined: clients are not served. */
  readonly client: Address | undefined;
  readonly minSessionTimeoutMs: number;
  readonly maxSessionTimeoutMs: number;
  /** Requests that the clients of one server may wait for together. */
  readonly outstandingRequests: number;
  /** The four-letter words that are answered; `*` for all. */
  readonly fourLetterWords: ReadonlySet<string>;
  /** Connections from one address; 0: any number. */
  readonly maxClientConnections: number;
  /** The ensemble, in the order of the ids; empty: a server alone. */
  readonly servers: ReadonlyMap<ServerId, ServerAddress>;
  /** Says once more whether this server votes; what its line among the servers says prevails. */
  readonly peerType: ServerRole | undefined;
  /** Transactions, and their bytes, from one snapshot to the next. */
  readonly snapCount: number;
  readonly snapBytes: number;
  /** Bytes by which log files are made longer at a time. */
  readonly preallocateBytes: number;
  /** Snapshots that are kept, and hours between two purges; 0: nothing is purged. */
  readonly retainedSnapshots: number;
  readonly purgeIntervalHours: number;
  /** The longest data of a request, and what may be added to it between servers, in bytes. */
  readonly juteMaxBuffer: number;
  readonly juteExtraSize: number;
  readonly multiAddress: boolean;
  readonly listenOnAllIPs: boolean;
}

export interface Complaint {
  readonly place: string;
  readonly message: string;
}

export type ParsedConfiguration =
  | {
      readonly ok: true;
      readonly configuration: ServerConfiguration;
      readonly warnings: readonly Complaint[];
    }
  | { readonly ok: false; readonly complaints: readonly Complaint[] };

/** Keys that the file and the command line share a meaning for: a system property has `zookeeper.` before its name. */
const PREFIX = 'zookeeper.';

const INT32_MAX = 0x7fff_ffff;
/** Keys that say something although no value is made of them here. */
const TAKEN_ELSEWHERE = ['dynamicConfigFile', 'version'];

/**
 * Makes a configuration of properties, those of the file first and then those of the command line, which prevail.
 */
export function parseConfiguration(properties: readonly Property[], file: string): ParsedConfiguration {
  const reader = new PropertyReader(properties, file);
  const servers = reader.servers();
  const tickTimeMs = reader.number('tickTime', 3000, 1, INT32_MAX);
  const dataDir = reader.required('dataDir', 'the directory for data');
  const voters = [...servers.values()].filter(({ role }) => role === 'participant').length;
  const inEnsemble = servers.size > 0;
  const limit = (key: string): number =>
    inEnsemble ? reader.requiredNumber(key, 1, INT32_MAX) : reader.number(key, 10, 1, INT32_MAX);
  const configuration: ServerConfiguration = {
    dataDir,
    dataLogDir: reader.text('dataLogDir') ?? dataDir,
    tickTimeMs,
    initLimit: limit('initLimit'),
    syncLimit: limit('syncLimit'),
    client: reader.client(),
    minSessionTimeoutMs: reader.number('minSessionTimeout', 2 * tickTimeMs, 1, INT32_MAX, -1),
    maxSessionTimeoutMs: reader.number('maxSessionTimeout', 20 * tickTimeMs, 1, INT32_MAX, -1),
    maxClientConnections: reader.number('maxClientCnxns', 60, 0, INT32_MAX),
    // Of the ensemble's limit each server has a share, as in ZooKeeper. Its default is 1000; bytes are bounded here too,
    // so that more may wait, and be written to disk together.
    outstandingRequests: Math.max(
      1,
      Math.floor(reader.number('globalOutstandingLimit', 20_000, 1, INT32_MAX) / Math.max(1, voters - 1)),
    ),
    fourLetterWords: reader.words('4lw.commands.whitelist'),
    servers,
    peerType: reader.role('peerType'),
    snapCount: reader.number('snapCount', 100_000, 2, INT32_MAX),
    // ZooKeeper's default is 4 GiB. Here what a learner may lack is kept in memory, from one snapshot but one on.
    snapBytes: 1024 * reader.number('snapSizeLimitInKb', 256 * 1024, 1, INT32_MAX),
    preallocateBytes: 1024 * reader.number('preAllocSize', 65_536, 0, 4 * 1024 * 1024),
    retainedSnapshots: reader.number('autopurge.snapRetainCount', 3, 3, INT32_MAX),
    purgeIntervalHours: reader.number('autopurge.purgeInterval', 0, 0, INT32_MAX),
    juteMaxBuffer: reader.number('jute.maxbuffer', 0xf_ffff, 1024, INT32_MAX),
    juteExtraSize: reader.number('jute.maxbuffer.extrasize', 0xf_ffff, 1024, INT32_MAX),
    multiAddress: reader.flag('multiAddress.enabled', false),
    listenOnAllIPs: reader.flag('quorumListenOnAllIPs', false),
  };
  if (configuration.minSessionTimeoutMs > configuration.maxSessionTimeoutMs) {
    reader.complain('minSessionTimeout', 'is larger than maxSessionTimeout');
  }
  if (inEnsemble && voters < 2) {
    reader.complain(undefined, `an ensemble has two or more servers that vote; this one has ${voters}`);
  }
  reader.only('electionAlg', ['3'], 'fast leader election, 3, is the only one');
  reader.only('forceSync', ['yes'], 'what is acknowledged is on disk here, always');
  const { complaints } = reader;
  if (complaints.length > 0) return { ok: false, complaints };
  return { ok: true, configuration, warnings: reader.unused() };
}

/** Looks properties up, and keeps what is wrong with them. */
class PropertyReader {
  readonly #properties = new Map<string, Property>();
  readonly #asked = new Set(TAKEN_ELSEWHERE);
  readonly #file: string;
  readonly complaints: Complaint[] = [];

  constructor(properties: readonly Property[], file: string) {
    this.#file = file;
    for (const property of properties) {
      const { key } = property;
      this.#properties.set(key.startsWith(PREFIX) ? key.slice(PREFIX.length) : key, property);
    }
  }

  text(key: string): string | undefined {
    this.#asked.add(key);
    const value = this.#properties.get(key)?.value;
    return value === '' ? undefined : value;
  }

  required(key: string, what: string): string {
    const value = this.text(key);
    if (value === undefined) this.complain(key, `is missing: ${what}; add ${key}=…`);
    return value ?? '';
  }

  /** `unset` is a value that means the default. */
  number(key: string, preset: number, min: number, max: number, unset?: number): number {
    const value = this.text(key);
    if (value === undefined) return preset;
    const number = Number(value);
    if (number === unset) return preset;
    if (!/^-?\d+$/.test(value) || number < min || number > max) {
      this.complain(
        key,
        `${JSON.stringify(value)} is no number from ${min} to ${max === INT32_MAX ? '2^31-1' : max}`,
      );
      return preset;
    }
    return number;
  }

  requiredNumber(key: string, min: number, max: number): number {
    if (this.text(key) === undefined) this.complain(key, `is missing: an ensemble needs it; add ${key}=…`);
    return this.number(key, min, min, max);
  }

  flag(key: string, preset: boolean): boolean {
    const value = this.text(key)?.toLowerCase();
    if (value === undefined) return preset;
    if (value !== 'true' && value !== 'false') this.complain(key, `${JSON.stringify(value)}: true or false`);
    return value === 'true';
  }

  /** What commas separate. As in ZooKeeper srvr is always among them, which its scripts rely on. */
  words(key: string): ReadonlySet<string> {
    const named = this.text(key)
      ?.split(',')
      .map((word) => word.trim());
    return new Set(['srvr', ...(named ?? [])].filter((word) => word !== ''));
  }

  only(key: string, values: readonly string[], message: string): void {
    const value = this.text(key);
    if (value !== undefined && !values.includes(value)) {
      this.complain(key, `${JSON.stringify(value)}: ${message}`);
    }
  }

  role(key: string): ServerRole | undefined {
    const value = this.text(key);
    const role = value === undefined ? undefined : parseRole(value);
    if (value !== undefined && role === undefined) {
      this.complain(key, `${JSON.stringify(value)}: participant or observer is expected`);
    }
    return role;
  }

  client(): Address | undefined {
    const port = this.number('clientPort', 0, 0, 65_535);
    const host = this.text('clientPortAddress') ?? '0.0.0.0';
    return port === 0 ? undefined : { host, port };
  }

  servers(): ReadonlyMap<ServerId, ServerAddress> {
    const servers: [ServerId, ServerAddress][] = [];
    for (const [key, { value }] of this.#properties) {
      if (!key.startsWith('server.')) continue;
      const number = Number(key.slice('server.'.length));
      if (!Number.isSafeInteger(number) || number < 1) {
        this.complain(key, 'a server is named by a positive integer, as in server.1');
        continue;
      }
      const address = parseServerAddress(value);
      if (typeof address === 'string') this.complain(key, `${JSON.stringify(value)}: ${address}`);
      else servers.push([serverId(number), address]);
    }
    return new Map(servers.sort(([a], [b]) => a - b));
  }

  /** Keys that nobody asked for. */
  unused(): Complaint[] {
    const complaints: Complaint[] = [];
    for (const [key, { place }] of this.#properties) {
      if (!this.#asked.has(key) && !key.startsWith('server.')) {
        complaints.push({ place, message: `${key} has no effect here` });
      }
    }
    return complaints;
  }

  complain(key: string | undefined, message: string): void {
    const place = key === undefined ? undefined : this.#properties.get(key)?.place;
    this.complaints.push({
      place: place ?? this.#file,
      message: key === undefined ? message : `${key} ${message}`,
    });
  }
}
