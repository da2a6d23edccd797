/**
 * How often servers sync their logs, and how much goes to the disk at once: counters that a server tells by the word
 * `mntr`, by the names that ZooKeeper has for them. A server that does not tell them is measured without.
 */
import { askServer } from '../../impl/client/four-letter-word.ts';
import type { Address } from '../../impl/wire/notification.ts';

/** Since the server was started. */
export interface SyncCounters {
  readonly syncs: number;
  readonly syncMs: number;
  readonly batches: number;
  readonly batched: number;
}

/** In the measured time. */
export interface SyncFigures {
  readonly syncsPerSec: number;
  /** Mean; 0 where there was none. */
  readonly syncMs: number;
  /** Transactions that became durable by one sync, in the mean. */
  readonly batch: number;
}

/** What the answer to `mntr` tells; undefined when it does not. */
export function parseSyncCounters(answer: string): SyncCounters | undefined {
  const values = new Map(
    answer.split('\n').map((line) => {
      const [key = '', value = ''] = line.split('\t');
      return [key, Number(value)] as const;
    }),
  );
  const syncs = values.get('zk_cnt_fsynctime');
  const syncMs = values.get('zk_sum_fsynctime');
  const batches = values.get('zk_cnt_sync_processor_batch_size');
  const batched = values.get('zk_sum_sync_processor_batch_size');
  if (syncs === undefined || syncMs === undefined || batches === undefined || batched === undefined)
    return undefined;
  return { syncs, syncMs, batches, batched };
}

/** Asks the server; undefined when it does not answer, or does not tell. */
export async function readSyncCounters(server: Address): Promise<SyncCounters | undefined> {
  const answer = await askServer(server, 'mntr').catch(() => '');
  return parseSyncCounters(answer);
}

/** What happened between two readings, `seconds` apart; undefined where one is missing, or the server has begun anew. */
export function syncFigures(
  before: SyncCounters | undefined,
  after: SyncCounters | undefined,
  seconds: number,
): SyncFigures | undefined {
  if (before === undefined || after === undefined || after.syncs < before.syncs) return undefined;
  const syncs = after.syncs - before.syncs;
  const batches = after.batches - before.batches;
  return {
    syncsPerSec: Math.round(syncs / seconds),
    syncMs: syncs === 0 ? 0 : hundredths((after.syncMs - before.syncMs) / syncs),
    batch: batches === 0 ? 0 : hundredths((after.batched - before.batched) / batches),
  };
}

function hundredths(value: number): number {
  return Math.round(100 * value) / 100;
}
