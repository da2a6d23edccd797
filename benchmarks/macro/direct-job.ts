/** What the processes of a direct broadcast are asked for. */
import type { LoadJob } from '../load/load-job.ts';
import type { DirectServerOptions } from './direct-server.ts';

/**
 * What is broadcast:
 * - `transactions`: bytes of transactions that are there already, given to the peer; what is delivered is let go of
 * - `requests`: requests to write, which the leader's service makes transactions of; what is delivered is applied
 */
export const DIRECT_SOURCES = ['transactions', 'requests'] as const;
export type DirectSource = (typeof DIRECT_SOURCES)[number];

/** For the leader's process, which generates the load too; `servers` and `reconnect` are not used. */
export interface DirectJob extends LoadJob {
  readonly source: DirectSource;
  readonly server: DirectServerOptions;
}
