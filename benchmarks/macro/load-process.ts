/** The process that generates load on an ensemble, through ZooKeeper's client protocol. */
import { setTimeout as delay } from 'node:timers/promises';

import { Client } from '../../impl/client/client.ts';
import { ServiceError } from '../../impl/client/errors.ts';
import { ErrorCode } from '../../impl/wire/client-reply.ts';
import type { Address } from '../../impl/wire/notification.ts';
import type { LoadJob } from '../load/load-job.ts';
import type { RequestStream } from '../load/request-stream.ts';
import { openAll, outstandingAt, serveLoad } from '../load/serve-load.ts';
import { CLOSE_FRAME, openSession, PING_EVERY_MS, PING_FRAME, setDataTemplate } from './session.ts';

const ROOT = '/zab-bench';
/** Between two rounds through all servers. */
const RETRY_MS = 20;

/** By place: the newest connection there. */
const streams: RequestStream[] = [];

serveLoad({
  open: async (job) => {
    await createNodes(job);
    streams.push(...(await openAll(job, (address, place) => openAt(job, address, place))));
    // Whatever the load is, no session is to expire.
    setInterval(() => {
      for (const stream of streams) stream.send(PING_FRAME);
    }, PING_EVERY_MS).unref();
    return streams;
  },
  reopen: async (job, place) => {
    for (let turn = place + 1; ; turn++) {
      const address = job.servers[turn % job.servers.length];
      if (address === undefined) throw new Error('there are no servers');
      const stream = await openAt(job, address, place).catch(() => undefined);
      if (stream !== undefined) {
        streams[place] = stream;
        return stream;
      }
      if (turn % job.servers.length === 0) await delay(RETRY_MS);
    }
  },
  finished: () => {
    for (const stream of streams) stream.close(CLOSE_FRAME);
  },
});

function openAt(job: LoadJob, address: Address, place: number): Promise<RequestStream> {
  return openSession(address, setDataTemplate(nodeOf(place), job.payloadBytes), outstandingAt(job, place));
}

/** The node that a connection writes. */
function nodeOf(place: number): string {
  return `${ROOT}/${place}`;
}

/** The nodes may be there from an earlier run. */
async function createNodes({ servers, connections }: LoadJob): Promise<void> {
  const client = await Client.open({ servers });
  for (const node of [ROOT, ...Array.from({ length: connections }, (_, place) => nodeOf(place))]) {
    await client.create(node).catch((error: unknown) => {
      if (!(error instanceof ServiceError && error.code === ErrorCode.NODE_EXISTS)) throw error;
    });
  }
  await client.close();
}
