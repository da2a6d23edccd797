/**
 * Transactions as ZooKeeper has them, in its log, in PROPOSAL packets and in our log: a header, what is done, and, since
 * ZooKeeper 3.6, a digest of the tree.
 *
 *     TxnHeader: long clientId; int cxid; long zxid; long time; int type;
 *     TxnDigest: int version; long treeDigest;
 *
 * A type that is not known here is kept as the bytes that came.
 */
import { Buffer } from 'node:buffer';

import type { Zxid } from '../broadcast/zxid.ts';
import { readAcls, writeAcls, type Acl } from './acl.ts';
import { decodeWhole, type JuteReader } from './jute-reader.ts';
import { JuteWriter } from './jute-writer.ts';
import type { Decoded } from './malformed.ts';

/** Whose request a transaction answers, and when. */
export interface TransactionHeader {
  /** The client's session. */
  readonly sessionId: bigint;
  /** The client's number of the request. */
  readonly cxid: number;
  readonly zxid: Zxid;
  /** Milliseconds since 1970, by the leader's clock. */
  readonly time: number;
}

/** Numbers of the types that have a meaning here. */
export const TransactionType = {
  CREATE: 1,
  DELETE: 2,
  SET_DATA: 5,
  CREATE2: 15,
  ERROR: -1,
  CREATE_SESSION: -10,
  CLOSE_SESSION: -11,
} as const;

export interface CreateTransaction {
  readonly type: 'create' | 'create2';
  readonly path: string;
  readonly data: Uint8Array | null;
  readonly acl: readonly Acl[];
  readonly ephemeral: boolean;
  /** The parent's cversion after this; -1 in logs from before ZooKeeper 3.4. */
  readonly parentCversion: number;
}

export interface DeleteTransaction {
  readonly type: 'delete';
  readonly path: string;
}

export interface SetDataTransaction {
  readonly type: 'setData';
  readonly path: string;
  readonly data: Uint8Array | null;
  /** The node's version after this. */
  readonly version: number;
}

export interface CreateSessionTransaction {
  readonly type: 'createSession';
  readonly timeoutMs: number;
}

export interface CloseSessionTransaction {
  readonly type: 'closeSession';
  /** The session's ephemeral nodes; undefined in the form that leaves it to each server to know them. */
  readonly paths: readonly string[] | undefined;
}

/** A request that failed: all servers agree that nothing was done. */
export interface ErrorTransaction {
  readonly type: 'error';
  /** ZooKeeper's error code, negative. */
  readonly code: number;
}

/** A transaction of a type that is not known here. */
export interface UnknownTransaction {
  readonly type: 'unknown';
  readonly number: number;
  /** All that follows the header, the digest included. */
  readonly body: Uint8Array;
}

export type TransactionBody =
  | CreateTransaction
  | DeleteTransaction
  | SetDataTransaction
  | CreateSessionTransaction
  | CloseSessionTransaction
  | ErrorTransaction
  | UnknownTransaction;

export interface TransactionDigest {
  readonly version: number;
  readonly tree: bigint;
}

export interface TransactionRecord {
  readonly header: TransactionHeader;
  readonly body: TransactionBody;
  readonly digest: TransactionDigest | undefined;
}

/** Where in the bytes of a transaction its zxid stands. */
export const ZXID_OFFSET = 12;

const HEADER_BYTES = 32;
const DIGEST_BYTES = 12;
/** A length, and no path is empty. */
const PATH_BYTES_MIN = 5;

export function encodeTransaction({ header, body, digest }: TransactionRecord): Buffer {
  const writer = new JuteWriter();
  writer.long(header.sessionId).int(header.cxid).zxid(header.zxid).safeLong(header.time);
  writer.int(typeNumber(body));
  writeBody(writer, body);
  if (digest !== undefined) writer.int(digest.version).long(digest.tree);
  return writer.finish();
}

/** Decodes a transaction that takes all of `bytes`. */
export function decodeTransaction(bytes: Uint8Array): Decoded<TransactionRecord> {
  return decodeWhole('the transaction', bytes, (reader) => {
    const fields = {
      sessionId: reader.long('clientId'),
      cxid: reader.int('cxid'),
      zxid: reader.zxid('zxid'),
      time: reader.safeLong('time'),
    };
    const body = readBody(reader, reader.int('type'));
    const digest =
      reader.remaining === DIGEST_BYTES
        ? { version: reader.int('version'), tree: reader.long('treeDigest') }
        : undefined;
    return { header: fields, body, digest };
  });
}

/** The zxid in the bytes of a transaction; undefined when they are too short to have one. */
export function zxidOfTransaction(bytes: Uint8Array): Zxid | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return { epoch: buffer.readUInt32BE(ZXID_OFFSET), counter: buffer.readUInt32BE(ZXID_OFFSET + 4) };
}

function typeNumber(body: TransactionBody): number {
  switch (body.type) {
    case 'create':
      return TransactionType.CREATE;
    case 'create2':
      return TransactionType.CREATE2;
    case 'delete':
      return TransactionType.DELETE;
    case 'setData':
      return TransactionType.SET_DATA;
    case 'createSession':
      return TransactionType.CREATE_SESSION;
    case 'closeSession':
      return TransactionType.CLOSE_SESSION;
    case 'error':
      return TransactionType.ERROR;
    case 'unknown':
      return body.number;
  }
}

function writeBody(writer: JuteWriter, body: TransactionBody): void {
  switch (body.type) {
    case 'create':
    case 'create2':
      writer.string(body.path).buffer(body.data);
      writeAcls(writer, body.acl);
      writer.boolean(body.ephemeral).int(body.parentCversion);
      break;
    case 'delete':
      writer.string(body.path);
      break;
    case 'setData':
      writer.string(body.path).buffer(body.data).int(body.version);
      break;
    case 'createSession':
      writer.int(body.timeoutMs);
      break;
    case 'closeSession':
      if (body.paths !== undefined) writer.vector(body.paths, (path) => writer.string(path));
      break;
    case 'error':
      writer.int(body.code);
      break;
    case 'unknown':
      writer.raw(body.body);
      break;
  }
}

function readBody(reader: JuteReader, type: number): TransactionBody {
  switch (type) {
    case TransactionType.CREATE:
    case TransactionType.CREATE2:
      return readCreate(reader, type === TransactionType.CREATE ? 'create' : 'create2');
    case TransactionType.DELETE:
      return { type: 'delete', path: reader.string('path') };
    case TransactionType.SET_DATA:
      return {
        type: 'setData',
        path: reader.string('path'),
        data: reader.buffer('data'),
        version: reader.int('version'),
      };
    case TransactionType.CREATE_SESSION:
      return { type: 'createSession', timeoutMs: reader.int('timeOut') };
    case TransactionType.CLOSE_SESSION:
      return {
        type: 'closeSession',
        paths: endsHere(reader)
          ? undefined
          : reader.vector('paths2Delete', PATH_BYTES_MIN, () => reader.string('path')),
      };
    case TransactionType.ERROR:
      return { type: 'error', code: reader.int('err') };
    default:
      return { type: 'unknown', number: type, body: reader.rest() };
  }
}

/**
 * Is there no list of paths, that is, nothing or the digest alone? A list takes as many bytes as a digest only when it
 * has a single path, and a digest does not begin with a 1, which is no version that was ever in use.
 */
function endsHere(reader: JuteReader): boolean {
  return reader.remaining === 0 || (reader.remaining === DIGEST_BYTES && reader.peekInt('version') !== 1);
}

function readCreate(reader: JuteReader, type: 'create' | 'create2'): CreateTransaction {
  return {
    type,
    path: reader.string('path'),
    data: reader.buffer('data'),
    acl: readAcls(reader, 'acl'),
    ephemeral: reader.boolean('ephemeral'),
    // ZooKeeper before 3.4 wrote no version here; a digest never followed then.
    parentCversion: reader.remaining === 0 ? -1 : reader.int('parentCVersion'),
  };
}
