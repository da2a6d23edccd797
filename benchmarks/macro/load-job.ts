/** What the process that generates load is asked for, and what it tells: messages between it and `zab bench`. */
import type { Address } from '../../impl/wire/notification.ts';
import type { LoadResult } from '../load/generate.ts';

export interface LoadJob {
  /** Connections are spread over these, in turn. */
  readonly servers: readonly Address[];
  readonly connections: number;
  /** Requests under way on each connection, at most. */
  readonly outstanding: number;
  /** Requests a second over all connections; undefined: a closed loop. */
  readonly ratePerSecond: number | undefined;
  readonly payloadBytes: number;
  readonly warmupSeconds: number;
  readonly seconds: number;
}

export type LoadEvent =
  | { readonly type: 'measuring' }
  | { readonly type: 'measured' }
  | { readonly type: 'done'; readonly result: LoadResult }
  | { readonly type: 'failed'; readonly reason: string };
