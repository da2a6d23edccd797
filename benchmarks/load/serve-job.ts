/** The other end of `runLoadChild`, in the process of its own: takes one job, does it, and ends. */
import type { LoadResult } from './generate.ts';
import { STOP, type LoadEvent, type LoadJob } from './load-job.ts';

/** What the process tells while it works, and is told. */
export interface Told {
  /** The measured time begins, and is over. */
  readonly measuring: () => void;
  readonly measured: () => void;
  /** Aborted when the measured time is to end before its time. */
  readonly stop: AbortSignal;
}

/** `work` is given the job as it was sent. */
export function serveJob(work: (job: LoadJob, told: Told) => Promise<LoadResult>): void {
  const stop = new AbortController();
  const told = {
    measuring: tell({ type: 'measuring' }),
    measured: tell({ type: 'measured' }),
    stop: stop.signal,
  };
  process.once('message', (message) => {
    process.on('message', (later) => {
      if (later === STOP) stop.abort();
    });
    // Our own process sends nothing else.
    void work(message as LoadJob, told)
      .then(
        (result): LoadEvent => ({ type: 'done', result }),
        (error: unknown): LoadEvent => ({
          type: 'failed',
          reason: error instanceof Error ? error.message : String(error),
        }),
      )
      .then((last) => {
        process.send?.(last, () => process.exit());
      });
  });
  // The process that asked has ended: nobody waits for the result.
  process.once('disconnect', () => process.exit());
}

function tell(event: LoadEvent): () => void {
  return () => process.send?.(event);
}
