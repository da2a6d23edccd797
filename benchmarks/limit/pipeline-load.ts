/** The process that generates load on the bare pipeline. */
import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { connect } from 'node:net';

import { FrameRing } from '../load/frame-ring.ts';
import { RequestStream } from '../load/request-stream.ts';
import { openAll, outstandingAt, serveLoad } from '../load/serve-load.ts';
import { CountedAnswers } from './cumulative-count.ts';

const LENGTH_BYTES = 4;
const NUMBER_BYTES = 4;

serveLoad({
  open: (job) =>
    openAll(job, async (address, place) => {
      const socket = connect({ ...address, noDelay: true });
      await once(socket, 'connect');
      const bytes = Buffer.alloc(LENGTH_BYTES + NUMBER_BYTES + job.payloadBytes, 'zab');
      bytes.writeUInt32BE(bytes.length - LENGTH_BYTES);
      const ring = new FrameRing({ bytes, numberAt: LENGTH_BYTES }, outstandingAt(job, place));
      return new RequestStream(socket, ring, new CountedAnswers());
    }),
});
