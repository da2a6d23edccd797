/**
 * The snapshot that every directory begins with: of the state before the first transaction. Apache's server refuses a
 * log without any snapshot, because a lost snapshot would look the same.
 */
import { ZERO_ZXID } from '../broadcast/zxid.ts';
import { ServiceState } from '../service/service-state.ts';
import { snapshotChunks } from '../service/snapshot-format.ts';
import { writeSnapshotFile } from './snapshot-file.ts';

/** Stores `snapshot.0`; on disk when this returns. */
export async function writeFirstSnapshot(directory: string): Promise<void> {
  await writeSnapshotFile(directory, ZERO_ZXID, snapshotChunks(new ServiceState()));
}
