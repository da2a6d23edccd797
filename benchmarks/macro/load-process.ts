/** The process that generates load: one job comes as a message, events go back, and it ends. */
import { Client } from '../../impl/client/client.ts';
import { ServiceError } from '../../impl/client/errors.ts';
import { ErrorCode } from '../../impl/wire/client-reply.ts';
import type { Address } from '../../impl/wire/notification.ts';
import { generateLoad } from '../load/generate.ts';
import type { LoadEvent, LoadJob } from './load-job.ts';
import { CLOSE_FRAME, openSession, PING_EVERY_MS, PING_FRAME, setDataTemplate } from './session.ts';

const DRAIN_SECONDS = 20;
const ROOT = '/zab-bench';

process.once('message', (job) => {
  // Nobody but `zab bench` sends it.
  void work(job as LoadJob)
    .catch((error: unknown): LoadEvent => ({
      type: 'failed',
      reason: error instanceof Error ? error.message : String(error),
    }))
    .then((last) => {
      process.send?.(last, () => process.exit());
    });
});
// The process that asked for the job has ended: nobody waits for the result.
process.once('disconnect', () => process.exit());

function tell(event: LoadEvent): void {
  process.send?.(event);
}

async function work(job: LoadJob): Promise<LoadEvent> {
  const nodes = Array.from({ length: job.connections }, (_, index) => `${ROOT}/${index}`);
  await createNodes(job.servers, nodes);
  const streams = await Promise.all(
    nodes.map((node, index) => {
      const address = job.servers[index % job.servers.length];
      if (address === undefined) throw new Error('there are no servers');
      return openSession(address, setDataTemplate(node, job.payloadBytes), job.outstanding);
    }),
  );
  // Whatever the load is, no session is to expire.
  const pinger = setInterval(() => {
    for (const stream of streams) stream.send(PING_FRAME);
  }, PING_EVERY_MS);
  const result = await generateLoad(streams, {
    ratePerSecond: job.ratePerSecond,
    warmupSeconds: job.warmupSeconds,
    seconds: job.seconds,
    drainSeconds: DRAIN_SECONDS,
    measuring: () => {
      tell({ type: 'measuring' });
    },
    measured: () => {
      tell({ type: 'measured' });
    },
  });
  clearInterval(pinger);
  for (const stream of streams) stream.close(CLOSE_FRAME);
  return { type: 'done', result };
}

/** The nodes that are written; they may be there from an earlier run. */
async function createNodes(servers: readonly Address[], nodes: readonly string[]): Promise<void> {
  const client = await Client.open({ servers });
  for (const node of [ROOT, ...nodes]) {
    await client.create(node).catch((error: unknown) => {
      if (!(error instanceof ServiceError && error.code === ErrorCode.NODE_EXISTS)) throw error;
    });
  }
  await client.close();
}
