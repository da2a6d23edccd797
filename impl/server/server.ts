/**
 * One server of an ensemble: a peer, an election, a disk, connections to the other servers and to clients, and what ties
 * them together. Everything that happens is an event that the peer is given in its turn (peer-host.ts).
 *
 *     looking ──elected──► leading or following ──phase BROADCAST──► serves clients
 *        ▲                          │
 *        └──────── abandoned ◄──────┘   once all of the log is on disk: a vote claims the log
 */
import type { Transaction } from '../broadcast/transaction.ts';
import { formatZxid } from '../broadcast/zxid.ts';
import type { Claim } from '../election/vote.ts';
import { Storage, type Recovered } from '../log/storage.ts';
import type { AbandonReason } from '../protocol/effects.ts';
import type { ServerId } from '../protocol/ensemble.ts';
import type { ServiceState } from '../service/service-state.ts';
import { SnapshotStream } from '../service/snapshot-stream.ts';
import type { Address } from '../wire/notification.ts';
import { BroadcastHost } from './broadcast-host.ts';
import { ClientPort } from './clients/client-port.ts';
import type { ServingMode } from './clients/replication.ts';
import type { ServerConfiguration } from './configuration.ts';
import { ConfigurationError } from './load-configuration.ts';
import { openLeaderSource, type LeaderSource } from './leader-source.ts';
import type { Logger } from './logger.ts';
import type { RoleHost } from './role-host.ts';
import { RolePause } from './role-pause.ts';
import { follow, lead, listenAddress } from './roles.ts';
import { formatEnsemble } from './server-address.ts';

export interface ServerOptions {
  readonly configuration: ServerConfiguration;
  readonly myId: ServerId;
  readonly logger: Logger;
  /** The server cannot go on, and has stopped: its disk has failed, or a bug was found. */
  readonly failed: (error: Error) => void;
}

const HOUR_MS = 3_600_000;

/** What the requests take that the clients of one server wait for, in bytes. */
const OUTSTANDING_BYTES_MAX = 64 * 1024 * 1024;

export class ZabServer {
  readonly #options: ServerOptions;
  readonly #storage: Storage;
  readonly #clients: ClientPort;
  readonly #broadcast: BroadcastHost;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #pause = new RolePause();
  #leaderSource: LeaderSource | undefined;
  /** Has the role been given up, and is the election not told yet? */
  #abandoned = false;
  /** The current epoch that the election knows of. */
  #toldEpoch: number;
  #stopping: Promise<void> | undefined;

  private constructor(
    options: ServerOptions,
    storage: Storage,
    recovered: Recovered<ServiceState>,
    clients: ClientPort,
  ) {
    const { configuration, myId, logger } = options;
    const { tickTimeMs, initLimit, snapCount, snapBytes } = configuration;
    this.#options = options;
    this.#storage = storage;
    this.#clients = clients;
    this.#toldEpoch = recovered.currentEpoch;
    this.#broadcast = new BroadcastHost(
      {
        myId,
        voters: votersOf(configuration),
        tickTimeMs,
        initLimitMs: initLimit * tickTimeMs,
        clients,
        logger,
        storage,
        recovered,
        snapshotInterval: { transactions: snapCount, bytes: snapBytes },
      },
      {
        abandoned: (reason) => {
          this.#abandon(reason);
        },
        deliver: (transactions) => {
          for (const transaction of transactions) this.#deliver(transaction);
        },
        activated: (role) => {
          this.#serve(role);
        },
        settled: () => {
          this.#settled();
        },
        failed: (error) => {
          this.#fail(error);
        },
      },
    );
  }

  /**
   * Recovers what is on disk, listens, and takes part in elections. Clients are served once a leader is established.
   * @throws DiskError when the data cannot be trusted; Error when a port cannot be had
   */
  static async start(options: ServerOptions): Promise<ZabServer> {
    const { configuration, myId, logger } = options;
    const transactionBytesMax = configuration.juteMaxBuffer + configuration.juteExtraSize;
    let server: ZabServer | undefined;
    const { storage, recovered } = await Storage.open<ServiceState>(
      {
        dataDir: configuration.dataDir,
        dataLogDir: configuration.dataLogDir,
        transactionBytesMax,
        preallocateBytes: configuration.preallocateBytes,
        retainedSnapshots: configuration.retainedSnapshots,
        listener: {
          durable: (zxid) => {
            if (server !== undefined) server.#broadcast.context.host.give({ type: 'logDurable', zxid });
          },
          failed: (error) => {
            if (server !== undefined) server.#fail(error);
          },
        },
      },
      (zxid, offset) => new SnapshotStream(zxid, transactionBytesMax, offset),
    );
    for (const note of recovered.notes) logger.warn(note);
    const started: { clients?: ClientPort } = {};
    try {
      const clients = await ClientPort.open({
        listen: clientAddressOf(options),
        myId,
        minSessionTimeoutMs: configuration.minSessionTimeoutMs,
        maxSessionTimeoutMs: configuration.maxSessionTimeoutMs,
        maxClientConnections: configuration.maxClientConnections,
        juteMaxBuffer: configuration.juteMaxBuffer,
        outstanding: {
          requests: configuration.outstandingRequests,
          bytes: OUTSTANDING_BYTES_MAX,
        },
        fourLetterWords: configuration.fourLetterWords,
        logStatistics: () => storage.statistics,
        logger,
      });
      started.clients = clients;
      server = new ZabServer(options, storage, recovered, clients);
      await server.#begin();
      return server;
    } catch (error) {
      await started.clients?.close();
      await storage.close().catch((after: unknown) => {
        logger.error('the data were not closed in good order', { reason: String(after) });
      });
      throw error;
    }
  }

  /** Where clients connect. */
  get clientAddress(): Address {
    return this.#clients.address;
  }

  /** What the server does at present, in ZooKeeper's words. */
  get mode(): 'looking' | ServingMode {
    const { active, role } = this.#broadcast;
    return active && role !== undefined ? role.mode : 'looking';
  }

  /** Closes everything in good order: what was appended is on disk when this is fulfilled. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #begin(): Promise<void> {
    const { configuration, logger } = this.#options;
    const { myId, voters, tickTimeMs, peer } = this.#broadcast.context;
    this.#leaderSource = await openLeaderSource({
      myId,
      voters,
      addresses: new Map(
        [...configuration.servers].map(([id, { ways }]) => [id, ways.map(({ election }) => election)]),
      ),
      listen: listenAddress(configuration, myId, 'election'),
      own: this.#claim(),
      configuration: formatEnsemble(configuration.servers),
      logger,
      elected: (leader) => {
        this.#elected(leader);
      },
    });
    this.#every(tickTimeMs / 2, () => {
      // After a pause of this process what came meanwhile is read first, and then it is looked at the time.
      setImmediate(() => {
        if (this.#stopping === undefined) this.#broadcast.role?.tick();
      });
    });
    if (configuration.purgeIntervalHours > 0) {
      this.#every(configuration.purgeIntervalHours * HOUR_MS, () => {
        this.#storage.purge().catch((error: unknown) => {
          this.#fail(error);
        });
      });
    }
    logger.info('the server is up', {
      server: myId,
      lastZxid: formatZxid(peer.lastZxid),
      currentEpoch: peer.currentEpoch,
    });
  }

  #every(ms: number, work: () => void): void {
    this.#timers.push(setInterval(work, ms));
  }

  /** The election is over: connects to the leader, or waits for learners. */
  #elected(leader: ServerId): void {
    const { configuration, logger } = this.#options;
    const { context } = this.#broadcast;
    const { myId, voters } = context;
    if (this.#stopping !== undefined) return;
    this.#pause.begun();
    this.#broadcast.elected(leader, () => {
      logger.info(leader === myId ? 'leads' : voters.includes(myId) ? 'follows' : 'observes', { leader });
      return leader === myId ? lead(context, configuration) : follow(context, configuration, leader);
    });
  }

  #deliver(transaction: Transaction): void {
    const { record, result } = this.#broadcast.apply(transaction);
    this.#clients.applied(record, result);
  }

  #serve(role: RoleHost): void {
    const epoch = this.#broadcast.context.peer.acceptedEpoch;
    this.#options.logger.info('serves', { mode: role.mode, epoch });
    this.#clients.startServing(role);
  }

  #abandon(reason: AbandonReason): void {
    this.#options.logger.info('looks for a leader', { reason });
    this.#broadcast.endRole();
    this.#clients.stopServing('the server looks for a leader');
    this.#abandoned = true;
  }

  /** After each event of the peer: has its epoch changed, or a wait ended? */
  #settled(): void {
    const { peer } = this.#broadcast.context;
    if (peer.role === 'LOOKING') {
      if (this.#abandoned && peer.synced) {
        this.#abandoned = false;
        this.#pause.after(() => {
          this.#leaderSource?.abandoned(this.#claim());
        });
      }
      return;
    }
    if (peer.currentEpoch === this.#toldEpoch) return;
    this.#toldEpoch = peer.currentEpoch;
    this.#leaderSource?.served(this.#claim());
  }

  /** What this server has on disk, as a vote claims it. */
  #claim(): Claim {
    const { peer } = this.#broadcast.context;
    return { epoch: peer.currentEpoch, zxid: peer.lastZxid };
  }

  #fail(cause: unknown): void {
    if (this.#stopping !== undefined) return;
    const error = cause instanceof Error ? cause : new Error(String(cause));
    this.#options.logger.error('the server stops', { reason: error.message });
    void this.stop()
      .catch((after: unknown) => {
        this.#options.logger.error('the server did not stop in good order', { reason: String(after) });
      })
      .finally(() => {
        this.#options.failed(error);
      });
  }

  async #stop(): Promise<void> {
    this.#broadcast.context.host.stop();
    for (const timer of this.#timers) clearInterval(timer);
    this.#pause.cancel();
    this.#broadcast.endRole();
    await Promise.allSettled([this.#clients.close(), this.#leaderSource?.close()]);
    await this.#storage.close();
    this.#options.logger.info('the server is down');
  }
}

/** Where clients are listened to: the configuration says it by clientPort, or behind the server's own address. */
function clientAddressOf({ configuration, myId }: ServerOptions): Address {
  const address = configuration.client ?? configuration.servers.get(myId)?.client;
  if (address !== undefined) return address;
  throw new ConfigurationError([`clientPort is missing: where clients connect; add clientPort=2181`]);
}

function votersOf({ servers }: ServerConfiguration): ServerId[] {
  return [...servers].filter(([, { role }]) => role === 'participant').map(([id]) => id);
}
