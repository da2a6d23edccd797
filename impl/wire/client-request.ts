/**
 * Requests of a client, once it has a session: a RequestHeader, `int xid; int type;`, and the fields of the operation.
 * Each is a frame. Replies are in client-reply.ts.
 */
import type { Buffer } from 'node:buffer';

import { readAcls, writeAcls, type Acl } from './acl.ts';
import { decodeWhole, type JuteReader } from './jute-reader.ts';
import { JuteWriter } from './jute-writer.ts';
import type { Decoded } from './malformed.ts';

/** The xid of pings. */
export const PING_XID = -2;

/** The xid of requests to authenticate. */
export const AUTH_XID = -4;

/** Bits of the flags of `create`. */
export const CreateFlags = { EPHEMERAL: 1, SEQUENTIAL: 2, CONTAINER: 4, TTL: 5 } as const;

export interface CreateOperation {
  /** `create2` asks for the node's Stat too. */
  readonly type: 'create' | 'create2';
  readonly path: string;
  readonly data: Uint8Array | null;
  readonly acl: readonly Acl[];
  readonly flags: number;
}

export interface DeleteOperation {
  readonly type: 'delete';
  readonly path: string;
  /** The version that the node must have; -1 for any. */
  readonly version: number;
}

export interface SetDataOperation {
  readonly type: 'setData';
  readonly path: string;
  readonly data: Uint8Array | null;
  /** The version that the node must have; -1 for any. */
  readonly version: number;
}

/** An operation that reads one node, and may leave a watch there. */
export interface ReadOperation {
  /** `getChildren2` asks for the node's Stat too. */
  readonly type: 'exists' | 'getData' | 'getChildren' | 'getChildren2';
  readonly path: string;
  readonly watch: boolean;
}

export interface SyncOperation {
  readonly type: 'sync';
  readonly path: string;
}

export interface PingOperation {
  readonly type: 'ping';
}

export interface CloseSessionOperation {
  readonly type: 'closeSession';
}

/** An operation that is not known here. */
export interface UnknownOperation {
  readonly type: 'unknown';
  readonly number: number;
}

export type Operation =
  | CreateOperation
  | DeleteOperation
  | SetDataOperation
  | ReadOperation
  | SyncOperation
  | PingOperation
  | CloseSessionOperation
  | UnknownOperation;

export interface ClientRequest {
  /** The client's number of the request, which the reply repeats. */
  readonly xid: number;
  readonly operation: Operation;
}

/** The numbers of the operations on the wire: ZooKeeper's OpCode. */
export const OperationNumber = {
  create: 1,
  delete: 2,
  exists: 3,
  getData: 4,
  setData: 5,
  getChildren: 8,
  sync: 9,
  ping: 11,
  getChildren2: 12,
  create2: 15,
  closeSession: -11,
} as const satisfies Record<Exclude<Operation['type'], 'unknown'>, number>;

/** What a server asks the leader for on behalf of a client that connects; its body is the timeout, an int. */
export const CREATE_SESSION = -10;

/** The number of an operation on the wire. */
export function operationNumber(operation: Operation): number {
  return operation.type === 'unknown' ? operation.number : OperationNumber[operation.type];
}

export function encodeRequest({ xid, operation }: ClientRequest): Buffer {
  const writer = new JuteWriter();
  writer.int(xid).int(operationNumber(operation));
  switch (operation.type) {
    case 'create':
    case 'create2':
      writer.string(operation.path).buffer(operation.data);
      writeAcls(writer, operation.acl);
      writer.int(operation.flags);
      break;
    case 'delete':
      writer.string(operation.path).int(operation.version);
      break;
    case 'setData':
      writer.string(operation.path).buffer(operation.data).int(operation.version);
      break;
    case 'exists':
    case 'getData':
    case 'getChildren':
    case 'getChildren2':
      writer.string(operation.path).boolean(operation.watch);
      break;
    case 'sync':
      writer.string(operation.path);
      break;
    case 'ping':
    case 'closeSession':
    case 'unknown':
      break;
  }
  return writer.finish();
}

export function decodeRequest(message: Uint8Array): Decoded<ClientRequest> {
  return decodeWhole('the request', message, (reader) => ({
    xid: reader.int('xid'),
    operation: readOperation(reader, reader.int('type')),
  }));
}

/** Decodes what follows the header of a request for the operation of that number. */
export function decodeOperation(number: number, body: Uint8Array): Decoded<Operation> {
  return decodeWhole('the request', body, (reader) => readOperation(reader, number));
}

function readOperation(reader: JuteReader, number: number): Operation {
  switch (number) {
    case OperationNumber.create:
    case OperationNumber.create2:
      return {
        type: number === OperationNumber.create ? 'create' : 'create2',
        path: reader.string('path'),
        data: reader.buffer('data'),
        acl: readAcls(reader, 'acl'),
        flags: reader.int('flags'),
      };
    case OperationNumber.delete:
      return { type: 'delete', path: reader.string('path'), version: reader.int('version') };
    case OperationNumber.setData:
      return {
        type: 'setData',
        path: reader.string('path'),
        data: reader.buffer('data'),
        version: reader.int('version'),
      };
    case OperationNumber.exists:
      return readRead(reader, 'exists');
    case OperationNumber.getData:
      return readRead(reader, 'getData');
    case OperationNumber.getChildren:
      return readRead(reader, 'getChildren');
    case OperationNumber.getChildren2:
      return readRead(reader, 'getChildren2');
    case OperationNumber.sync:
      return { type: 'sync', path: reader.string('path') };
    case OperationNumber.ping:
      return { type: 'ping' };
    case OperationNumber.closeSession:
      return { type: 'closeSession' };
    default:
      reader.rest();
      return { type: 'unknown', number };
  }
}

function readRead(reader: JuteReader, type: ReadOperation['type']): ReadOperation {
  return { type, path: reader.string('path'), watch: reader.boolean('watch') };
}
