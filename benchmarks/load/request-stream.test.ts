import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { FrameRing } from './frame-ring.ts';
import { RequestStream, type AnswerReader } from './request-stream.ts';

/** Each byte that comes answers the next request, with that error; 255 is no answer. */
class ByteAnswers implements AnswerReader {
  #number = 0;

  read(chunk: Buffer, answer: (number: number, error: number) => void): void {
    for (const error of chunk) {
      if (error === 255) throw new Error('this is no answer');
      answer(++this.#number, error);
    }
  }
}

const server = createServer();

afterEach(() => {
  server.removeAllListeners().close();
});

/** A stream, and the server's end of it. */
async function open(capacity: number): Promise<{ stream: RequestStream; peer: Socket }> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, 'connection');
  const socket = connect({ host: '127.0.0.1', port });
  await once(socket, 'connect');
  const [peer] = (await accepted) as [Socket];
  const ring = new FrameRing({ bytes: Buffer.alloc(8), numberAt: 4 }, capacity);
  return { stream: new RequestStream(socket, ring, new ByteAnswers()), peer };
}

describe('answers over one connection', () => {
  it('are told together where they came together, to requests sent together, with the same outcome', async () => {
    const { stream, peer } = await open(10);
    for (const sent of [1, 1, 1, 2, 2, 3, 3, 3]) stream.ring.push(sent);
    const told: number[][] = [];
    await new Promise<void>((resolve) => {
      stream.listen({
        answered: (sent, _now, error, count) => told.push([sent, error, count]),
        read: () => {
          resolve();
        },
        lost: () => undefined,
      });
      peer.write(Buffer.from([0, 0, 0, 0, 0, 7, 7, 0]));
    });
    stream.close();
    peer.destroy();
    expect(told).toEqual([
      [1, 0, 3],
      [2, 0, 2],
      [3, 7, 2],
      [3, 0, 1],
    ]);
  });

  it('are told up to what is none, which loses the connection', async () => {
    const { stream, peer } = await open(10);
    for (const sent of [1, 1, 1]) stream.ring.push(sent);
    const told: (number | string)[] = [];
    await new Promise<void>((resolve) => {
      stream.listen({
        answered: (_sent, _now, _error, count) => told.push(count),
        read: () => told.push('read'),
        lost: (reason) => {
          told.push(reason);
          resolve();
        },
      });
      peer.write(Buffer.from([0, 0, 255, 0]));
    });
    peer.destroy();
    expect(told).toEqual([2, 'this is no answer']);
    expect(stream.ring.outstanding).toBe(1);
  });
});
