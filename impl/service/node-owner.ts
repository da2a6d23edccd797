/**
 * What `ephemeralOwner` of a node says: the session that the node belongs to, or, by numbers that no session has, that it is
 * a container or has a time to live. ZooKeeper: EphemeralType.
 */

export const NO_OWNER = 0n;

/** Of a container. */
export const CONTAINER = -(2n ** 63n);

/** The highest byte of a node with a time to live; its lower five bytes are the milliseconds. */
const TTL_PREFIX = 0xffn << 56n;

export function ownerOfTtl(ttlMs: number): bigint {
  return BigInt.asIntN(64, TTL_PREFIX | BigInt.asUintN(40, BigInt(ttlMs)));
}

/** The session whose end is the end of the node; undefined when there is none. */
export function sessionOf(ephemeralOwner: bigint): bigint | undefined {
  if (ephemeralOwner === NO_OWNER || ephemeralOwner === CONTAINER) return undefined;
  return BigInt.asUintN(64, ephemeralOwner) >> 56n === 0xffn ? undefined : ephemeralOwner;
}
