/**
 * The sessions as the leader knows them: which are alive, which server each is connected to, and when they expire.
 *
 * This is the leader's memory alone and no part of what is replicated: that a session is over is a transaction,
 * closeSession, which the leader proposes when it has heard nothing for the session's timeout. A new leader cannot know
 * when a client was last heard from, so every session gets its full timeout from then on.
 *
 * As in ZooKeeper, sessions expire in buckets of one tick: never before their timeout, and at most a tick and the time
 * to the next call of `expired` after it. Times are of one clock that never goes back, in milliseconds.
 */
import type { ServerId } from '../protocol/ensemble.ts';
import { ErrorCode } from '../wire/client-reply.ts';

interface TrackedSession {
  readonly id: bigint;
  /** The end of the bucket that it is in. */
  expiresAtMs: number;
  /** The server that its client is connected to; undefined until one asks for something in it. */
  owner: ServerId | undefined;
  /** Is the transaction that ends it under way? */
  closing: boolean;
}

/** What `check` says of a session. */
export type SessionVerdict =
  typeof ErrorCode.OK | typeof ErrorCode.SESSION_EXPIRED | typeof ErrorCode.SESSION_MOVED;

export class SessionTracker {
  readonly #tickTimeMs: number;
  readonly #sessions = new Map<bigint, TrackedSession>();
  /** By the end of the bucket; all ends are multiples of the tick. */
  readonly #buckets = new Map<number, Set<TrackedSession>>();
  /** The end of the first bucket that may have something in it. */
  #nextEndMs: number;

  /** `sessions`: timeouts in milliseconds by session id, those of the replicated state at a new leader. */
  constructor(sessions: ReadonlyMap<bigint, number>, tickTimeMs: number, nowMs: number) {
    this.#tickTimeMs = tickTimeMs;
    this.#nextEndMs = this.#bucketEnd(nowMs);
    for (const [id, timeoutMs] of sessions) this.add(id, timeoutMs, undefined, nowMs);
  }

  /** Sessions that are alive, or whose end is not applied yet. */
  get size(): number {
    return this.#sessions.size;
  }

  /** A session that is about to be created, by a client of `owner`; one that is there is heard from. */
  add(sessionId: bigint, timeoutMs: number, owner: ServerId | undefined, nowMs: number): void {
    let session = this.#sessions.get(sessionId);
    if (session === undefined) {
      session = { id: sessionId, expiresAtMs: 0, owner, closing: false };
      this.#sessions.set(sessionId, session);
    }
    this.#postpone(session, timeoutMs, nowMs);
  }

  /** The client was heard from. False when there is no such session, or it is about to end. */
  touch(sessionId: bigint, timeoutMs: number, nowMs: number): boolean {
    const session = this.#sessions.get(sessionId);
    if (session === undefined || session.closing) return false;
    this.#postpone(session, timeoutMs, nowMs);
    return true;
  }

  /**
   * Moves a session to another server, if it is alive: what its client had asked for over other servers and was not
   * proposed yet is refused from now on. The answer to REVALIDATE.
   */
  move(sessionId: bigint, timeoutMs: number, owner: ServerId, nowMs: number): boolean {
    const session = this.#sessions.get(sessionId);
    if (session === undefined || !this.touch(sessionId, timeoutMs, nowMs)) return false;
    session.owner = owner;
    return true;
  }

  /** May a request in this session come from `owner`? The first server that asks has it. */
  check(sessionId: bigint, owner: ServerId): SessionVerdict {
    const session = this.#sessions.get(sessionId);
    if (session === undefined || session.closing) return ErrorCode.SESSION_EXPIRED;
    session.owner ??= owner;
    return session.owner === owner ? ErrorCode.OK : ErrorCode.SESSION_MOVED;
  }

  /** The end of a session is proposed: it takes no more requests. */
  close(sessionId: bigint): void {
    const session = this.#sessions.get(sessionId);
    if (session === undefined) return;
    session.closing = true;
    this.#buckets.get(session.expiresAtMs)?.delete(session);
  }

  /** The end of a session is applied. */
  remove(sessionId: bigint): void {
    this.close(sessionId);
    this.#sessions.delete(sessionId);
  }

  /** The sessions that have expired since this was last asked. The caller proposes closeSession for each, once. */
  expired(nowMs: number): bigint[] {
    const expired: bigint[] = [];
    for (; this.#nextEndMs <= nowMs; this.#nextEndMs += this.#tickTimeMs) {
      for (const { id } of this.#buckets.get(this.#nextEndMs) ?? []) expired.push(id);
      this.#buckets.delete(this.#nextEndMs);
    }
    for (const id of expired) this.close(id);
    return expired;
  }

  #postpone(session: TrackedSession, timeoutMs: number, nowMs: number): void {
    const end = this.#bucketEnd(nowMs + timeoutMs);
    if (end === session.expiresAtMs) return;
    this.#buckets.get(session.expiresAtMs)?.delete(session);
    session.expiresAtMs = end;
    const bucket = this.#buckets.get(end);
    if (bucket === undefined) this.#buckets.set(end, new Set([session]));
    else bucket.add(session);
  }

  /** The first end of a bucket after that time. */
  #bucketEnd(timeMs: number): number {
    return (Math.floor(timeMs / this.#tickTimeMs) + 1) * this.#tickTimeMs;
  }
}
