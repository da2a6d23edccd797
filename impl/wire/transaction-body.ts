/**
 * What a transaction does: the part of it that depends on its type. As ZooKeeper's records CreateTxn, DeleteTxn, … .
 *
 * A type that is not known here is kept as the bytes that came.
 */
import { readAcls, writeAcls, type Acl } from './acl.ts';
import { decodeWhole, type JuteReader } from './jute-reader.ts';
import { JuteWriter } from './jute-writer.ts';
import { MalformedInput } from './malformed.ts';

/** Numbers of the types that have a meaning here. */
export const TransactionType = {
  CREATE: 1,
  DELETE: 2,
  SET_DATA: 5,
  SET_ACL: 7,
  CHECK: 13,
  MULTI: 14,
  CREATE2: 15,
  RECONFIG: 16,
  CREATE_CONTAINER: 19,
  DELETE_CONTAINER: 20,
  CREATE_TTL: 21,
  ERROR: -1,
  CREATE_SESSION: -10,
  CLOSE_SESSION: -11,
} as const;

/** What the transactions that create a node say of it. */
export interface CreatedNode {
  readonly path: string;
  readonly data: Uint8Array | null;
  readonly acl: readonly Acl[];
  /** The parent's cversion after this; -1 in logs from before ZooKeeper 3.4. */
  readonly parentCversion: number;
}

export interface CreateTransaction extends CreatedNode {
  readonly type: 'create' | 'create2';
  readonly ephemeral: boolean;
}

/** A node that the service deletes once it has had children and has none. */
export interface CreateContainerTransaction extends CreatedNode {
  readonly type: 'createContainer';
}

/** A node that the service deletes when it has no children and was not changed for a while. */
export interface CreateTtlTransaction extends CreatedNode {
  readonly type: 'createTTL';
  readonly ttlMs: number;
}

export interface DeleteTransaction {
  readonly type: 'delete' | 'deleteContainer';
  readonly path: string;
}

/** `reconfig` changes the data of the node that has the configuration. */
export interface SetDataTransaction {
  readonly type: 'setData' | 'reconfig';
  readonly path: string;
  readonly data: Uint8Array | null;
  /** The node's version after this. */
  readonly version: number;
}

export interface SetAclTransaction {
  readonly type: 'setACL';
  readonly path: string;
  readonly acl: readonly Acl[];
  /** The version of the ACL after this. */
  readonly version: number;
}

/** Part of a multi: the leader has checked the version, and nothing is to be done. */
export interface CheckTransaction {
  readonly type: 'check';
  readonly path: string;
  readonly version: number;
}

/** Several at once. If one of them is an error, none has an effect. */
export interface MultiTransaction {
  readonly type: 'multi';
  readonly parts: readonly SingleTransaction[];
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

/** What may be part of a multi, as far as the encoding goes. */
export type SingleTransaction =
  | CreateTransaction
  | CreateContainerTransaction
  | CreateTtlTransaction
  | DeleteTransaction
  | SetDataTransaction
  | SetAclTransaction
  | CheckTransaction
  | ErrorTransaction
  | UnknownTransaction;

export type TransactionBody =
  SingleTransaction | MultiTransaction | CreateSessionTransaction | CloseSessionTransaction;

export const DIGEST_BYTES = 12;
/** A length, and no path is empty. */
const PATH_BYTES_MIN = 5;
/** A type and a length. */
const PART_BYTES_MIN = 8;

export function typeNumber(body: TransactionBody): number {
  switch (body.type) {
    case 'create':
      return TransactionType.CREATE;
    case 'create2':
      return TransactionType.CREATE2;
    case 'createContainer':
      return TransactionType.CREATE_CONTAINER;
    case 'createTTL':
      return TransactionType.CREATE_TTL;
    case 'delete':
      return TransactionType.DELETE;
    case 'deleteContainer':
      return TransactionType.DELETE_CONTAINER;
    case 'setData':
      return TransactionType.SET_DATA;
    case 'reconfig':
      return TransactionType.RECONFIG;
    case 'setACL':
      return TransactionType.SET_ACL;
    case 'check':
      return TransactionType.CHECK;
    case 'multi':
      return TransactionType.MULTI;
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

/** About how many bytes `writeBody` will write: exact for the most frequent type where its path is ASCII. */
export function bodyBytes(body: TransactionBody): number {
  switch (body.type) {
    case 'setData':
      return 12 + body.path.length + (body.data?.length ?? 0);
    case 'create':
    case 'create2':
    case 'createContainer':
    case 'createTTL':
      // With an ACL of one entry.
      return 64 + body.path.length + (body.data?.length ?? 0);
    case 'delete':
    case 'deleteContainer':
      return 4 + body.path.length;
    case 'error':
      return 4;
    default:
      return 128;
  }
}

export function writeBody(writer: JuteWriter, body: TransactionBody): void {
  switch (body.type) {
    case 'create':
    case 'create2':
      writeCreated(writer, body);
      writer.boolean(body.ephemeral).int(body.parentCversion);
      break;
    case 'createContainer':
      writeCreated(writer, body);
      writer.int(body.parentCversion);
      break;
    case 'createTTL':
      writeCreated(writer, body);
      writer.int(body.parentCversion).safeLong(body.ttlMs);
      break;
    case 'delete':
    case 'deleteContainer':
      writer.string(body.path);
      break;
    case 'setData':
    case 'reconfig':
      writer.string(body.path).buffer(body.data).int(body.version);
      break;
    case 'setACL':
      writer.string(body.path);
      writeAcls(writer, body.acl);
      writer.int(body.version);
      break;
    case 'check':
      writer.string(body.path).int(body.version);
      break;
    case 'multi':
      writer.vector(body.parts, (part) => {
        const bytes = new JuteWriter();
        writeBody(bytes, part);
        writer.int(typeNumber(part)).buffer(bytes.finish());
      });
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

export function readBody(reader: JuteReader, type: number): TransactionBody {
  switch (type) {
    case TransactionType.MULTI:
      return { type: 'multi', parts: reader.vector('txns', PART_BYTES_MIN, () => readPart(reader)) };
    case TransactionType.CREATE_SESSION:
      return { type: 'createSession', timeoutMs: reader.int('timeOut') };
    case TransactionType.CLOSE_SESSION:
      return {
        type: 'closeSession',
        paths: endsHere(reader)
          ? undefined
          : reader.vector('paths2Delete', PATH_BYTES_MIN, () => reader.string('path')),
      };
    default:
      return readSingle(reader, type);
  }
}

function readSingle(reader: JuteReader, type: number): SingleTransaction {
  switch (type) {
    case TransactionType.CREATE:
    case TransactionType.CREATE2:
      return {
        type: type === TransactionType.CREATE ? 'create' : 'create2',
        ...readCreated(reader),
        ephemeral: reader.boolean('ephemeral'),
        // ZooKeeper before 3.4 wrote no version here; a digest never followed then.
        parentCversion: reader.remaining === 0 ? -1 : reader.int('parentCVersion'),
      };
    case TransactionType.CREATE_CONTAINER:
      return {
        type: 'createContainer',
        ...readCreated(reader),
        parentCversion: reader.int('parentCVersion'),
      };
    case TransactionType.CREATE_TTL:
      return {
        type: 'createTTL',
        ...readCreated(reader),
        parentCversion: reader.int('parentCVersion'),
        ttlMs: reader.safeLong('ttl'),
      };
    case TransactionType.DELETE:
      return { type: 'delete', path: reader.string('path') };
    case TransactionType.DELETE_CONTAINER:
      return { type: 'deleteContainer', path: reader.string('path') };
    case TransactionType.SET_DATA:
    case TransactionType.RECONFIG:
      return {
        type: type === TransactionType.SET_DATA ? 'setData' : 'reconfig',
        path: reader.string('path'),
        data: reader.buffer('data'),
        version: reader.int('version'),
      };
    case TransactionType.SET_ACL:
      return {
        type: 'setACL',
        path: reader.string('path'),
        acl: readAcls(reader, 'acl'),
        version: reader.int('version'),
      };
    case TransactionType.CHECK:
      return { type: 'check', path: reader.string('path'), version: reader.int('version') };
    case TransactionType.ERROR:
      return { type: 'error', code: reader.int('err') };
    default:
      return { type: 'unknown', number: type, body: reader.rest() };
  }
}

/** A multi has no multi in it, and nothing of sessions: such a part counts as one of a type that is not known. */
function readPart(reader: JuteReader): SingleTransaction {
  const type = reader.int('type');
  const { offset } = reader;
  const data = reader.buffer('data') ?? new Uint8Array(0);
  const part = decodeWhole('part of a multi', data, (bytes) => readSingle(bytes, type));
  if (!part.ok) throw new MalformedInput(part.reason, offset + part.offset);
  return part.value;
}

/**
 * Is there no list of paths, that is, nothing or the digest alone? A list takes as many bytes as a digest only when it
 * has a single path, and a digest does not begin with a 1, which is no version that was ever in use.
 */
function endsHere(reader: JuteReader): boolean {
  return reader.remaining === 0 || (reader.remaining === DIGEST_BYTES && reader.peekInt('version') !== 1);
}

type CreatedFields = Pick<CreatedNode, 'path' | 'data' | 'acl'>;

function writeCreated(writer: JuteWriter, { path, data, acl }: CreatedFields): void {
  writer.string(path).buffer(data);
  writeAcls(writer, acl);
}

function readCreated(reader: JuteReader): CreatedFields {
  return { path: reader.string('path'), data: reader.buffer('data'), acl: readAcls(reader, 'acl') };
}
