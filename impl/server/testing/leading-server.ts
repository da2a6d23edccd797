/** A server that leads, its disk being memory. For tests of what a leader makes of what learners and clients say, and when. */
import { serverId } from '../../protocol/ensemble.ts';
import type { Peer } from '../../protocol/peer.ts';
import { ServiceState } from '../../service/service-state.ts';
import { snapshotChunks } from '../../service/snapshot-format.ts';
import type { TransactionRecord } from '../../wire/transaction-record.ts';
import { freePorts } from '../free-ports.ts';
import { Leading } from '../leading.ts';
import { SILENT } from '../logger.ts';
import { messagesOf, z, type LearnerEnd } from '../quorum/testing/ends.ts';
import { until } from './loopback.ts';
import { MemoryServer } from './memory-server.ts';

export class LeadingServer {
  readonly #server: MemoryServer<Leading>;
  /** Where learners connect. */
  readonly port: number;

  /** Server 1 of three that vote, elected; servers 4 and 5 observe. `state` is what it has delivered before. */
  static async start(state = new ServiceState(), initLimit = 100): Promise<LeadingServer> {
    const [port = 0] = await freePorts(1);
    const limits = { tickTimeMs: 100, initLimit, syncLimit: 100, dataBytesMax: 1024 * 1024 };
    const server = await MemoryServer.start({
      ...limits,
      state,
      leader: serverId(1),
      role: (context) =>
        new Leading(context, {
          ...limits,
          snapshot: () => ({
            zxid: context.service.state.lastZxid,
            chunks: snapshotChunks(context.service.state),
          }),
          listen: { host: '127.0.0.1', port },
          myId: context.myId,
          voters: new Set(context.voters),
          observers: new Set([4, 5].map(serverId)),
          configuration: new Uint8Array(0),
          logger: SILENT,
        }),
    });
    return new LeadingServer(server, port);
  }

  private constructor(server: MemoryServer<Leading>, port: number) {
    this.#server = server;
    this.port = port;
  }

  get leading(): Leading {
    return this.#server.role;
  }

  get peer(): Peer {
    return this.#server.context.peer;
  }

  /** What was applied, in order. */
  get applied(): readonly TransactionRecord[] {
    return this.#server.applied;
  }

  /** Why the role was given up. */
  get abandoned(): readonly string[] {
    return this.#server.abandoned;
  }

  /** Brings a learner with nothing on its disk up to date; with the first one that votes, the leader serves. */
  async establish(learner: LearnerEnd): Promise<void> {
    const said = (type: string): Promise<void> =>
      until(() => messagesOf(learner.reports).at(-1)?.type === type);
    await said('LEADERINFO');
    learner.link.send({ type: 'ACKEPOCH', epoch: 0, zxid: z(0, 0) });
    await said('NEWLEADER');
    learner.link.send({ type: 'ACK', zxid: z(this.peer.acceptedEpoch, 0) });
    await said('UPTODATE');
    this.leading.activate();
  }

  /** What the disk is given to write from now on is not written until `release`. */
  hold(): void {
    this.#server.hold();
  }

  release(): void {
    this.#server.release();
  }

  async close(): Promise<void> {
    await this.#server.close();
  }
}
