/**
 * What the client side of a server needs of the rest of it: writes go out, the state is there to be read. The other
 * direction, what became of the writes, is `ClientPort.applied` and `ClientPort.synced`.
 */
import type { ForwardedRequest } from '../../service/forwarded-request.ts';
import type { ServiceState } from '../../service/service-state.ts';

/** What a server is while it serves clients, as the four-letter words name it. */
export type ServingMode = 'leader' | 'follower' | 'observer' | 'standalone';

export interface Replication {
  readonly mode: ServingMode;

  /** What this server has applied. The same object for as long as clients are served. */
  readonly state: ServiceState;

  /**
   * Sends a write on its way: at the leader it is prepared and proposed, elsewhere it is forwarded. Its transaction comes
   * back by `ClientPort.applied`, later or within this call; those of one session in the order of the calls.
   */
  submit(request: ForwardedRequest): void;

  /**
   * Asks for `ClientPort.synced(sessionId, cxid)` once this server has applied all that the leader had committed when it
   * was asked. Those of one session come back in the order of the calls, and behind the writes submitted before.
   */
  sync(sessionId: bigint, cxid: number): void;

  /**
   * Asks the leader whether a session is alive, and if so moves it here (`SessionTracker.move`). May stay pending for good
   * when this server stops serving.
   */
  revalidate(sessionId: bigint, timeoutMs: number): Promise<boolean>;
}
