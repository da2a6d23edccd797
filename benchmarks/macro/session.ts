/** Sessions over which load is generated: connected and greeted as ZooKeeper's clients do, then read by a scanner. */
import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import { ZERO_ZXID } from '../../impl/broadcast/zxid.ts';
import { encodeRequest, PING_XID } from '../../impl/wire/client-request.ts';
import {
  decodeConnectResponse,
  encodeConnectRequest,
  PASSWORD_BYTES,
} from '../../impl/wire/client-session.ts';
import { frame, FrameReader } from '../../impl/wire/frames.ts';
import type { Address } from '../../impl/wire/notification.ts';
import { FrameRing, type FrameTemplate } from '../load/frame-ring.ts';
import { RequestStream } from '../load/request-stream.ts';
import { ReplyScanner } from './reply-scanner.ts';

const SESSION_TIMEOUT_MS = 30_000;
const GREETING_BYTES_MAX = 1024;
/** How long a server may take to grant a session, in milliseconds. */
const GREETING_MS_MAX = 5000;

export const PING_FRAME = frame(encodeRequest({ xid: PING_XID, operation: { type: 'ping' } }));
/** How often a session is to be heard from, in milliseconds: the shortest timeout that a server may grant allows it. */
export const PING_EVERY_MS = 1000;

/** The last request of a session. */
export const CLOSE_FRAME = frame(encodeRequest({ xid: 0, operation: { type: 'closeSession' } }));

/** A `setData` of that many bytes, whatever version the node has. */
export function setDataTemplate(path: string, payloadBytes: number): FrameTemplate {
  const data = Buffer.alloc(payloadBytes, 'zab');
  const operation = { type: 'setData', path, data, version: -1 } as const;
  return { bytes: frame(encodeRequest({ xid: 0, operation })), numberAt: 4 };
}

/** @throws Error when the server is not there, or grants no session in time */
export async function openSession(
  address: Address,
  template: FrameTemplate,
  outstanding: number,
): Promise<RequestStream> {
  const socket = connect({ ...address, noDelay: true });
  const timer = setTimeout(() => {
    socket.destroy(new Error('the server does not answer'));
  }, GREETING_MS_MAX);
  try {
    await once(socket, 'connect');
    await greet(socket);
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  return new RequestStream(socket, new FrameRing(template, outstanding), new ReplyScanner());
}

async function greet(socket: Socket): Promise<void> {
  socket.write(
    frame(
      encodeConnectRequest({
        protocolVersion: 0,
        lastZxidSeen: ZERO_ZXID,
        timeoutMs: SESSION_TIMEOUT_MS,
        sessionId: 0n,
        password: new Uint8Array(PASSWORD_BYTES),
        readOnly: false,
      }),
    ),
  );
  const response = decodeConnectResponse(await firstFrame(socket));
  if (!response.ok) throw new Error(`the server greets with ${response.reason}`);
  if (response.value.timeoutMs <= 0) throw new Error('the server grants no session');
}

/** Nothing but the greeting comes before something was asked. */
async function firstFrame(socket: Socket): Promise<Buffer> {
  const reader = new FrameReader(GREETING_BYTES_MAX);
  return new Promise((resolve, reject) => {
    const closed = (): void => {
      reject(new Error('the server closed the connection instead of granting a session'));
    };
    socket.once('error', reject);
    const read = (chunk: Buffer): void => {
      reader.push(chunk);
      const next = reader.next();
      if (next.ok && next.frame === undefined) return;
      socket.off('data', read);
      socket.off('close', closed);
      socket.off('error', reject);
      socket.pause();
      if (next.ok) resolve(next.frame);
      else reject(new Error(`the server greets with ${next.reason}`));
    };
    socket.on('data', read);
    socket.on('close', closed);
  });
}
