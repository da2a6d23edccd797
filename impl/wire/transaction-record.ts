/**
 * Transactions as ZooKeeper has them, in its log, in PROPOSAL packets and in our log: a header, what is done, and, since
 * ZooKeeper 3.6, a digest of the tree.
 *
 *     TxnHeader: long clientId; int cxid; long zxid; long time; int type;
 *     TxnDigest: int version; long treeDigest;
 *
 * What is done depends on the type: transaction-body.ts.
 */
import { Buffer } from 'node:buffer';

import { PayloadRun, PLACE_FIELDS } from '../broadcast/payload-run.ts';
import type { Payload } from '../broadcast/payload.ts';
import { zxidOf, type Zxid } from '../broadcast/zxid.ts';
import { readUint32 } from './big-endian.ts';
import { decodeWhole } from './jute-reader.ts';
import { JuteWriter } from './jute-writer.ts';
import type { Decoded } from './malformed.ts';
import {
  bodyBytes,
  DIGEST_BYTES,
  readBody,
  typeNumber,
  writeBody,
  type TransactionBody,
} from './transaction-body.ts';

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

export function encodeTransaction(record: TransactionRecord): Buffer {
  const writer = new JuteWriter(recordBytes(record));
  writeTransaction(writer, record);
  return writer.finish();
}

/** Encodes transactions one behind the other, and tells them apart. */
export function encodeTransactions(records: readonly TransactionRecord[]): PayloadRun {
  const places = new Uint32Array(PLACE_FIELDS * records.length);
  const writer = new JuteWriter(records.reduce((sum, record) => sum + recordBytes(record), 0));
  let field = 0;
  for (const record of records) {
    const begin = writer.length;
    writeTransaction(writer, record);
    places[field++] = begin;
    places[field++] = writer.length - begin;
  }
  return new PayloadRun(writer.finish(), places);
}

/** About how many bytes `writeTransaction` will write. */
function recordBytes({ body, digest }: TransactionRecord): number {
  return HEADER_BYTES + bodyBytes(body) + (digest === undefined ? 0 : DIGEST_BYTES);
}

function writeTransaction(writer: JuteWriter, { header, body, digest }: TransactionRecord): void {
  writer.long(header.sessionId).int(header.cxid).zxid(header.zxid).safeLong(header.time);
  writer.int(typeNumber(body));
  writeBody(writer, body);
  if (digest !== undefined) writer.int(digest.version).long(digest.tree);
}

/** Decodes a transaction that takes all of the payload. */
export function decodeTransaction(payload: Payload): Decoded<TransactionRecord> {
  return decodeWhole('the transaction', payload, (reader) => {
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
  return zxidOf(readUint32(bytes, ZXID_OFFSET), readUint32(bytes, ZXID_OFFSET + 4));
}
