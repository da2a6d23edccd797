/** Who takes part: server ids and the peer's configuration. */

declare const serverIdBrand: unique symbol;

/** The number of a server: a positive integer, what ZooKeeper keeps in `myid`. */
export type ServerId = number & { readonly [serverIdBrand]: true };

function isServerId(value: number): value is ServerId {
  return Number.isSafeInteger(value) && value > 0;
}

/** Throws RangeError when `value` is not a positive integer. */
export function serverId(value: number): ServerId {
  if (!isServerId(value)) throw new RangeError(`server id ${value}: a positive integer is expected`);
  return value;
}

/**
 * Which server a peer is, and who votes: at least two, each once. A server that is not among them is an observer: it can
 * follow and never leads, and a leader's peer does not know it (see ObserverFeed).
 */
export interface PeerConfig {
  readonly id: ServerId;
  readonly ensemble: readonly ServerId[];
}
