/** A client that sends whatever bytes a test wants, and keeps the frames that come back. */
import { connect, type Socket } from 'node:net';

import { decodeReply, type Reply } from '../../../wire/client-reply.ts';
import { encodeRequest, type Operation } from '../../../wire/client-request.ts';
import {
  decodeConnectResponse,
  encodeConnectRequest,
  type ConnectRequest,
  type ConnectResponse,
} from '../../../wire/client-session.ts';
import { frame, FrameReader } from '../../../wire/frames.ts';
import type { Decoded } from '../../../wire/malformed.ts';
import type { Address } from '../../../wire/notification.ts';

const RECEIVED_BYTES_KEPT = 4096;
const FRAME_BYTES_MAX = 64 * 1024 * 1024;

export class RawClient {
  readonly socket: Socket;
  /** Frames that came and were not taken. */
  readonly frames: Buffer[] = [];
  /** The first bytes that came, frames or not. */
  received: Buffer = Buffer.alloc(0);
  closed = false;
  readonly #reader = new FrameReader(FRAME_BYTES_MAX);
  #news: (() => void)[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      if (this.received.length < RECEIVED_BYTES_KEPT) this.received = Buffer.concat([this.received, chunk]);
      this.#reader.push(chunk);
      for (let next = this.#reader.next(); next.ok && next.frame !== undefined; next = this.#reader.next()) {
        this.frames.push(next.frame);
      }
      this.#tell();
    });
    socket.on('close', () => {
      this.closed = true;
      this.#tell();
    });
  }

  static async connect({ host, port }: Address): Promise<RawClient> {
    const socket = connect({ host, port, noDelay: true });
    const client = new RawClient(socket);
    await new Promise<void>((resolve) => {
      socket.once('connect', () => {
        resolve();
      });
    });
    return client;
  }

  /** Connects and sends the ConnectRequest; what is not said is that of a new session. */
  static async greet(
    address: Address,
    request: Partial<ConnectRequest> = {},
  ): Promise<{ client: RawClient; response: ConnectResponse | undefined }> {
    const client = await RawClient.connect(address);
    const message = encodeConnectRequest({
      protocolVersion: 0,
      lastZxidSeen: { epoch: 0, counter: 0 },
      timeoutMs: 6000,
      sessionId: 0n,
      password: new Uint8Array(16),
      readOnly: false,
      ...request,
    });
    client.socket.write(frame(message));
    await client.until(() => client.frames.length > 0);
    const first = client.frames.shift();
    return { client, response: first && value(decodeConnectResponse(first)) };
  }

  /** Sends requests in one write. */
  ask(...requests: readonly (readonly [xid: number, operation: Operation])[]): void {
    this.socket.write(
      Buffer.concat(requests.map(([xid, operation]) => frame(encodeRequest({ xid, operation })))),
    );
  }

  /** The next reply, to an operation of that type; undefined when the connection was closed instead. */
  async reply(type: Operation['type']): Promise<Reply | undefined> {
    await this.until(() => this.frames.length > 0);
    const message = this.frames.shift();
    return message && value(decodeReply(message, type));
  }

  /** Waits until that holds or the connection is closed. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds() && !this.closed) {
      await new Promise<void>((resolve) => {
        this.#news.push(resolve);
      });
    }
  }

  async untilClosed(): Promise<void> {
    await this.until(() => false);
  }

  #tell(): void {
    for (const resolve of this.#news.splice(0)) resolve();
  }
}

function value<T>(result: Decoded<T>): T {
  if (!result.ok) throw new Error(result.reason);
  return result.value;
}
