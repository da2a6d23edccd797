/**
 * Session ids and passwords, computed as ZooKeeper does, so that a session opened at one of its servers can go on at one
 * of ours, and the other way round.
 */
import { Buffer } from 'node:buffer';
import { timingSafeEqual } from 'node:crypto';

import type { ServerId } from '../../protocol/ensemble.ts';
import { PASSWORD_BYTES } from '../../wire/client-session.ts';

/**
 * The first session id of a server: its id in the highest byte, then five bytes of the time, then two zero bytes from
 * which it counts on. ZooKeeper: SessionTrackerImpl.initializeNextSessionId.
 */
export function firstSessionId(serverId: ServerId, timeMs: number): bigint {
  const time = BigInt.asUintN(64, BigInt(timeMs) << 24n) >> 8n;
  return BigInt.asIntN(64, (BigInt(serverId) << 56n) | time);
}

/** What ZooKeeper seeds the generator of passwords with, besides the session id: it keeps mistakes out, not attackers. */
const SECRET = 0xb3415c00n;

/** java.util.Random is a linear congruential generator of 48 bits. */
const MULTIPLIER = 0x5deece66dn;
const INCREMENT = 0xbn;
const STATE_BITS = 48;

/** The password of a session: what `new java.util.Random(id ^ secret).nextBytes` gives. */
export function sessionPassword(sessionId: bigint): Buffer {
  const password = Buffer.alloc(PASSWORD_BYTES);
  let state = BigInt.asUintN(STATE_BITS, sessionId ^ SECRET ^ MULTIPLIER);
  for (let at = 0; at < PASSWORD_BYTES; at += 4) {
    state = BigInt.asUintN(STATE_BITS, state * MULTIPLIER + INCREMENT);
    password.writeUInt32LE(Number(state >> 16n), at);
  }
  return password;
}

export function isPasswordOf(sessionId: bigint, password: Uint8Array): boolean {
  return password.length === PASSWORD_BYTES && timingSafeEqual(password, sessionPassword(sessionId));
}
