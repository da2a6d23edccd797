/**
 * Snapshots of the state as it is delivered: one is saved when it is time, and not while another one is. In memory the
 * history is kept from the snapshot before the last one on, for learners that lag.
 */
import type { Zxid } from '../broadcast/zxid.ts';
import { snapshotChunks } from '../service/snapshot-format.ts';
import type { Service } from './service.ts';

export interface SnapshotsOptions {
  readonly service: Service;
  /** On disk when the promise is fulfilled. */
  readonly save: (zxid: Zxid, chunks: Iterable<Uint8Array>) => Promise<void>;
  /** What lies before that zxid need not be kept in memory. */
  readonly compacted: (zxid: Zxid) => void;
  readonly failed: (error: unknown) => void;
}

export class Snapshots {
  readonly #options: SnapshotsOptions;
  #saving = false;
  /** Zxid of the last snapshot that was saved here. */
  #last: Zxid | undefined;

  constructor(options: SnapshotsOptions) {
    this.#options = options;
  }

  /** A transaction was applied. */
  applied(): void {
    // On a slow disk they would queue up, each with a whole state, and what is stored after them would wait.
    if (this.#saving) return;
    const zxid = this.#options.service.takesSnapshot();
    if (zxid !== undefined) void this.#take(zxid);
  }

  /** The history is another one: it is kept from its base on. */
  installed(): void {
    this.#last = undefined;
  }

  async #take(zxid: Zxid): Promise<void> {
    const { service, save, compacted, failed } = this.#options;
    this.#saving = true;
    try {
      service.state.tree.releaseChunks();
      await save(zxid, snapshotChunks(service.state));
      const before = this.#last;
      this.#last = zxid;
      if (before !== undefined) compacted(before);
    } catch (error) {
      failed(error);
    } finally {
      this.#saving = false;
    }
  }
}
