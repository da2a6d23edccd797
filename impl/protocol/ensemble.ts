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

/** Which server a peer is, and with whom it votes: itself included, at least two, each once. All of them vote. */
export interface PeerConfig {
  readonly id: ServerId;
  readonly ensemble: readonly ServerId[];
}
