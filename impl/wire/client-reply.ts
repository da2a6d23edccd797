/**
 * Replies to a client: a ReplyHeader, `int xid; long zxid; int err;`, and, where that is no error, the result of the
 * operation that was asked for. Each is a frame.
 */
import type { Buffer } from 'node:buffer';

import type { Zxid } from '../broadcast/zxid.ts';
import type { Operation } from './client-request.ts';
import { decodeWhole, type JuteReader } from './jute-reader.ts';
import { JuteWriter } from './jute-writer.ts';
import type { Decoded } from './malformed.ts';
import { readStat, writeStat, type Stat } from './stat.ts';

/** Why a request failed, by the names that ZooKeeper has for it. */
export const ErrorCode = {
  OK: 0,
  SYSTEM_ERROR: -1,
  CONNECTION_LOSS: -4,
  MARSHALLING_ERROR: -5,
  UNIMPLEMENTED: -6,
  BAD_ARGUMENTS: -8,
  NO_NODE: -101,
  NO_AUTH: -102,
  BAD_VERSION: -103,
  NO_CHILDREN_FOR_EPHEMERALS: -108,
  NODE_EXISTS: -110,
  NOT_EMPTY: -111,
  SESSION_EXPIRED: -112,
  INVALID_ACL: -114,
  SESSION_MOVED: -118,
} as const;

export type Result =
  | { readonly type: 'path'; readonly path: string }
  | { readonly type: 'pathAndStat'; readonly path: string; readonly stat: Stat }
  | { readonly type: 'stat'; readonly stat: Stat }
  | { readonly type: 'data'; readonly data: Uint8Array | null; readonly stat: Stat }
  | { readonly type: 'children'; readonly children: readonly string[] }
  | { readonly type: 'childrenAndStat'; readonly children: readonly string[]; readonly stat: Stat }
  | { readonly type: 'nothing' };

export interface Reply {
  readonly xid: number;
  /** The transaction's, for a write; for a read where the service was. */
  readonly zxid: Zxid;
  /** `ErrorCode.OK`, or why there is no result. */
  readonly error: number;
  /** `nothing` beside an error. */
  readonly result: Result;
}

const NOTHING: Result = { type: 'nothing' };

export function encodeReply(reply: Reply): Buffer {
  const writer = new JuteWriter();
  writeReply(writer, reply);
  return writer.finish();
}

export function writeReply(writer: JuteWriter, { xid, zxid, error, result }: Reply): void {
  writer.int(xid).zxid(zxid).int(error);
  switch (result.type) {
    case 'path':
      writer.string(result.path);
      break;
    case 'pathAndStat':
      writer.string(result.path);
      writeStat(writer, result.stat);
      break;
    case 'stat':
      writeStat(writer, result.stat);
      break;
    case 'data':
      writer.buffer(result.data);
      writeStat(writer, result.stat);
      break;
    case 'children':
      writeChildren(writer, result.children);
      break;
    case 'childrenAndStat':
      writeChildren(writer, result.children);
      writeStat(writer, result.stat);
      break;
    case 'nothing':
      break;
  }
}

/** Decodes a reply to an operation of that type, which the reply itself does not tell. */
export function decodeReply(message: Uint8Array, operation: Operation['type']): Decoded<Reply> {
  return decodeWhole('the reply', message, (reader) => {
    const header = { xid: reader.int('xid'), zxid: reader.zxid('zxid'), error: reader.int('err') };
    return { ...header, result: header.error === ErrorCode.OK ? readResult(reader, operation) : NOTHING };
  });
}

function readResult(reader: JuteReader, operation: Operation['type']): Result {
  switch (operation) {
    case 'create':
    case 'sync':
      return { type: 'path', path: reader.string('path') };
    case 'create2':
      return { type: 'pathAndStat', path: reader.string('path'), stat: readStat(reader) };
    case 'exists':
    case 'setData':
      return { type: 'stat', stat: readStat(reader) };
    case 'getData':
      return { type: 'data', data: reader.buffer('data'), stat: readStat(reader) };
    case 'getChildren':
      return { type: 'children', children: readChildren(reader) };
    case 'getChildren2':
      return { type: 'childrenAndStat', children: readChildren(reader), stat: readStat(reader) };
    case 'delete':
    case 'ping':
    case 'closeSession':
    case 'unknown':
      return NOTHING;
  }
}

/** The shortest name: a length, and a byte. */
const NAME_BYTES_MIN = 5;

function readChildren(reader: JuteReader): string[] {
  return reader.vector('children', NAME_BYTES_MIN, () => reader.string('name'));
}

function writeChildren(writer: JuteWriter, children: readonly string[]): void {
  writer.vector(children, (name) => writer.string(name));
}
