/** What a connection sends, as the other end of the socket gets it. */
import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';

import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';

import { MAX_UINT32, zxidOf } from '../../broadcast/zxid.ts';
import { BARE_BYTES, encodeQuorumPacket, PacketType } from '../../wire/quorum-packet.ts';
import { SILENT } from '../logger.ts';
import { socketPair, until } from '../testing/loopback.ts';
import { Connection } from './connection.ts';
import { UNIT_BYTES } from './outgoing-units.ts';

const sockets: Socket[] = [];

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

interface Open {
  readonly connection: Connection;
  readonly far: Socket;
  readonly arrived: Buffer[];
  readonly ends: string[];
}

async function open(waitingBytesMax: number): Promise<Open> {
  const [near, far] = await socketPair();
  sockets.push(near, far);
  const arrived: Buffer[] = [];
  far.on('data', (chunk: Buffer) => arrived.push(chunk));
  const ends: string[] = [];
  const owner = { receive: () => undefined, closed: (reason: string) => ends.push(reason) };
  const connection = new Connection(near, owner, { logger: SILENT, name: {}, waitingBytesMax });
  return { connection, far, arrived, ends };
}

function bareRun(type: number, epoch: number, from: number, count: number): Buffer {
  return Buffer.concat(
    Array.from({ length: count }, (_, index) =>
      encodeQuorumPacket({ type, zxid: zxidOf(epoch, from + index), data: null, authinfo: [] }),
    ),
  );
}

const uint32 = fc.oneof(fc.nat(1000), fc.integer({ min: 0, max: MAX_UINT32 }), fc.constant(MAX_UINT32));

/** A run whose last counter is at most the largest, some longer than a unit; and what is sent before it. */
const runs = fc
  .record({
    type: fc.constantFrom(PacketType.ACK, PacketType.COMMIT),
    epoch: uint32,
    last: uint32,
    count: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 8000 })),
    before: fc.oneof(fc.nat(30), fc.integer({ min: UNIT_BYTES - 60, max: UNIT_BYTES })),
  })
  .map(({ last, count, ...rest }) => {
    const from = Math.max(0, last - count + 1);
    return { ...rest, from, to: last, count: last - from + 1 };
  });

describe('a run of bare packets', () => {
  it('is the packets one by one, wherever in memory it begins', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(runs, { minLength: 1, maxLength: 6 }), async (list) => {
        const { connection, arrived } = await open(1e9);
        const expected: Buffer[] = [];
        for (const { type, epoch, from, to, count, before } of list) {
          expected.push(Buffer.alloc(before, 0x5a), bareRun(type, epoch, from, count));
          connection.send(Buffer.alloc(before, 0x5a));
          connection.sendBareRun(type, epoch, from, to);
        }
        const all = Buffer.concat(expected);
        await until(() => arrived.reduce((bytes, { length }) => bytes + length, 0) >= all.length);
        expect(Buffer.concat(arrived).equals(all)).toBe(true);
        connection.close();
      }),
      { numRuns: 30 },
    );
  });

  it('ends the connection when more waits than may', async () => {
    const { connection, ends } = await open(10_000 * BARE_BYTES);
    connection.sendBareRun(PacketType.COMMIT, 1, 1, 10_000);
    expect(connection.open).toBe(true);
    connection.sendBareRun(PacketType.COMMIT, 1, 10_001, 1_000_000);
    expect(connection.open).toBe(false);
    await until(() => ends.length === 1);
    expect(ends).toEqual(['what is sent is taken too slowly: more than 200000 bytes wait']);
  });
});
