/**
 * A server without clients and without elections: of impl/server only what takes part in the broadcast. Who leads is told;
 * what is broadcast comes from within the process.
 */
import { Buffer } from 'node:buffer';

import { lastZxidIn } from '../../impl/broadcast/transaction-list.ts';
import type { Transactions } from '../../impl/broadcast/transaction-run.ts';
import { Storage, type Recovered } from '../../impl/log/storage.ts';
import { serverId, type ServerId } from '../../impl/protocol/ensemble.ts';
import { BroadcastHost } from '../../impl/server/broadcast-host.ts';
import { ClientPort } from '../../impl/server/clients/client-port.ts';
import { Following } from '../../impl/server/following.ts';
import { setGarbageCollection } from '../../impl/server/garbage-collection.ts';
import { Leading } from '../../impl/server/leading.ts';
import { SILENT } from '../../impl/server/logger.ts';
import type { PeerHost } from '../../impl/server/peer-host.ts';
import type { RoleHost } from '../../impl/server/role-host.ts';
import type { ServiceState } from '../../impl/service/service-state.ts';
import { SnapshotStream } from '../../impl/service/snapshot-stream.ts';
import { snapshotChunks } from '../../impl/service/snapshot-format.ts';
import type { Address } from '../../impl/wire/notification.ts';

export interface DirectServerOptions {
  /** From 1 to `servers`. */
  readonly id: number;
  readonly servers: number;
  /** The server that leads, and where its learners connect. */
  readonly leaderId: number;
  readonly leaderAddress: Address;
  /** Where the data is kept. */
  readonly directory: string;
  /**
   * What becomes of transactions that are delivered: they are applied to the service's state, of which snapshots are taken,
   * or let go of.
   */
  readonly delivery: 'applied' | 'dropped';
}

export interface DirectServerListener {
  /** So many more, in zxid order. */
  delivered(count: number): void;
  /** All that one event of the peer asks for is done. */
  settled(): void;
  failed(error: Error): void;
}

/** As a server has them by default. */
const TICK_TIME_MS = 2000;
const LIMITS = {
  tickTimeMs: TICK_TIME_MS,
  initLimit: 10,
  syncLimit: 5,
  dataBytesMax: 2 * 1024 * 1024,
  // More than a server's: nothing holds the source back to what the slower follower takes, as its clients would.
  waitingBytesMax: 2 ** 30,
};
const PREALLOCATE_BYTES = 64 * 1024 * 1024;
const SNAPSHOT_INTERVAL = { transactions: 100_000, bytes: 256 * 1024 * 1024 };
/** From one attempt to lead or follow to the next, as an election would need. */
const AGAIN_MS = 200;

export class DirectServer {
  readonly #options: DirectServerOptions;
  readonly #listener: DirectServerListener;
  readonly #broadcast: BroadcastHost;
  #deliveredSince = 0;

  private constructor(
    options: DirectServerOptions,
    listener: DirectServerListener,
    storage: Storage,
    recovered: Recovered<ServiceState>,
    clients: ClientPort,
  ) {
    const fail = (error: unknown): void => {
      listener.failed(error instanceof Error ? error : new Error(String(error)));
    };
    this.#options = options;
    this.#listener = listener;
    this.#broadcast = new BroadcastHost(
      {
        myId: serverId(options.id),
        voters: Array.from({ length: options.servers }, (_, index) => serverId(index + 1)),
        tickTimeMs: TICK_TIME_MS,
        initLimitMs: LIMITS.initLimit * TICK_TIME_MS,
        clients,
        logger: SILENT,
        storage,
        recovered,
        snapshotInterval: SNAPSHOT_INTERVAL,
      },
      {
        abandoned: (reason) => {
          const { active } = this.#broadcast;
          this.#broadcast.endRole();
          if (active) fail(`server ${options.id} has given its role up: ${reason}`);
          // The leader may not listen yet.
          else setTimeout(this.#begin.bind(this), AGAIN_MS);
        },
        deliver: (transactions) => {
          this.#deliver(transactions);
        },
        activated: () => undefined,
        settled: () => {
          listener.settled();
        },
        failed: fail,
      },
    );
  }

  /** Opens the directories, which are empty, and leads or follows. */
  static async start(options: DirectServerOptions, listener: DirectServerListener): Promise<DirectServer> {
    setGarbageCollection();
    const held: { server?: DirectServer } = {};
    const { storage, recovered } = await Storage.open<ServiceState>(
      {
        dataDir: options.directory,
        dataLogDir: options.directory,
        transactionBytesMax: LIMITS.dataBytesMax,
        preallocateBytes: PREALLOCATE_BYTES,
        retainedSnapshots: 3,
        listener: {
          durable: (zxid) => held.server?.host.give({ type: 'logDurable', zxid }),
          failed: (error) => {
            listener.failed(error);
          },
        },
      },
      (zxid, offset) => new SnapshotStream(zxid, LIMITS.dataBytesMax, offset),
    );
    // Roles ask it which sessions were heard from; nobody connects to it.
    const clients = await ClientPort.open({
      listen: { host: '127.0.0.1', port: 0 },
      myId: serverId(options.id),
      minSessionTimeoutMs: TICK_TIME_MS,
      maxSessionTimeoutMs: TICK_TIME_MS,
      maxClientConnections: 1,
      juteMaxBuffer: 1024,
      outstanding: { requests: 1, bytes: 1024 },
      fourLetterWords: new Set(),
      logStatistics: () => ({ batches: 0, milliseconds: 0, transactions: 0 }),
      logger: SILENT,
    });
    const server = new DirectServer(options, listener, storage, recovered, clients);
    held.server = server;
    server.#begin();
    setInterval(() => server.role?.tick(), TICK_TIME_MS / 2);
    return server;
  }

  get host(): PeerHost {
    return this.#broadcast.context.host;
  }

  /** Takes part in the broadcast, as leader or follower. */
  get isActive(): boolean {
    return this.#broadcast.active;
  }

  /** Undefined before it leads or follows. */
  get role(): RoleHost | undefined {
    return this.#broadcast.role;
  }

  #begin(): void {
    const { leaderId, leaderAddress, servers } = this.#options;
    const { context } = this.#broadcast;
    const { myId, voters, service, logger } = context;
    const leader = serverId(leaderId);
    this.#broadcast.elected(leader, () =>
      leader === myId
        ? new Leading(context, {
            snapshot: () => ({ zxid: service.state.lastZxid, chunks: snapshotChunks(service.state) }),
            listen: leaderAddress,
            myId,
            voters: new Set(voters),
            observers: new Set<ServerId>(),
            ...LIMITS,
            configuration: Buffer.from(`${servers} servers`),
            logger,
          })
        : new Following(context, {
            leader,
            addresses: [leaderAddress],
            myId,
            observer: false,
            ...LIMITS,
            logger,
          }),
    );
  }

  #deliver(transactions: Transactions): void {
    if (this.#options.delivery === 'applied') {
      for (const transaction of transactions) this.#broadcast.apply(transaction);
    } else {
      this.#deliveredSince += transactions.length;
      const zxid = lastZxidIn(transactions);
      if (zxid !== undefined && this.#deliveredSince >= SNAPSHOT_INTERVAL.transactions) {
        // What a snapshot would make needless.
        this.#deliveredSince = 0;
        this.host.give({ type: 'compacted', zxid });
      }
    }
    this.#listener.delivered(transactions.length);
  }
}
