import { Buffer } from 'node:buffer';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { encodeReply, ErrorCode, type Reply } from '../../impl/wire/client-reply.ts';
import { PING_XID } from '../../impl/wire/client-request.ts';
import { frame } from '../../impl/wire/frames.ts';
import { ReplyScanner } from './reply-scanner.ts';

const ZXID = { epoch: 1, counter: 1 };
const STAT = {
  czxid: ZXID,
  mzxid: ZXID,
  ctime: 0,
  mtime: 0,
  version: 0,
  cversion: 0,
  aversion: 0,
  ephemeralOwner: 0n,
  dataLength: 300,
  numChildren: 0,
  pzxid: ZXID,
};

function reply(xid: number, error: number, result: Reply['result'] = { type: 'nothing' }): Buffer {
  return frame(encodeReply({ xid, zxid: ZXID, error, result }));
}

describe('the scanner of replies', () => {
  it('finds number and error of each, however the bytes are cut, and passes over pings', () => {
    const stream = Buffer.concat([
      reply(1, ErrorCode.OK, { type: 'path', path: '/a/path/of/some/length' }),
      reply(PING_XID, ErrorCode.OK),
      reply(2, ErrorCode.NO_NODE),
      reply(2 ** 31 - 1, ErrorCode.OK, { type: 'data', data: Buffer.alloc(300, 1), stat: STAT }),
      reply(0, ErrorCode.SESSION_EXPIRED),
    ]);
    const cuts = fc.array(fc.integer({ min: 0, max: stream.length }), { maxLength: 40 });
    fc.assert(
      fc.property(cuts, (unsorted) => {
        const scanner = new ReplyScanner();
        const found: [number, number][] = [];
        const places = [0, ...unsorted.sort((a, b) => a - b), stream.length];
        for (const [index, to] of places.entries()) {
          scanner.read(stream.subarray(places[index - 1] ?? 0, to), (xid, error) => found.push([xid, error]));
        }
        expect(found).toEqual([
          [1, ErrorCode.OK],
          [2, ErrorCode.NO_NODE],
          [2 ** 31 - 1, ErrorCode.OK],
          [0, ErrorCode.SESSION_EXPIRED],
        ]);
      }),
    );
  });

  it.each([15, -1, 2 ** 31 - 1])('refuses a reply of %d bytes', (length) => {
    const bytes = Buffer.alloc(20);
    bytes.writeInt32BE(length);
    expect(() => {
      new ReplyScanner().read(bytes, () => undefined);
    }).toThrow(`a reply of ${length} bytes came`);
  });
});
