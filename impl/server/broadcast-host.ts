/**
 * What of a server takes part in the broadcast: its peer, with the log that it writes, the state that is replicated, and the
 * role that it has at present. Who leads, and whom the state serves, is its owner's to say.
 */
import type { HistoryContent } from '../broadcast/history.ts';
import type { Transactions } from '../broadcast/transaction-run.ts';
import type { Transaction } from '../broadcast/transaction.ts';
import { formatZxid } from '../broadcast/zxid.ts';
import type { Recovered, Storage } from '../log/storage.ts';
import type { AbandonReason } from '../protocol/effects.ts';
import type { ServerId } from '../protocol/ensemble.ts';
import { Peer } from '../protocol/peer.ts';
import { ServiceState, type Applied } from '../service/service-state.ts';
import { snapshotChunks } from '../service/snapshot-format.ts';
import type { TransactionRecord } from '../wire/transaction-record.ts';
import { PeerHost } from './peer-host.ts';
import type { RoleHost } from './role-host.ts';
import type { ServerContext } from './server-context.ts';
import { Service, type SnapshotInterval } from './service.ts';
import { Snapshots } from './snapshots.ts';

export interface BroadcastOptions extends Pick<
  ServerContext,
  'myId' | 'voters' | 'tickTimeMs' | 'initLimitMs' | 'clients' | 'logger'
> {
  readonly storage: Storage;
  readonly recovered: Recovered<ServiceState>;
  readonly snapshotInterval: SnapshotInterval;
}

export interface BroadcastOwner {
  /** The peer gives up its role, which is there still: the owner ends it. */
  abandoned(reason: AbandonReason): void;
  /** In zxid order; the owner applies each of them. */
  deliver(transactions: Transactions): void;
  /** The peer has entered phase BROADCAST, and the role takes requests. */
  activated(role: RoleHost): void;
  /** An event was taken, all its effects were carried out, and the role knows. */
  settled(): void;
  /** The disk has failed, or a bug was found: the peer goes no further. */
  failed(error: unknown): void;
}

export class BroadcastHost {
  /** What the role is made of. */
  readonly context: ServerContext;
  readonly #owner: BroadcastOwner;
  readonly #storage: Storage;
  readonly #snapshots: Snapshots;
  #role: RoleHost | undefined;
  #active = false;

  /** The storage tells `context.host` what is durable. */
  constructor(options: BroadcastOptions, owner: BroadcastOwner) {
    const { myId, voters, tickTimeMs, initLimitMs, clients, logger } = options;
    const { storage, recovered, snapshotInterval } = options;
    const { acceptedEpoch, currentEpoch, base, transactions } = recovered;
    const failed = (error: unknown): void => {
      owner.failed(error);
    };
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
        owner.abandoned(reason);
      },
      deliver: (transactions) => {
        owner.deliver(transactions);
      },
      deliverSnapshot: (zxid) => {
        logger.info('the state is that of a snapshot from the leader', { zxid: formatZxid(zxid) });
        service.replace();
      },
      settled: () => {
        this.#settled();
      },
      failed,
    });
    const service = new Service(base.state ?? new ServiceState(), snapshotInterval);
    this.#owner = owner;
    this.#storage = storage;
    this.context = {
      myId,
      voters,
      tickTimeMs,
      initLimitMs,
      peer,
      host,
      service,
      clients,
      logger,
      fail: failed,
    };
    this.#snapshots = new Snapshots({
      service,
      save: (zxid, chunks) => storage.saveSnapshot(zxid, chunks),
      compacted: (zxid) => {
        host.give({ type: 'compacted', zxid });
      },
      failed,
    });
  }

  /** Undefined while there is no leader. */
  get role(): RoleHost | undefined {
    return this.#role;
  }

  /** Does the role take requests? */
  get active(): boolean {
    return this.#active;
  }

  /** The election is over; `open` makes the role when it is its turn, unless the peer refuses. */
  elected(leader: ServerId, open: () => RoleHost): void {
    const { host, peer } = this.context;
    host.inTurn(() => ({ type: 'elected', leader }), 'server');
    host.inTurn(() => {
      // The peer may refuse: there is no epoch left.
      if (peer.role !== 'LOOKING') this.#role = open();
      return undefined;
    }, 'role');
  }

  /** Applies the transaction that was delivered next. */
  apply(transaction: Transaction): { readonly record: TransactionRecord; readonly result: Applied } {
    const role = this.#role;
    const applied = this.context.service.apply(transaction, role?.prepared(transaction.zxid));
    role?.applied(transaction, applied.record);
    this.#snapshots.applied();
    return applied;
  }

  /** Closes the connections of the role, if there is one. */
  endRole(): void {
    this.#role?.close();
    this.#role = undefined;
    this.#active = false;
  }

  #installSnapshot({ base, transactions }: HistoryContent): void {
    const { service, logger } = this.context;
    logger.info('a snapshot takes the place of the log', { zxid: formatZxid(base) });
    this.#storage.installSnapshot(base, snapshotChunks(service.install(base)), transactions);
    this.#snapshots.installed();
  }

  /** After each event of the peer: has it entered another phase? */
  #settled(): void {
    const role = this.#role;
    if (role !== undefined) {
      if (!this.#active && this.context.peer.phase === 'BROADCAST') {
        this.#active = true;
        role.activate();
        this.#owner.activated(role);
      }
      role.settled();
    }
    this.#owner.settled();
  }
}
