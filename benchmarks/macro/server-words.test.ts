import { describe, expect, it } from 'vitest';

import { parsePosition } from './caught-up.ts';
import { parseSyncCounters, syncFigures } from './sync-counters.ts';

const MNTR = [
  'zk_version\t3.8.0',
  'zk_cnt_fsynctime\t100',
  'zk_sum_fsynctime\t51',
  'zk_cnt_sync_processor_batch_size\t100',
  'zk_sum_sync_processor_batch_size\t2500',
  '',
].join('\n');

describe('what servers tell by words of four letters', () => {
  it('has counters of syncs, of which two readings make figures', () => {
    const before = parseSyncCounters(MNTR);
    expect(before).toEqual({ syncs: 100, syncMs: 51, batches: 100, batched: 2500 });
    const after = { syncs: 300, syncMs: 151, batches: 300, batched: 10_500 };
    expect(syncFigures(before, after, 4)).toEqual({ syncsPerSec: 50, syncMs: 0.5, batch: 40 });
    expect(syncFigures(before, before, 4)).toEqual({ syncsPerSec: 0, syncMs: 0, batch: 0 });
  });

  it('may lack them, or begin anew', () => {
    expect(parseSyncCounters('zk_server_state\tleader\n')).toBeUndefined();
    const counters = { syncs: 5, syncMs: 1, batches: 5, batched: 5 };
    expect(syncFigures(undefined, counters, 1)).toBeUndefined();
    expect(syncFigures({ ...counters, syncs: 6 }, counters, 1)).toBeUndefined();
  });

  it('has where the server is, while it serves', () => {
    const answer =
      'Zookeeper version: 3.8.0\nOutstanding: 0\nZxid: 0x200000010\nMode: follower\nNode count: 5\n';
    expect(parsePosition(answer)).toEqual({ mode: 'follower', zxid: 0x2_0000_0010n });
    expect(parsePosition('This ZooKeeper instance is not currently serving requests\n')).toBeUndefined();
  });
});
