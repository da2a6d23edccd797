/** What the parts of one server have in common. */
import type { Logger } from './logger.ts';
import type { ClientPort } from './clients/client-port.ts';
import type { PeerHost } from './peer-host.ts';
import type { Service } from './service.ts';
import type { ServerId } from '../protocol/ensemble.ts';
import type { Peer } from '../protocol/peer.ts';

export interface ServerContext {
  readonly myId: ServerId;
  readonly voters: readonly ServerId[];
  readonly tickTimeMs: number;
  /** Longest time until a follower is connected and synchronized, in milliseconds. */
  readonly initLimitMs: number;
  readonly peer: Peer;
  readonly host: PeerHost;
  readonly service: Service;
  readonly clients: ClientPort;
  readonly logger: Logger;
  /** The server cannot go on: stops it, and says why. */
  readonly fail: (error: Error) => void;
}
