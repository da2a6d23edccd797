/** What is sent arrives as it was when it was sent, however slowly the other end takes it; over loopback. */
import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import { Writable } from 'node:stream';

import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';

import { socketPair, until } from '../testing/loopback.ts';
import { Outbox } from './outbox.ts';
import { UNIT_BYTES } from './outgoing-units.ts';

/** More than two sockets hold on loopback, so that a write is not complete and some waits. */
const STALL_BYTES = 8 * 1024 * 1024;

/** Bytes by which every place of the stream is told from those near it: the length is a prime. */
const PATTERN = Buffer.alloc(1_000_003);
for (let at = 0, state = 1; at < PATTERN.length; at++) {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
  PATTERN[at] = state >>> 24;
}

const sockets: Socket[] = [];

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

/** Two ends of a connection, closed after the test. */
async function pair(): Promise<readonly [Socket, Socket]> {
  const [near, far] = await socketPair();
  sockets.push(near, far);
  return [near, far];
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** An outbox, what it was given to send and what has arrived. */
class Exchange {
  readonly outbox: Outbox;
  readonly near: Socket;
  readonly far: Socket;
  sentBytes = 0;
  arrivedBytes = 0;
  /** Where the first byte is that arrived and was not sent there. */
  wrongAt: number | undefined;
  /** All that is sent is put together here. */
  readonly #scratch = Buffer.alloc(STALL_BYTES);

  private constructor(near: Socket, far: Socket) {
    this.near = near;
    this.far = far;
    this.outbox = new Outbox(near);
    far.on('data', (chunk: Buffer) => {
      if (!isPattern(chunk, this.arrivedBytes)) this.wrongAt ??= this.arrivedBytes;
      this.arrivedBytes += chunk.length;
    });
  }

  static async open(): Promise<Exchange> {
    return new Exchange(...(await pair()));
  }

  send(length: number): void {
    const bytes = this.#scratch.subarray(0, length);
    fill(bytes, this.sentBytes);
    this.sentBytes += length;
    this.outbox.send(bytes);
    bytes.fill(0xee);
  }

  write(length: number): void {
    const { bytes, filled } = this.outbox.room(length);
    fill(bytes.subarray(filled, filled + length), this.sentBytes);
    this.sentBytes += length;
    this.outbox.sendFilled(length);
  }

  stream(lengths: readonly number[]): void {
    let at = this.sentBytes;
    for (const length of lengths) this.sentBytes += length;
    this.outbox.stream(
      lengths.map((length) => {
        const bytes = Buffer.alloc(length);
        fill(bytes, at);
        at += length;
        return bytes;
      }),
    );
  }

  async arrived(): Promise<void> {
    this.far.resume();
    await until(() => this.arrivedBytes >= this.sentBytes, 20_000);
  }
}

/** Fills the bytes with what stands at that place of the stream. */
function fill(bytes: Buffer, place: number): void {
  for (let at = 0; at < bytes.length;) {
    at += PATTERN.copy(bytes, at, (place + at) % PATTERN.length);
  }
}

function isPattern(bytes: Buffer, place: number): boolean {
  const expected = Buffer.alloc(bytes.length);
  fill(expected, place);
  return bytes.equals(expected);
}

/** Reads what it is given only as it completes the write. */
class LateReader extends Writable {
  readonly memory = new Set<ArrayBufferLike>();
  readBytes = 0;
  wrongAt: number | undefined;
  #pending: { readonly pieces: readonly Buffer[]; readonly done: () => void } | undefined;

  override _write(piece: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#pending = { pieces: [piece], done };
  }

  override _writev(chunks: { readonly chunk: Buffer }[], done: () => void): void {
    this.#pending = { pieces: chunks.map(({ chunk }) => chunk), done };
  }

  complete(): void {
    const pending = this.#pending;
    if (pending === undefined) throw new Error('nothing is written');
    for (const piece of pending.pieces) {
      this.memory.add(piece.buffer);
      if (!isPattern(piece, this.readBytes)) this.wrongAt ??= this.readBytes;
      this.readBytes += piece.length;
    }
    pending.done();
  }
}

const lengths = fc.oneof(
  { weight: 4, arbitrary: fc.nat(200) },
  { weight: 2, arbitrary: fc.nat(20_000) },
  { weight: 1, arbitrary: fc.nat(3 * UNIT_BYTES) },
);

const actions = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('send' as const), length: lengths }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      length: fc.integer({ min: 1, max: UNIT_BYTES }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('stream' as const),
      lengths: fc.array(lengths, { maxLength: 8 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('stall' as const),
      length: fc.integer({ min: 1, max: 100_000 }),
      bytesATurn: fc.integer({ min: 10_000, max: 2_000_000 }),
    }),
  },
  { weight: 4, arbitrary: fc.constant({ do: 'turn' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'pause' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'resume' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'arrive' as const }) },
);

type Action = typeof actions extends fc.Arbitrary<infer A> ? A : never;

async function perform(exchange: Exchange, action: Action): Promise<void> {
  switch (action.do) {
    case 'send':
      exchange.send(action.length);
      break;
    case 'write':
      exchange.write(action.length);
      break;
    case 'stream':
      exchange.stream(action.lengths);
      break;
    case 'stall':
      exchange.far.pause();
      for (let bytes = 0; bytes < STALL_BYTES;) {
        for (const end = bytes + action.bytesATurn; bytes < end; bytes += action.length)
          exchange.send(action.length);
        await turn();
      }
      break;
    case 'turn':
      await turn();
      break;
    case 'pause':
      exchange.far.pause();
      break;
    case 'resume':
      exchange.far.resume();
      break;
    case 'arrive':
      await exchange.arrived();
      break;
  }
}

describe('an outbox', () => {
  it('delivers what was sent, in order, although senders and it use their memory again', async () => {
    let unfinished = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(actions, { minLength: 10, maxLength: 60, size: 'max' }), async (list) => {
        const exchange = await Exchange.open();
        for (const action of list) {
          await perform(exchange, action);
          if (exchange.near.writableLength > 0) unfinished++;
        }
        await exchange.arrived();
        expect(exchange.wrongAt).toBeUndefined();
        expect(exchange.arrivedBytes).toBe(exchange.sentBytes);
        exchange.near.destroy();
      }),
      { numRuns: 15 },
    );
    expect(unfinished).toBeGreaterThan(15);
  });

  it('tells how much the socket has not been given', async () => {
    const exchange = await Exchange.open();
    exchange.far.pause();
    for (let round = 0; round < 200; round++) {
      for (const length of [1, 20, 100, 70_000]) exchange.send(length);
      exchange.write(300);
      await turn();
      expect(exchange.outbox.waitingBytes).toBe(exchange.sentBytes - exchange.near.bytesWritten);
    }
    expect(exchange.outbox.waitingBytes).toBeGreaterThan(1_000_000);
    await exchange.arrived();
    expect(exchange.outbox.waitingBytes).toBe(0);
  });

  it('gives the socket a few large writes a turn, of memory that it has had before', async () => {
    const exchange = await Exchange.open();
    const { near } = exchange;
    const memory = new Set<ArrayBufferLike>();
    let writes = 0;
    const write = near.write.bind(near);
    near.write = (bytes: Uint8Array): boolean => {
      writes++;
      memory.add(bytes.buffer);
      return write(bytes);
    };
    for (let round = 0; round < 30; round++) {
      for (let piece = 0; piece < 1000; piece++) exchange.send(200);
      await turn();
      await exchange.arrived();
    }
    expect(exchange.wrongAt).toBeUndefined();
    // 200 kB are more than three units.
    expect(writes).toBeLessThanOrEqual(150);
    expect(memory.size).toBeLessThanOrEqual(8);
  });

  it('uses memory again while the socket always holds something', async () => {
    const socket = new LateReader();
    const outbox = new Outbox(socket);
    let sentBytes = 0;
    for (let round = 0; round < 500; round++) {
      const bytes = Buffer.alloc(1 + ((round * 1009) % 200_000));
      fill(bytes, sentBytes);
      sentBytes += bytes.length;
      outbox.send(bytes);
      await turn();
      // The write before this one, if any.
      if (round > 0) socket.complete();
      expect(socket.writableLength).toBeGreaterThan(0);
    }
    while (socket.writableLength > 0) socket.complete();
    expect(socket.wrongAt).toBeUndefined();
    expect(socket.readBytes).toBe(sentBytes);
    expect(socket.memory.size).toBeLessThanOrEqual(16);
  });
});
