/**
 * How a client and a server begin: the client sends a ConnectRequest, the server answers with a ConnectResponse. Both are
 * frames (frames.ts) of one record. The last field was added in ZooKeeper 3.4: whoever does not send it does not get it.
 */
import type { Buffer } from 'node:buffer';

import type { Zxid } from '../broadcast/zxid.ts';
import { decodeWhole, type JuteReader } from './jute-reader.ts';
import { JuteWriter } from './jute-writer.ts';
import type { Decoded } from './malformed.ts';

/** Bytes of a session's password. */
export const PASSWORD_BYTES = 16;

export interface ConnectRequest {
  readonly protocolVersion: number;
  /** The client has seen the service at this point, and a server that is behind it refuses the client. */
  readonly lastZxidSeen: Zxid;
  readonly timeoutMs: number;
  /** 0 to open a session. */
  readonly sessionId: bigint;
  readonly password: Uint8Array;
  /** Would a server without a quorum do? */
  readonly readOnly: boolean | undefined;
}

export interface ConnectResponse {
  readonly protocolVersion: number;
  /** What the server grants; 0 when there is no such session, or no longer. */
  readonly timeoutMs: number;
  readonly sessionId: bigint;
  readonly password: Uint8Array;
  /** Has this server no quorum? */
  readonly readOnly: boolean | undefined;
}

export function encodeConnectRequest(request: ConnectRequest): Buffer {
  const writer = new JuteWriter();
  writer.int(request.protocolVersion).zxid(request.lastZxidSeen);
  writer.int(request.timeoutMs).long(request.sessionId).buffer(request.password);
  writeReadOnly(writer, request.readOnly);
  return writer.finish();
}

export function decodeConnectRequest(message: Uint8Array): Decoded<ConnectRequest> {
  return decodeWhole('ConnectRequest', message, (reader) => ({
    protocolVersion: reader.int('protocolVersion'),
    lastZxidSeen: reader.zxid('lastZxidSeen'),
    ...readSession(reader),
  }));
}

export function encodeConnectResponse(response: ConnectResponse): Buffer {
  const writer = new JuteWriter();
  writer.int(response.protocolVersion);
  writer.int(response.timeoutMs).long(response.sessionId).buffer(response.password);
  writeReadOnly(writer, response.readOnly);
  return writer.finish();
}

export function decodeConnectResponse(message: Uint8Array): Decoded<ConnectResponse> {
  return decodeWhole('ConnectResponse', message, (reader) => ({
    protocolVersion: reader.int('protocolVersion'),
    ...readSession(reader),
  }));
}

function readSession(reader: JuteReader): Omit<ConnectResponse, 'protocolVersion'> {
  return {
    timeoutMs: reader.int('timeOut'),
    sessionId: reader.long('sessionId'),
    password: reader.buffer('passwd') ?? new Uint8Array(PASSWORD_BYTES),
    readOnly: reader.remaining === 0 ? undefined : reader.boolean('readOnly'),
  };
}

function writeReadOnly(writer: JuteWriter, readOnly: boolean | undefined): void {
  if (readOnly !== undefined) writer.boolean(readOnly);
}
