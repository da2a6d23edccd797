/** A request to write, from a server that a client is connected to on its way to the leader. */
import type { AuthId } from '../wire/quorum-packet.ts';

/** What ZooKeeper's packet REQUEST carries. Immutable, the body's bytes included. */
export interface ForwardedRequest {
  /** The client's session. */
  readonly sessionId: bigint;
  /** The client's number of the request; 0 where it is the server's own: createSession, and closing what has expired. */
  readonly cxid: number;
  /** The number of the operation on the wire: an `OperationNumber`, or one that may not be known here. */
  readonly type: number;
  /** The fields of the operation, as the client sent them; not checked yet. */
  readonly body: Uint8Array;
  /** By what the client is known: its address first. */
  readonly auth: readonly AuthId[];
}
