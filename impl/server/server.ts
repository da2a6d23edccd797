/**
 * One server of an ensemble: a peer, an election, a disk, connections to the other servers and to clients, and what ties
 * them together. Everything that happens is an event that the peer is given in its turn (peer-host.ts).
 *
 *     looking ──elected──► leading or following ──phase BROADCAST──► serves clients
 *        ▲                          │
 *        └──────── abandoned ◄──────┘   once all of the log is on disk: a vote claims the log
 */
import type { HistoryContent } from '../broadcast/history.ts';
import type { Transaction } from '../broadcast/transaction.ts';
import { formatZxid } from '../broadcast/zxid.ts';
import type { Claim } from '../election/vote.ts';
import { Storage, type Recovered } from '../log/storage.ts';
import type { AbandonReason } from '../protocol/effects.ts';
import type { ServerId } from '../protocol/ensemble.ts';
import { Peer } from '../protocol/peer.ts';
import { ServiceState } from '../service/service-state.ts';
import { snapshotChunks } from '../service/snapshot-format.ts';
import { SnapshotStream } from '../service/snapshot-stream.ts';
import type { Address } from '../wire/notification.ts';
import { ClientPort } from './clients/client-port.ts';
import type { ServingMode } from './clients/replication.ts';
import type { ServerConfiguration } from './configuration.ts';
import { ConfigurationError } from './load-configuration.ts';
import { openLeaderSource, type LeaderSource } from './leader-source.ts';
import type { Logger } from './logger.ts';
import { PeerHost } from './peer-host.ts';
import type { RoleHost } from './role-host.ts';
import { RolePause } from './role-pause.ts';
import { follow, lead, listenAddress } from './roles.ts';
import { formatEnsemble } from './server-address.ts';
import type { ServerContext } from './server-context.ts';
import { Service } from './service.ts';
import { Snapshots } from './snapshots.ts';

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
  readonly #context: ServerContext;
  readonly #snapshots: Snapshots;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #pause = new RolePause();
  #leaderSource: LeaderSource | undefined;
  #role: RoleHost | undefined;
  /** Is the service of clients on? */
  #serving = false;
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
    const { acceptedEpoch, currentEpoch, base, transactions } = recovered;
    const voters = votersOf(configuration);
    const peer = Peer.recover(
      { id: myId, ensemble: voters },
      {
        acceptedEpoch,
        currentEpoch,
        history: { base: base.zxid, transactions },
        durable: transactions.length,
      },
    );
    const host = new PeerHost(peer, {
      append: (transactions) => {
        storage.append(transactions);
      },
      truncate: (zxid) => {
        logger.info('the log is cut', { after: formatZxid(zxid) });
        storage.truncate(zxid);
      },
      installSnapshot: (history) => {
        this.#installSnapshot(history);
      },
      storeEpoch: (name, epoch) => storage.storeEpoch(name, epoch),
      send: (to, message) => this.#role?.send(to, message),
      disconnect: (peerId, reason) => this.#role?.disconnect(peerId, reason),
      abandon: (reason) => {
        this.#abandon(reason);
      },
      deliver: (transactions) => {
        for (const transaction of transactions) this.#deliver(transaction);
      },
      deliverSnapshot: (zxid) => {
        logger.info('the state is that of a snapshot from the leader', { zxid: formatZxid(zxid) });
        this.#context.service.replace();
      },
      settled: () => {
        this.#settled();
      },
      failed: (error) => {
        this.#fail(error);
      },
    });
    this.#options = options;
    this.#storage = storage;
    this.#toldEpoch = currentEpoch;
    this.#context = {
      myId,
      voters,
      tickTimeMs: configuration.tickTimeMs,
      initLimitMs: configuration.initLimit * configuration.tickTimeMs,
      peer,
      host,
      service: new Service(base.state ?? new ServiceState(), {
        transactions: configuration.snapCount,
        bytes: configuration.snapBytes,
      }),
      clients,
      logger,
      fail: (error) => {
        this.#fail(error);
      },
    };
    this.#snapshots = new Snapshots({
      service: this.#context.service,
      save: (zxid, chunks) => storage.saveSnapshot(zxid, chunks),
      compacted: (zxid) => {
        host.give({ type: 'compacted', zxid });
      },
      failed: (error) => {
        this.#fail(error);
      },
    });
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
            if (server !== undefined) server.#context.host.give({ type: 'logDurable', zxid });
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
    return this.#context.clients.address;
  }

  /** What the server does at present, in ZooKeeper's words. */
  get mode(): 'looking' | ServingMode {
    return this.#serving && this.#role !== undefined ? this.#role.mode : 'looking';
  }

  /** Closes everything in good order: what was appended is on disk when this is fulfilled. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #begin(): Promise<void> {
    const { configuration, logger } = this.#options;
    const { myId, voters, tickTimeMs, peer } = this.#context;
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
        if (this.#stopping === undefined) this.#role?.tick();
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
    const { configuration } = this.#options;
    const { host, logger, myId, voters, peer } = this.#context;
    if (this.#stopping !== undefined) return;
    this.#pause.begun();
    host.inTurn(() => ({ type: 'elected', leader }), 'server');
    host.inTurn(() => {
      // The peer may refuse: there is no epoch left.
      if (peer.role === 'LOOKING') return undefined;
      logger.info(leader === myId ? 'leads' : voters.includes(myId) ? 'follows' : 'observes', { leader });
      this.#role =
        leader === myId ? lead(this.#context, configuration) : follow(this.#context, configuration, leader);
      return undefined;
    }, 'role');
  }

  #installSnapshot({ base, transactions }: HistoryContent): void {
    const { service, logger } = this.#context;
    logger.info('a snapshot takes the place of the log', { zxid: formatZxid(base) });
    this.#storage.installSnapshot(base, snapshotChunks(service.install(base)), transactions);
    this.#snapshots.installed();
  }

  #deliver(transaction: Transaction): void {
    const { service, clients } = this.#context;
    const { record, result } = service.apply(transaction, this.#role?.prepared(transaction.zxid));
    clients.applied(record, result);
    this.#role?.applied(transaction, record);
    this.#snapshots.applied();
  }

  #abandon(reason: AbandonReason): void {
    const { clients, logger } = this.#context;
    logger.info('looks for a leader', { reason });
    this.#role?.close();
    this.#role = undefined;
    this.#serving = false;
    clients.stopServing('the server looks for a leader');
    this.#abandoned = true;
  }

  /** After each event of the peer: has it entered another phase, or ended a wait? */
  #settled(): void {
    const { peer, clients, logger } = this.#context;
    const role = this.#role;
    if (peer.role === 'LOOKING') {
      if (this.#abandoned && peer.synced) {
        this.#abandoned = false;
        this.#pause.after(() => {
          this.#leaderSource?.abandoned(this.#claim());
        });
      }
      return;
    }
    if (peer.currentEpoch !== this.#toldEpoch) {
      this.#toldEpoch = peer.currentEpoch;
      this.#leaderSource?.served(this.#claim());
    }
    if (role === undefined) return;
    if (!this.#serving && peer.phase === 'BROADCAST') {
      this.#serving = true;
      logger.info('serves', { mode: this.mode, epoch: peer.acceptedEpoch });
      role.activate();
      clients.startServing(role);
    }
    role.settled();
  }

  /** What this server has on disk, as a vote claims it. */
  #claim(): Claim {
    const { peer } = this.#context;
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
    const { host, clients } = this.#context;
    host.stop();
    for (const timer of this.#timers) clearInterval(timer);
    this.#pause.cancel();
    this.#serving = false;
    this.#role?.close();
    await Promise.allSettled([clients.close(), this.#leaderSource?.close()]);
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
