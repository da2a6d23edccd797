/**
 * Reads a snapshot (snapshot-format.ts) as it comes over a stream: a session, a list of access rights or a node at a time,
 * so that besides the state that grows there is never more than one of them in memory, and a chunk of the stream.
 */
import type { Buffer } from 'node:buffer';

import type { Zxid } from '../broadcast/zxid.ts';
import { IncomingBytes } from '../wire/incoming-bytes.ts';
import { JuteReader } from '../wire/jute-reader.ts';
import { decoded, type Malformed } from '../wire/malformed.ts';
import { countOfVector, endOfBuffer, LENGTH_BYTES } from '../wire/measure.ts';
import type { ServiceState } from './service-state.ts';
import { SnapshotParts } from './snapshot-format.ts';

const COUNT_MAX = 0x7fff_ffff;
const SESSION_BYTES = 8 + 4;
const KEY_BYTES = 8;
const PERMISSIONS_BYTES = 4;
/** Of an access right: permissions, and the lengths of scheme and id. */
const ACL_BYTES_MIN = PERMISSIONS_BYTES + 2 * LENGTH_BYTES;
/** Key of the access rights and StatPersisted, behind a node's path and data. */
const STAT_BYTES = 8 + 6 * 8 + 3 * 4;
/** The path that ends the nodes; no node's path is as short, but for the root's, which is empty. */
const END_BYTES = LENGTH_BYTES + 1;

/** The state; that more bytes are needed for it; or that what came is no snapshot, for good. */
export type NextState =
  | { readonly ok: true; readonly state: ServiceState }
  | { readonly ok: true; readonly state: undefined }
  | Malformed;

/** What comes next on the stream. */
type Part = 'session count' | 'session' | 'acl count' | 'acl' | 'node' | 'end';

export class SnapshotStream {
  readonly #zxid: Zxid;
  readonly #bytesMax: number;
  readonly #waiting = new IncomingBytes();
  readonly #parts = new SnapshotParts();
  #part: Part = 'session count';
  /** Parts of this kind that are still to come, where that is known. */
  #left = 0;
  #offset: number;

  /**
   * A snapshot of the state at `zxid`. `bytesMax`: the longest path, data and string that is accepted; `offset`: bytes of
   * the stream that others have read.
   */
  constructor(zxid: Zxid, bytesMax: number, offset = 0) {
    this.#zxid = zxid;
    this.#bytesMax = bytesMax;
    this.#offset = offset;
  }

  /** Bytes of the stream before the next part. */
  get offset(): number {
    return this.#offset;
  }

  /** Bytes that came from the stream. Ask for the state before the next ones. */
  push(chunk: Buffer): void {
    this.#waiting.push(chunk);
  }

  next(): NextState {
    while (this.#part !== 'end') {
      const bytes = this.#waiting.peek();
      const result = decoded(() => {
        const length = this.#measure(bytes);
        if (length !== undefined) this.#read(new JuteReader(bytes.subarray(0, length)));
        return length;
      });
      if (!result.ok) return { ...result, offset: this.#offset + result.offset };
      if (result.value === undefined) return { ok: true, state: undefined };
      this.#waiting.take(result.value);
      this.#offset += result.value;
    }
    return { ok: true, state: this.#parts.state(this.#zxid) };
  }

  /** All bytes that wait: what follows the snapshot on the stream. */
  rest(): Buffer {
    const rest = this.#waiting.take(this.#waiting.length);
    this.#offset += rest.length;
    return rest;
  }

  /** Length of the part at the start of `bytes`; undefined when not all of it has come. */
  #measure(bytes: Buffer): number | undefined {
    switch (this.#part) {
      case 'session count':
      case 'acl count':
        return countOfVector(bytes, 0, COUNT_MAX, this.#part) === undefined ? undefined : LENGTH_BYTES;
      case 'session':
        return within(bytes, SESSION_BYTES);
      case 'acl':
        return this.#measureAcl(bytes);
      case 'node':
        return this.#measureNode(bytes);
      case 'end':
        return 0;
    }
  }

  #measureAcl(bytes: Buffer): number | undefined {
    // A list came in one request.
    const count = countOfVector(bytes, KEY_BYTES, Math.ceil(this.#bytesMax / ACL_BYTES_MIN), 'acls');
    if (count === undefined) return undefined;
    let at: number | undefined = KEY_BYTES + LENGTH_BYTES;
    for (let left = count; left > 0; left--) {
      at = endOfBuffer(bytes, at + PERMISSIONS_BYTES, this.#bytesMax, 'scheme');
      if (at === undefined) return undefined;
      at = endOfBuffer(bytes, at, this.#bytesMax, 'id');
      if (at === undefined) return undefined;
    }
    return at;
  }

  #measureNode(bytes: Buffer): number | undefined {
    const pathEnd = endOfBuffer(bytes, 0, this.#bytesMax, 'path');
    if (pathEnd === undefined || pathEnd === END_BYTES) return pathEnd;
    const dataEnd = endOfBuffer(bytes, pathEnd, this.#bytesMax, 'data');
    return dataEnd === undefined ? undefined : within(bytes, dataEnd + STAT_BYTES);
  }

  #read(reader: JuteReader): void {
    switch (this.#part) {
      case 'session count':
        this.#begin('session', reader.int('count'));
        break;
      case 'session':
        this.#parts.readSession(reader);
        this.#oneLess();
        break;
      case 'acl count':
        this.#begin('acl', reader.int('map'));
        break;
      case 'acl':
        this.#parts.readAcl(reader);
        this.#oneLess();
        break;
      case 'node':
        if (!this.#parts.readNode(reader)) this.#part = 'end';
        break;
      case 'end':
        break;
    }
  }

  #begin(part: 'session' | 'acl', count: number): void {
    this.#part = part;
    this.#left = count + 1;
    this.#oneLess();
  }

  /** One part of this kind is done; after the last one comes the next kind. */
  #oneLess(): void {
    this.#left--;
    if (this.#left <= 0) this.#part = this.#part === 'session' ? 'acl count' : 'node';
  }
}

function within(bytes: Buffer, length: number): number | undefined {
  return bytes.length < length ? undefined : length;
}
