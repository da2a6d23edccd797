/**
 * A server that leads, without its election: its peer, its role and its port for learners are the real ones, its disk is
 * memory. For tests of what a leader makes of what learners and clients say, and when.
 */
import type { Zxid } from '../../broadcast/zxid.ts';
import { serverId } from '../../protocol/ensemble.ts';
import { Peer } from '../../protocol/peer.ts';
import { ServiceState } from '../../service/service-state.ts';
import { snapshotChunks } from '../../service/snapshot-format.ts';
import type { TransactionRecord } from '../../wire/transaction-record.ts';
import { ClientPort } from '../clients/client-port.ts';
import { freePorts } from '../free-ports.ts';
import { Leading } from '../leading.ts';
import { SILENT } from '../logger.ts';
import { PeerHost } from '../peer-host.ts';
import { messagesOf, z, type LearnerEnd } from '../quorum/testing/ends.ts';
import { Service } from '../service.ts';
import { until } from './loopback.ts';

const LIMITS = { tickTimeMs: 100, initLimit: 100, syncLimit: 100, dataBytesMax: 1024 * 1024 };

export class LeadingServer {
  readonly leading: Leading;
  readonly peer: Peer;
  /** Where learners connect. */
  readonly port: number;
  readonly clients: ClientPort;
  /** What was applied, in order. */
  readonly applied: TransactionRecord[] = [];
  /** Why the role was given up. */
  readonly abandoned: string[] = [];
  readonly #service: Service;
  /** Writes that have begun and not ended; undefined where they end at once. */
  #held: (() => void)[] | undefined;

  /** Server 1 of three that vote, elected; servers 4 and 5 observe. `state` is what it has delivered before. */
  static async start(state = new ServiceState()): Promise<LeadingServer> {
    const [port = 0] = await freePorts(1);
    const clients = await ClientPort.open({
      listen: { host: '127.0.0.1', port: 0 },
      myId: serverId(1),
      minSessionTimeoutMs: 200,
      maxSessionTimeoutMs: 60_000,
      maxClientConnections: 60,
      juteMaxBuffer: LIMITS.dataBytesMax,
      fourLetterWords: new Set(),
      logger: SILENT,
    });
    return new LeadingServer(state, port, clients);
  }

  private constructor(state: ServiceState, port: number, clients: ClientPort) {
    const myId = serverId(1);
    const voters = [1, 2, 3].map(serverId);
    this.port = port;
    this.clients = clients;
    this.#service = new Service(state, { transactions: 1_000_000, bytes: 1 << 28 });
    this.peer = new Peer({ id: myId, ensemble: voters });
    const host: PeerHost = new PeerHost(this.peer, {
      append: ({ zxid }) => {
        this.#write(() => {
          host.give({ type: 'logDurable', zxid });
        });
      },
      truncate: () => undefined,
      installSnapshot: () => undefined,
      storeEpoch: () =>
        new Promise((resolve) => {
          this.#write(resolve);
        }),
      send: (to, message) => {
        this.leading.send(to, message);
      },
      disconnect: (peer, reason) => {
        this.leading.disconnect(peer, reason);
      },
      abandon: (reason) => {
        this.abandoned.push(reason);
      },
      deliver: (transaction) => {
        const { record } = this.#service.apply(transaction, this.leading.prepared(transaction.zxid));
        this.leading.applied(transaction, record);
        this.applied.push(record);
      },
      deliverSnapshot: () => undefined,
      settled: () => {
        this.leading.settled();
      },
      failed: (error) => {
        throw error;
      },
    });
    this.leading = new Leading(
      {
        myId,
        voters,
        tickTimeMs: LIMITS.tickTimeMs,
        initLimitMs: LIMITS.initLimit * LIMITS.tickTimeMs,
        peer: this.peer,
        host,
        service: this.#service,
        clients,
        logger: SILENT,
      },
      {
        ...LIMITS,
        snapshot: () => ({ zxid: this.zxid, chunks: snapshotChunks(this.#service.state) }),
        listen: { host: '127.0.0.1', port },
        myId,
        voters: new Set(voters),
        observers: new Set([4, 5].map(serverId)),
        configuration: new Uint8Array(0),
        logger: SILENT,
      },
    );
    host.give({ type: 'elected', leader: myId });
  }

  get zxid(): Zxid {
    return this.#service.state.lastZxid;
  }

  /** Brings a learner with nothing on its disk up to date; with the first one, the leader serves. */
  async establish(learner: LearnerEnd): Promise<void> {
    const said = (type: string): Promise<void> =>
      until(() => messagesOf(learner.reports).at(-1)?.type === type);
    await said('LEADERINFO');
    learner.link.send({ type: 'ACKEPOCH', epoch: 0, zxid: z(0, 0) });
    await said('NEWLEADER');
    learner.link.send({ type: 'ACK', zxid: z(1, 0) });
    await said('UPTODATE');
    this.leading.activate();
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
    this.leading.close();
    await this.clients.close();
  }

  #write(ended: () => void): void {
    if (this.#held === undefined) setImmediate(ended);
    else this.#held.push(ended);
  }
}
