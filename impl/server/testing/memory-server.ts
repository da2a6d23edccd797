/**
 * A server without its election whose disk is memory: its peer, its role and the ports are the real ones. For tests of
 * what a role makes of what servers and clients say, and when.
 */
import { serverId, type ServerId } from '../../protocol/ensemble.ts';
import { Peer } from '../../protocol/peer.ts';
import { ServiceState } from '../../service/service-state.ts';
import type { TransactionRecord } from '../../wire/transaction-record.ts';
import { ClientPort } from '../clients/client-port.ts';
import { SILENT } from '../logger.ts';
import { PeerHost } from '../peer-host.ts';
import type { RoleHost } from '../role-host.ts';
import type { ServerContext } from '../server-context.ts';
import { Service } from '../service.ts';

export interface MemoryServerOptions<R> {
  readonly leader: ServerId;
  readonly tickTimeMs: number;
  readonly initLimit: number;
  /** What it has delivered before, which is what its log begins with. */
  readonly state?: ServiceState;
  readonly role: (context: ServerContext) => R;
}

export class MemoryServer<R extends RoleHost> {
  readonly role: R;
  readonly context: ServerContext;
  /** What was applied, in order. */
  readonly applied: TransactionRecord[] = [];
  /** Why the role was given up. */
  readonly abandoned: string[] = [];
  /** Why the server was told to stop. */
  readonly failures: Error[] = [];
  /** Writes that have begun and not ended; undefined where they end at once. */
  #held: (() => void)[] | undefined;

  /** Server 1 of three, at the end of an election. */
  static async start<R extends RoleHost>(options: MemoryServerOptions<R>): Promise<MemoryServer<R>> {
    const clients = await ClientPort.open({
      listen: { host: '127.0.0.1', port: 0 },
      myId: serverId(1),
      minSessionTimeoutMs: 200,
      maxSessionTimeoutMs: 60_000,
      maxClientConnections: 60,
      juteMaxBuffer: 1024 * 1024,
      outstanding: { requests: 100_000, bytes: 1 << 28 },
      fourLetterWords: new Set(),
      logStatistics: () => ({ batches: 0, milliseconds: 0, transactions: 0 }),
      logger: SILENT,
    });
    return new MemoryServer(options, clients);
  }

  private constructor(options: MemoryServerOptions<R>, clients: ClientPort) {
    const { leader, tickTimeMs, initLimit, state = new ServiceState() } = options;
    const myId = serverId(1);
    const voters = [1, 2, 3].map(serverId);
    const service = new Service(state, { transactions: 1_000_000, bytes: 1 << 28 });
    const base = state.lastZxid;
    const peer = Peer.recover(
      { id: myId, ensemble: voters },
      {
        acceptedEpoch: base.epoch,
        currentEpoch: base.epoch,
        history: { base, transactions: [] },
        durable: 0,
      },
    );
    const host = this.#hostOf(peer, service);
    const initLimitMs = initLimit * tickTimeMs;
    const fail = (error: Error): void => void this.failures.push(error);
    this.context = {
      myId,
      voters,
      tickTimeMs,
      initLimitMs,
      peer,
      host,
      service,
      clients,
      logger: SILENT,
      fail,
    };
    this.role = options.role(this.context);
    host.give({ type: 'elected', leader });
  }

  /** What the disk is given to write from now on is not written until `release`. */
  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const end of held) end();
  }

  async close(): Promise<void> {
    this.role.close();
    await this.context.clients.close();
  }

  #hostOf(peer: Peer, service: Service): PeerHost {
    const host: PeerHost = new PeerHost(peer, {
      append: (transactions) => {
        this.#write(() => {
          const last = transactions.at(-1);
          if (last !== undefined) host.give({ type: 'logDurable', zxid: last.zxid });
        });
      },
      truncate: () => undefined,
      installSnapshot: ({ base, transactions }) => {
        service.install(base);
        this.#write(() => {
          host.give({ type: 'logDurable', zxid: transactions.at(-1)?.zxid ?? base });
        });
      },
      storeEpoch: () =>
        new Promise((resolve) => {
          this.#write(resolve);
        }),
      send: (to, message) => {
        this.role.send(to, message);
      },
      disconnect: (learner, reason) => {
        this.role.disconnect(learner, reason);
      },
      abandon: (reason) => {
        this.abandoned.push(reason);
      },
      deliver: (transactions) => {
        for (const transaction of transactions) {
          const { record } = service.apply(transaction, this.role.prepared(transaction.zxid));
          this.role.applied(transaction, record);
          this.applied.push(record);
        }
      },
      deliverSnapshot: () => {
        service.replace();
      },
      settled: () => {
        this.role.settled();
      },
      failed: (error) => {
        throw error;
      },
    });
    return host;
  }

  #write(ended: () => void): void {
    if (this.#held === undefined) setImmediate(ended);
    else this.#held.push(ended);
  }
}
