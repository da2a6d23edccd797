/** The two ends of quorum connections for tests: what they report is kept, in order. */

import { serverId, type ServerId } from '../../../protocol/ensemble.ts';
import type { LeaderMessage, Proposal } from '../../../protocol/messages.ts';
import { ZERO_ZXID, type Zxid } from '../../../broadcast/zxid.ts';
import { ServiceState } from '../../../service/service-state.ts';
import { snapshotChunks } from '../../../service/snapshot-format.ts';
import { SILENT, type LogFields, type Logger } from '../../logger.ts';
import { Proxy } from '../../testing/proxy.ts';
import { LeaderPort, type LeaderPortOptions } from '../leader-port.ts';
import { LearnerLink, type LearnerLinkOptions } from '../learner-link.ts';

export const LEADER = serverId(1);

/** Generous enough for a busy machine. */
const LIMITS = { tickTimeMs: 2000, initLimit: 10, syncLimit: 5, dataBytesMax: 1024 * 1024 };

/** Something that an end reported: the name of the event, and what came with it. */
export type Report = readonly [event: string, ...rest: unknown[]];

export interface Warnings {
  readonly warnings: LogFields[];
  readonly logger: Logger;
}

function warnings(): Warnings {
  const kept: LogFields[] = [];
  return { warnings: kept, logger: { ...SILENT, warn: (_message, fields = {}) => kept.push(fields) } };
}

export interface LeaderEnd extends Warnings {
  readonly port: LeaderPort;
  readonly reports: Report[];
}

async function leaderEnd(options: Partial<LeaderPortOptions> = {}): Promise<LeaderEnd> {
  const reports: Report[] = [];
  const kept = warnings();
  const port = await LeaderPort.open({
    ...LIMITS,
    listen: { host: '127.0.0.1', port: 0 },
    myId: LEADER,
    voters: new Set([1, 2, 3].map(serverId)),
    observers: new Set([serverId(4)]),
    configuration: new Uint8Array(0),
    snapshot: () => ({ zxid: ZERO_ZXID, chunks: snapshotChunks(new ServiceState()) }),
    logger: kept.logger,
    listener: {
      connected: (peer, kind, admit) => {
        reports.push(['connected', peer, kind]);
        admit();
      },
      message: (peer, message) => reports.push(['message', peer, message]),
      packet: (peer, packet) => reports.push(['packet', peer, packet]),
      disconnected: (peer, reason) => reports.push(['disconnected', peer, reason]),
    },
    ...options,
  });
  return { ...kept, port, reports };
}

export interface LearnerEnd extends Warnings {
  readonly link: LearnerLink;
  readonly reports: Report[];
}

function learnerEnd(
  port: number,
  myId: ServerId = serverId(2),
  options: Partial<LearnerLinkOptions> = {},
): LearnerEnd {
  const reports: Report[] = [];
  const kept = warnings();
  const link = LearnerLink.open({
    ...LIMITS,
    leader: LEADER,
    addresses: [{ host: '127.0.0.1', port }],
    myId,
    observer: false,
    historyEnd: () => ZERO_ZXID,
    delivered: () => ZERO_ZXID,
    logger: kept.logger,
    listener: {
      connected: () => {
        reports.push(['connected']);
        link.send({ type: 'FOLLOWERINFO', epoch: 0 });
      },
      snapshot: (state) => reports.push(['snapshot', state]),
      message: (message) => reports.push(['message', message]),
      packet: (packet) => reports.push(['packet', packet]),
      disconnected: (reason) => reports.push(['disconnected', reason]),
    },
    ...options,
  });
  return { ...kept, link, reports };
}

/** The messages among the reports of a learner. */
export function messagesOf(reports: readonly Report[]): LeaderMessage[] {
  // A report of that name carries one.
  // eslint-disable-next-line @typescript-eslint/consistent-type-assertions
  return reports.filter(([event]) => event === 'message').map(([, message]) => message as LeaderMessage);
}

/** Ends that are closed together, the last one first. */
export class Ends {
  readonly #closers: (() => unknown)[] = [];

  async leader(options: Partial<LeaderPortOptions> = {}): Promise<LeaderEnd> {
    const end = await leaderEnd(options);
    this.onClose(() => end.port.close());
    return end;
  }

  learner(port: number, myId?: ServerId, options: Partial<LearnerLinkOptions> = {}): LearnerEnd {
    const end = learnerEnd(port, myId, options);
    this.onClose(() => {
      end.link.close();
    });
    return end;
  }

  /** A relay before the leader; `observe` sees what it passes on. */
  async proxyTo({ port }: LeaderEnd, observe?: Parameters<typeof Proxy.open>[1]): Promise<Proxy> {
    const proxy = await Proxy.open(port.port, observe);
    this.onClose(() => proxy.close());
    return proxy;
  }

  onClose(close: () => unknown): void {
    this.#closers.push(close);
  }

  async close(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) await close();
  }
}

export function z(epoch: number, counter: number): Zxid {
  return { epoch, counter };
}

export function proposal(epoch: number, counter: number, payload?: Uint8Array): Proposal {
  return {
    type: 'PROPOSAL',
    transactions: [
      { zxid: z(epoch, counter), payload: payload ?? new TextEncoder().encode(`${epoch}.${counter}`) },
    ],
  };
}
