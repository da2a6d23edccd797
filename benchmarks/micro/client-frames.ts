/** What is encoded and decoded between a client and its server: impl/wire. */
import { Buffer } from 'node:buffer';

import { ErrorCode, writeReply, type Reply } from '../../impl/wire/client-reply.ts';
import { decodeRequest, encodeRequest, type ClientRequest } from '../../impl/wire/client-request.ts';
import { frame, FrameReader } from '../../impl/wire/frames.ts';
import { JuteWriter } from '../../impl/wire/jute-writer.ts';
import { inMemory } from './part.ts';
import { DATA, PATH } from './transactions.ts';

/** As many as a connection of `zab bench` has under way. */
const BATCH = 200;
const FRAME_BYTES_MAX = 1024 * 1024;
const REPLIES_BYTES = 32 * 1024;

function request(xid: number): ClientRequest {
  return { xid, operation: { type: 'setData', path: PATH, data: DATA, version: -1 } };
}

export const requestEncodingPart = inMemory('client request: encode', 'request', BATCH, () => () => {
  for (let xid = 1; xid <= BATCH; xid++) {
    if (frame(encodeRequest(request(xid))).length === 0) throw new Error('a frame has bytes');
  }
});

/** Frames that came in one chunk, as a server takes them. */
export const requestDecodingPart = inMemory('client request: decode', 'request', BATCH, () => {
  const chunk = Buffer.concat(
    Array.from({ length: BATCH }, (_, index) => frame(encodeRequest(request(index + 1)))),
  );
  const reader = new FrameReader(FRAME_BYTES_MAX);
  return () => {
    reader.push(chunk);
    let count = 0;
    for (let next = reader.next(); next.ok && next.frame !== undefined; next = reader.next()) {
      const decoded = decodeRequest(next.frame);
      if (decoded.ok && decoded.value.operation.type === 'setData') count++;
    }
    if (count !== BATCH) throw new Error(`${count} of ${BATCH} requests were found`);
  };
});

/** Replies one behind the other for one write, as a server encodes them. */
export const replyEncodingPart = inMemory('client reply: encode', 'reply', BATCH, () => {
  const zxid = { epoch: 1, counter: 1 };
  const changes = {
    czxid: zxid,
    mzxid: zxid,
    pzxid: zxid,
    ctime: 1_700_000_000_000,
    mtime: 1_700_000_000_000,
  };
  const counts = { version: 1, cversion: 0, aversion: 0, dataLength: DATA.length, numChildren: 0 };
  const stat = { ...changes, ...counts, ephemeralOwner: 0n };
  const replies = Array.from({ length: BATCH }, (_, index): Reply => {
    return { xid: index + 1, zxid, error: ErrorCode.OK, result: { type: 'stat', stat } };
  });
  return () => {
    const writer = new JuteWriter(REPLIES_BYTES);
    for (const reply of replies) {
      const start = writer.length;
      writer.int(0);
      writeReply(writer, reply);
      writer.setInt(start, writer.length - start - 4);
    }
    if (writer.finish().length < BATCH) throw new Error('replies have bytes');
  };
});
