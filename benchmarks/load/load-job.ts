/** What a process that generates load is asked for, and what it tells meanwhile. */
import type { Address } from '../../impl/wire/notification.ts';
import type { LoadResult } from './generate.ts';

/** How much load, and for how long. */
export interface LoadShape {
  readonly connections: number;
  /** Requests under way on each connection, at most. Of a number that is not whole, so that the sum of all is kept. */
  readonly outstanding: number;
  /** Requests a second over all connections; undefined: a closed loop. */
  readonly ratePerSecond: number | undefined;
  readonly payloadBytes: number;
  readonly warmupSeconds: number;
  readonly seconds: number;
}

export interface LoadJob extends LoadShape {
  /** Connections are spread over these, in turn. */
  readonly servers: readonly Address[];
  /** How finely it is told what was answered when. */
  readonly binMs: number;
  /** Is another connection opened in the place of one that is lost, or does that end the run? */
  readonly reconnect: boolean;
}

/** What the process tells. */
export type LoadEvent =
  | { readonly type: 'measuring' }
  | { readonly type: 'measured' }
  | { readonly type: 'done'; readonly result: LoadResult }
  | { readonly type: 'failed'; readonly reason: string };

/** What it is told meanwhile: the measured time is to end. */
export const STOP = 'stop';
