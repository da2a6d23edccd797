/**
 * A snapshot of the service in ZooKeeper's format, as it goes over the wire after SNAP, and, between the header and the
 * seal of its file, to disk:
 *
 *     int count; { long id; int timeout } of each session
 *     int count; { long key; vector<ACL> } of each list of access rights
 *     { ustring path; buffer data; long key; StatPersisted } of each node, parents first, the root's path being empty
 *     ustring "/"
 */
import { Buffer } from 'node:buffer';

import { OPEN_ACL, readAcls, writeAcls, type Acl } from '../wire/acl.ts';
import type { JuteReader } from '../wire/jute-reader.ts';
import { JuteWriter } from '../wire/jute-writer.ts';
import { MalformedInput } from '../wire/malformed.ts';
import { readStoredStat, writeStoredStat } from '../wire/stat.ts';
import type { Zxid } from '../broadcast/zxid.ts';
import { DataTree } from './data-tree.ts';
import { keptData } from './node-data.ts';
import { parentOf, pathFault } from './node-path.ts';
import { ServiceState } from './service-state.ts';

/** A chunk is this long, or as long as its last node makes it. */
const CHUNK_BYTES = 16 * 1024;

/** The key that stands for `OPEN_ACL` without being in the table. */
const OPEN_KEY = -1n;

const ROOT = '/';
const END = '/';

/**
 * The bytes of a snapshot, in chunks. It is of the state at the time of the call: what is applied while the chunks are
 * taken does not show.
 */
export function snapshotChunks(state: ServiceState): Iterable<Buffer> {
  return chunks([...state.sessions], state.tree.entries());
}

function* chunks(
  sessions: readonly (readonly [bigint, number])[],
  nodes: ReturnType<DataTree['entries']>,
): Generator<Buffer> {
  const keys = new AclKeys();
  for (const [, { acl }] of nodes) keys.of(acl);
  let writer = new JuteWriter();
  writer.int(sessions.length);
  for (const [id, timeoutMs] of sessions) writer.long(id).int(timeoutMs);
  keys.write(writer);
  yield writer.finish();
  writer = new JuteWriter();
  for (const [path, { data, acl, stat }] of nodes) {
    writer.string(path === ROOT ? '' : path).buffer(data);
    writer.long(keys.of(acl));
    writeStoredStat(writer, stat);
    if (writer.length < CHUNK_BYTES) continue;
    yield writer.finish();
    writer = new JuteWriter();
  }
  yield writer.string(END).finish();
}

/**
 * What has been read of a snapshot. Each method takes one part off a reader, and throws `MalformedInput`; the parts come
 * in the order of the methods. Nothing of the reader's bytes is kept.
 */
export class SnapshotParts {
  readonly #sessions = new Map<bigint, number>();
  readonly #acls = new Map<bigint, readonly Acl[]>([[OPEN_KEY, OPEN_ACL]]);
  readonly #tree = new DataTree();

  readSession(reader: JuteReader): void {
    this.#sessions.set(reader.long('id'), reader.int('timeout'));
  }

  readAcl(reader: JuteReader): void {
    this.#acls.set(reader.long('long'), readAcls(reader, 'acls'));
  }

  /** False when it was the end of the nodes that was read. */
  readNode(reader: JuteReader): boolean {
    const at = reader.offset;
    const written = reader.string('path');
    if (written === END) return false;
    const path = written === '' ? ROOT : written;
    const fault = pathFault(path);
    if (fault !== undefined) throw new MalformedInput(`path ${shown(path)}: ${fault}`, at);
    if (this.#tree.get(path) !== undefined) throw new MalformedInput(`${shown(path)} is there twice`, at);
    if (path !== ROOT && this.#tree.get(parentOf(path)) === undefined) {
      throw new MalformedInput(`${shown(path)} comes before its parent`, at);
    }
    const data = reader.buffer('data');
    const key = reader.long('acl');
    const acl = this.#acls.get(key);
    if (acl === undefined)
      throw new MalformedInput(`${shown(path)}: access rights ${key} are not in the table`, at);
    this.#tree.put(path, {
      data: keptData(data),
      acl,
      stat: readStoredStat(reader),
      children: new Set(),
    });
    return true;
  }

  state(zxid: Zxid): ServiceState {
    return new ServiceState(this.#tree, this.#sessions, zxid);
  }
}

/** A path in a message, which is a line of a readable length whatever came. */
function shown(path: string): string {
  return JSON.stringify(path.length > 40 ? `${path.slice(0, 40)}…` : path);
}

/** Numbers the lists of access rights that occur, equal ones the same. */
class AclKeys {
  readonly #byText = new Map<string, { readonly key: bigint; readonly acl: readonly Acl[] }>();
  /** Most nodes share a few lists, the very same arrays. */
  readonly #byIdentity = new Map<readonly Acl[], bigint>([[OPEN_ACL, OPEN_KEY]]);

  of(acl: readonly Acl[]): bigint {
    const known = this.#byIdentity.get(acl);
    if (known !== undefined) return known;
    const text = JSON.stringify(acl.map(({ permissions, scheme, id }) => [permissions, scheme, id]));
    const entry = this.#byText.get(text) ?? { key: BigInt(this.#byText.size + 1), acl };
    this.#byText.set(text, entry);
    this.#byIdentity.set(acl, entry.key);
    return entry.key;
  }

  write(writer: JuteWriter): void {
    writer.int(this.#byText.size);
    for (const { key, acl } of this.#byText.values()) {
      writer.long(key);
      writeAcls(writer, acl);
    }
  }
}
