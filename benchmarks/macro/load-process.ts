/** The process that generates load on an ensemble, through ZooKeeper's client protocol. */
import { Client } from '../../impl/client/client.ts';
import { ServiceError } from '../../impl/client/errors.ts';
import { ErrorCode } from '../../impl/wire/client-reply.ts';
import { openAll, serveLoad, type LoadJob } from '../load/load-child.ts';
import type { RequestStream } from '../load/request-stream.ts';
import { CLOSE_FRAME, openSession, PING_EVERY_MS, PING_FRAME, setDataTemplate } from './session.ts';

const ROOT = '/zab-bench';

serveLoad(open, (streams) => {
  for (const stream of streams) stream.close(CLOSE_FRAME);
});

async function open(job: LoadJob): Promise<readonly RequestStream[]> {
  await createNodes(job);
  const streams = await openAll(job, (address, index) =>
    openSession(address, setDataTemplate(nodeOf(index), job.payloadBytes), job.outstanding),
  );
  // Whatever the load is, no session is to expire.
  setInterval(() => {
    for (const stream of streams) stream.send(PING_FRAME);
  }, PING_EVERY_MS).unref();
  return streams;
}

/** The node that a connection writes. */
function nodeOf(connection: number): string {
  return `${ROOT}/${connection}`;
}

/** The nodes may be there from an earlier run. */
async function createNodes({ servers, connections }: LoadJob): Promise<void> {
  const client = await Client.open({ servers });
  for (const node of [ROOT, ...Array.from({ length: connections }, (_, index) => nodeOf(index))]) {
    await client.create(node).catch((error: unknown) => {
      if (!(error instanceof ServiceError && error.code === ErrorCode.NODE_EXISTS)) throw error;
    });
  }
  await client.close();
}
